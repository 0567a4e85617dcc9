using System.Text;
using System.Text.Json.Nodes;
using Cleiss.Activities.Mail;
using Cleiss.Activities.UserTasks;
using Cleiss.Engine;
using Cleiss.Engine.Execution;
using Cleiss.Forms.Answers;
using Cleiss.Forms.Catalogue;
using Cleiss.Forms.Definitions;
using Cleiss.Forms.Validation;
using Cleiss.Persistence.Files;
using Cleiss.Persistence.People;
using Cleiss.Persistence.Trails;
using Npgsql;

namespace Cleiss.Activities.PartnerLinks;

/// <summary>What the page of a link shows.</summary>
/// <param name="PartnerName">As the directory names the partner; null when the flow gave an address.</param>
/// <param name="SentBack">Why what the partner handed in before came back; null when it did not.</param>
public sealed record PartnerView(PartnerLink Link, string? PartnerName, FormDefinition? Form, IReadOnlyList<StoredFile> Files, string? SentBack);

/// <summary>
/// What partners do through their links. A link is known by its token alone; it is used up by the answer, which is one burst of the case's
/// instance, and checked again under its lock.
/// </summary>
public sealed class PartnerLinkService(
    PartnerLinkStore links, PartnerAttempts attempts, IEnumerable<IPartnerDirectory> directories, WorkflowRuntime runtime, FormStore forms,
    FormValidator validator, FileStore files, TimeProvider time)
{
    /// <summary>The largest file a partner may hand in.</summary>
    public const long LargestFile = 25 * 1024 * 1024;

    private const int LargestAnswer = 256 * 1024;
    private const int LongestReason = 2000;

    /// <param name="address">Of the client, to slow down who guesses.</param>
    /// <exception cref="PartnerLinkRefusedException">No such link, or too many tries from this address.</exception>
    public async Task<PartnerView> OpenAsync(string token, string? address, CancellationToken cancellationToken)
    {
        var link = await FindAsync(token, address, cancellationToken);
        var handedOut = new List<StoredFile>();
        if (link.IsOpen(time.GetUtcNow()))
        {
            foreach (var id in link.Files)
            {
                handedOut.Add(await files.FindAsync(id, cancellationToken) ?? throw new KeyNotFoundException($"Link {link.Id} hands out file {id}, which does not exist."));
            }
        }

        var sentBack = link.IsOpen(time.GetUtcNow()) && link.BookmarkId is not null ? await links.FindSentBackAsync(link, cancellationToken) : null;
        return new PartnerView(link, await NameOfAsync(link, cancellationToken), await FormOfAsync(link, cancellationToken), handedOut, sentBack);
    }

    public bool IsOpen(PartnerLink link) => link.IsOpen(time.GetUtcNow());

    /// <summary>One of the files to fetch; who fetched it, and when, is in the history of the case.</summary>
    /// <exception cref="PartnerLinkRefusedException">No such link or file, or the link is closed.</exception>
    public async Task<(StoredFile File, byte[] Content)> FetchAsync(string token, int index, string? address, CancellationToken cancellationToken)
    {
        var link = await FindAsync(token, address, cancellationToken);
        DemandOpen(link);
        if (index < 0 || index >= link.Files.Count || await files.ReadAsync(link.Files[index], cancellationToken) is not { } found)
        {
            throw new PartnerLinkRefusedException(404, "file-not-found", "Ce fichier n'est pas remis par ce lien.");
        }

        var actor = await ActorOfAsync(link, cancellationToken);
        await runtime.WriteAsync(
            [new TrailEntry(TrailIds.Case(link.CaseId), actor, "partner.fetched", "a retiré un fichier par son lien", new JsonObject { ["fileId"] = found.File.Id })], cancellationToken);
        return found;
    }

    /// <summary>Keeps a file for the answer to come, by the rules of all uploads.</summary>
    /// <exception cref="PartnerLinkRefusedException">The link is closed, has brought in enough, or the file is too large or of another kind.</exception>
    public async Task<StoredFile> KeepFileAsync(string token, string? name, Stream content, long length, string? address, CancellationToken cancellationToken)
    {
        var link = await FindAsync(token, address, cancellationToken);
        DemandOpen(link);
        if (length is <= 0 or > LargestFile)
        {
            throw new PartnerLinkRefusedException(413, "file-too-large", "Le fichier est vide ou dépasse 25 Mo : réduisez-le ou envoyez-le en plusieurs parties.");
        }

        if (!await links.CountUploadAsync(link.Id, cancellationToken))
        {
            throw new PartnerLinkRefusedException(429, "too-many-files", "Ce lien a déjà reçu vingt fichiers. Écrivez à la personne qui suit votre dossier.");
        }

        var bytes = new byte[length];
        await content.ReadExactlyAsync(bytes, cancellationToken);
        var mediaType = MediaSniffer.Sniff(bytes)
            ?? throw new PartnerLinkRefusedException(415, "file-type", $"Ce type de fichier n'est pas accepté. Types acceptés : {MediaSniffer.Accepted}.");
        name = Path.GetFileName((name ?? "").Replace('\\', '/'));
        return await files.SaveAsync(
            string.IsNullOrWhiteSpace(name) ? "fichier" + MediaSniffer.ExtensionOf(mediaType) : name, mediaType, bytes, UploaderOf(link), cancellationToken);
    }

    /// <summary>The partner's answer: the form is judged, then the flow goes on, in one commit; the link opens no more.</summary>
    /// <exception cref="PartnerLinkRefusedException">Refused with a code; nothing was written.</exception>
    public async Task AnswerAsync(string token, string actionKey, JsonObject? data, string? reason, string? address, CancellationToken cancellationToken)
    {
        var link = await FindAsync(token, address, cancellationToken);
        DemandOpen(link);
        if (link.BookmarkId is null)
        {
            throw new PartnerLinkRefusedException(409, "nothing-asked", "Ce lien remet des fichiers ; il n'attend pas de réponse.");
        }

        var action = link.Actions.FirstOrDefault(action => action.Key == actionKey)
            ?? throw new PartnerLinkRefusedException(422, "invalid-action", $"Choisissez l'une des réponses proposées : {string.Join(", ", link.Actions.Select(a => a.Label))}.");
        reason = string.IsNullOrWhiteSpace(reason) ? null : reason.Trim()[..Math.Min(reason.Trim().Length, LongestReason)];
        if (action.ReasonRequired && reason is null)
        {
            throw new PartnerLinkRefusedException(422, "reason-required", "Dites pourquoi.", [new FormFault("reason", "required", "Écrivez le motif.")]);
        }

        var form = action.ValidatesForm ? await FormOfAsync(link, cancellationToken) : null;
        var valid = form is null ? null : await ValidateAsync(link, form, data, action.Key, cancellationToken);
        var answerId = valid is null ? null : Ids.New();
        var actor = await ActorOfAsync(link, cancellationToken);
        List<object> companions = [];
        if (valid is not null)
        {
            companions.Add(new RecordAnswer(answerId!, form!.Key, form.Version, link.CaseId, null, valid, actor.Id));
        }

        companions.Add(new TrailEntry(
            TrailIds.Case(link.CaseId), actor, "partner.answered", $"a répondu par son lien à « {link.Title} » : {action.Label}{(reason is null ? "" : $" — motif : {reason}")}",
            new JsonObject { ["actionKey"] = action.Key, ["answerId"] = answerId, ["formVersion"] = form?.Version }));
        var input = new JsonObject
        {
            ["actionKey"] = action.Key,
            ["answerId"] = answerId,
            ["completedBy"] = actor.Id,
            ["completedAt"] = time.GetUtcNow(),
            ["data"] = valid is null ? new JsonObject() : form!.SelectVisibleToFlow(valid),
        };

        var result = await runtime.ResumeAsync(
            new ResumeBookmark(link.WorkflowInstanceId, link.BookmarkId, input, actor.Id, companions, StillOpen(link)), cancellationToken);
        if (!result.Executed)
        {
            throw Closed();
        }
    }

    private BurstGuard StillOpen(PartnerLink link) => async (transaction, token) =>
    {
        if (transaction.Connection is NpgsqlConnection connection && await PartnerLinkStore.LockAsync(connection, link.Id, token) is { } current)
        {
            DemandOpen(current);
        }

        return transaction.Bookmarks.Any(bookmark => bookmark.Id == link.BookmarkId) ? [] : throw Closed();
    };

    private async Task<PartnerLink> FindAsync(string token, string? address, CancellationToken cancellationToken)
    {
        if (!attempts.MayTry(address))
        {
            throw new PartnerLinkRefusedException(429, "too-many-tries", "Trop de liens inconnus ont été essayés depuis votre adresse. Attendez cinq minutes, puis ouvrez le lien de votre courriel.");
        }

        if (await links.FindByTokenAsync(token ?? "", cancellationToken) is { } link)
        {
            return link;
        }

        attempts.Failed(address);
        throw new PartnerLinkRefusedException(404, "unknown-link", "Ce lien n'existe pas. Copiez l'adresse entière de votre courriel, ou répondez à ce courriel.");
    }

    private void DemandOpen(PartnerLink link)
    {
        if (!link.IsOpen(time.GetUtcNow()))
        {
            throw Closed();
        }
    }

    private static PartnerLinkRefusedException Closed() =>
        new(410, "link-closed", "Ce lien a déjà servi, ou son délai est passé. Rien n'a été enregistré.");

    private async Task<FormDefinition?> FormOfAsync(PartnerLink link, CancellationToken cancellationToken) =>
        link.FormKey is null ? null : await forms.FindAsync(link.FormKey, link.FormVersion, cancellationToken)
            ?? throw new KeyNotFoundException($"Link {link.Id} asks for form {link.FormKey}, which has no published version.");

    private async Task<JsonObject> ValidateAsync(PartnerLink link, FormDefinition form, JsonObject? data, string action, CancellationToken cancellationToken)
    {
        data = SafeJson.Copy(data ?? []);
        if (Encoding.UTF8.GetByteCount(data.ToJsonString()) > LargestAnswer)
        {
            throw new PartnerLinkRefusedException(422, "payload-too-large", "Les données dépassent 256 Kio. Joignez les documents comme fichiers.");
        }

        var validation = await JudgeAsync(form, data, action, cancellationToken);
        if (!validation.Valid)
        {
            throw new PartnerLinkRefusedException(
                422, "form-invalid", "Des champs sont à corriger.", [.. validation.Errors.Select(e => new FormFault(e.Path, e.Code, e.Message))]);
        }

        await DemandOwnFilesAsync(link, validation.Data, cancellationToken);
        return validation.Data;
    }

    private async Task<FormValidation> JudgeAsync(FormDefinition form, JsonObject data, string action, CancellationToken cancellationToken)
    {
        try
        {
            return await validator.ValidateAsync(form, data, "fr", action, cancellationToken);
        }
        catch (FormRulesStoppedException)
        {
            throw new PartnerLinkRefusedException(503, FormRulesStoppedException.Code, FormRulesStoppedException.Words);
        }
    }

    /// <summary>An answer brings in what came through its link and nothing else: naming another case's file must not move it here.</summary>
    private async Task DemandOwnFilesAsync(PartnerLink link, JsonNode? data, CancellationToken cancellationToken)
    {
        // The validator has put the fingerprint beside the id of every file.
        if (data is JsonObject { } named && named["sha256"] is not null && named["id"]?.GetValue<string>() is { } id)
        {
            if ((await files.FindAsync(id, cancellationToken))?.UploadedBy != UploaderOf(link))
            {
                throw new PartnerLinkRefusedException(422, "file-not-yours", "Joignez le fichier de nouveau : il n'est pas arrivé par ce lien.");
            }

            return;
        }

        foreach (var part in data switch { JsonObject fields => fields.Select(field => field.Value), JsonArray rows => rows, _ => [] })
        {
            await DemandOwnFilesAsync(link, part, cancellationToken);
        }
    }

    private static string UploaderOf(PartnerLink link) => "partner-link:" + link.Id;

    private async Task<Actor> ActorOfAsync(PartnerLink link, CancellationToken cancellationToken) =>
        new(Actor.PartnerId, await NameOfAsync(link, cancellationToken) ?? "Le partenaire", new HashSet<string>());

    private async Task<string?> NameOfAsync(PartnerLink link, CancellationToken cancellationToken) =>
        link.Partner is null ? null : (await directories.FindAsync(link.Partner, cancellationToken))?.Name;
}
