using System.Globalization;
using System.Text.Json.Nodes;
using Cleiss.Activities.UserTasks;
using Cleiss.Activities.Waiting;
using Cleiss.Engine;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.Execution;
using Cleiss.Engine.Storage;
using Cleiss.Forms.Answers;
using Cleiss.Forms.Catalogue;
using Cleiss.Forms.Validation;
using Cleiss.Persistence;
using Cleiss.Persistence.People;
using Cleiss.Persistence.Trails;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Cleiss.Activities.Cases;

/// <summary>Opens cases, records replies, cancels; each is one burst of the case's instance.</summary>
public sealed class CaseService(
    IEnumerable<IProcess> processes,
    IDefinitionStore definitions,
    IWorkflowStore workflows,
    WorkflowRuntime runtime,
    FormStore forms,
    FormValidator validator,
    NpgsqlDataSource database,
    IDbContextFactory<CleissDbContext> contexts,
    TimeProvider time)
{
    /// <summary>Form of a partner's reply.</summary>
    public const string ReplyForm = "reponse-partenaire";

    private const int LongestReason = 500;

    public IReadOnlyList<IProcess> Processes { get; } = [.. processes.OrderBy(process => process.Key, StringComparer.Ordinal)];

    public IProcess GetProcess(string key) =>
        Processes.FirstOrDefault(process => process.Key == key)
        ?? throw new CaseRefusedException(404, "unknown-process", $"Le processus « {key} » n'existe pas. Processus connus : {string.Join(", ", Processes.Select(p => p.Key))}.");

    public async Task<Case?> FindAsync(string caseId, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Set<Case>().AsNoTracking().FirstOrDefaultAsync(row => row.Id == caseId, cancellationToken);
    }

    /// <summary>Opens a case and starts its instance on the version that was in force on the date of receipt.</summary>
    /// <exception cref="CaseRefusedException">The process is unknown, the input is wrong, or only a test case may be opened.</exception>
    public async Task<OpenedCase> OpenAsync(OpenCase request, Actor actor, CancellationToken cancellationToken)
    {
        var process = GetProcess(request.ProcessKey);
        request = request with { Input = SafeJson.Copy(request.Input) };
        var now = time.GetUtcNow();
        var receivedOn = request.ReceivedOn ?? ParisDate.Of(now);
        if (receivedOn > ParisDate.Of(now))
        {
            throw new CaseRefusedException(422, "received-in-future", "La date de réception est dans le futur. Indiquez la date du jour ou une date passée.");
        }

        var hash = RequestHash.Of(request.ProcessKey, request.Input.ToJsonString(), receivedOn.ToString("O", CultureInfo.InvariantCulture), request.Test ? "test" : null);
        var scope = "open:" + actor.Id;
        if (request.OperationId is { } repeated && await FindOperationAsync(scope, repeated, hash, cancellationToken) is { } known)
        {
            var before = await FindAsync(known["caseId"]!.GetValue<string>(), cancellationToken);
            return new OpenedCase(before!.Id, before.Reference, before.WorkflowInstanceId);
        }

        var version = await FindVersionAsync(process.Key, receivedOn, cancellationToken);
        await process.CheckReferencesAsync(request.Input, cancellationToken);
        var (form, data) = await ValidateAsync(process.StartForm, request.Input, cancellationToken);
        var opening = await process.PrepareAsync(data, request.Test, receivedOn, actor, cancellationToken);
        var row = new Case
        {
            Id = Ids.New(),
            Reference = "",
            ProcessKey = process.Key,
            DefinitionVersionId = version.Id,
            WorkflowInstanceId = Ids.New(),
            Title = opening.Title,
            State = CaseState.Open,
            Test = request.Test,
            AgreementIso = opening.AgreementIso,
            FormKey = opening.FormKey,
            LastName = opening.LastName,
            FirstNames = opening.FirstNames,
            BirthDate = opening.BirthDate,
            OpenedBy = actor.Id,
            OpenedByName = actor.Name,
            OpenedAt = now,
            ReceivedOn = receivedOn,
        };
        var prefix = request.Test ? process.ReferencePrefix + "-ESSAI" : process.ReferencePrefix;
        var answerId = Ids.New();
        var input = opening.Input;
        input["caseId"] = row.Id;
        input["openedBy"] = actor.Id;
        input["openingAnswerId"] = answerId;
        input["test"] = request.Test;
        List<object> companions =
        [
            new CreateCase(row, prefix, ParisDate.Of(now).Year),
            new RecordAnswer(answerId, form.Key, form.Version, row.Id, null, data, actor.Id),
            new TrailEntry(
                TrailIds.Case(row.Id),
                actor,
                "case.opened",
                $"a ouvert le dossier{(request.Test ? " d'essai" : "")} « {opening.Title} » (processus {process.Title}, version {version.Version})",
                new JsonObject { ["definitionVersionId"] = version.Id, ["receivedOn"] = receivedOn.ToString("O", CultureInfo.InvariantCulture) }),
        ];
        if (opening.Facts is { Count: > 0 } facts)
        {
            companions.Add(new NoteCaseFacts(row.Id, facts));
        }

        if (request.OperationId is { } operationId)
        {
            companions.Add(new RememberCaseOperation(scope, operationId, hash, new JsonObject { ["caseId"] = row.Id }));
        }

        try
        {
            await runtime.StartAsync(
                new StartWorkflow(version.Id, row.WorkflowInstanceId, row.Id, input, actor.Id, opening.Title, companions), cancellationToken);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            // What may exist once is claimed in the burst that starts the case: somebody else was faster, and nothing was written.
            throw new CaseRefusedException(409, "already-done", "Quelqu'un d'autre vient de faire la même chose. Rien n'est fait une seconde fois : rouvrez la page pour voir son dossier.");
        }

        return new OpenedCase(row.Id, (await FindAsync(row.Id, cancellationToken))!.Reference, row.WorkflowInstanceId);
    }

    /// <summary>Records the partner's reply; the flow goes on from « Réponse reçue ».</summary>
    /// <exception cref="CaseRefusedException">No such case, the case does not wait, or the reply form has mistakes.</exception>
    public async Task ReplyAsync(string caseId, JsonObject data, string? operationId, Actor actor, CancellationToken cancellationToken)
    {
        var row = await FindAsync(caseId, cancellationToken) ?? throw new CaseRefusedException(404, "unknown-case", "Ce dossier n'existe pas.");
        data = SafeJson.Copy(data);
        var hash = RequestHash.Of("reply", data.ToJsonString());
        if (operationId is not null && await FindOperationAsync(caseId, operationId, hash, cancellationToken) is not null)
        {
            return;
        }

        var (form, valid) = await ValidateAsync(ReplyForm, data, cancellationToken);
        var bookmark = await FindReplyBookmarkAsync(caseId, cancellationToken) ?? throw NotWaiting(row);
        var answerId = Ids.New();
        List<object> companions =
        [
            new RecordAnswer(answerId, form.Key, form.Version, caseId, null, valid, actor.Id),
            new TrailEntry(TrailIds.Case(caseId), actor, "case.reply", "a enregistré la réponse reçue", new JsonObject { ["answerId"] = answerId, ["formVersion"] = form.Version }),
        ];
        if (operationId is not null)
        {
            companions.Add(new RememberCaseOperation(caseId, operationId, hash, []));
        }

        var input = new JsonObject { ["answerId"] = answerId, ["by"] = actor.Id, ["data"] = form.SelectVisibleToFlow(valid) };
        await runtime.ResumeAsync(
            new ResumeBookmark(bookmark.WorkflowInstanceId, bookmark.Id, input, actor.Id, companions, StillWaits(bookmark.Id, row)), cancellationToken);
    }

    /// <summary>True while a reply can be recorded.</summary>
    public async Task<bool> AwaitsReplyAsync(string caseId, CancellationToken cancellationToken) =>
        await FindReplyBookmarkAsync(caseId, cancellationToken) is not null;

    /// <summary>What a person may ask for while the case waits, as its flow lists it: « Corriger le document »…</summary>
    public async Task<IReadOnlyList<string>> ListRequestsAsync(string caseId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            select b.payload ->> 'request' from cases c join bookmarks b on b.workflow_instance_id = c.workflow_instance_id
            where c.id = $1 and b.name = $2 order by (b.payload ->> 'place')::int
            """);
        command.AddParameters(Sql.Text(caseId), Sql.Text(AwaitReply.RequestBookmarkName));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var requests = new List<string>();
        while (await reader.ReadAsync(cancellationToken))
        {
            requests.Add(reader.GetString(0));
        }

        return requests;
    }

    /// <summary>Makes one of the requests of <see cref="ListRequestsAsync"/>; the flow goes on from the outcome of that name.</summary>
    /// <param name="reason">Stands in the case's trail; no personal data.</param>
    /// <exception cref="CaseRefusedException">No such case, no reason, or the case does not allow the request now.</exception>
    public async Task RequestAsync(string caseId, string request, string reason, string? operationId, Actor actor, CancellationToken cancellationToken)
    {
        var row = await FindAsync(caseId, cancellationToken) ?? throw new CaseRefusedException(404, "unknown-case", "Ce dossier n'existe pas.");
        var hash = RequestHash.Of("request", request, reason);
        if (operationId is not null && await FindOperationAsync(caseId, operationId, hash, cancellationToken) is not null)
        {
            return;
        }

        if (string.IsNullOrWhiteSpace(reason) || reason.Length > LongestReason || reason.ReplaceLineEndings("").Any(char.IsControl))
        {
            throw new CaseRefusedException(422, "reason-required", $"Dites pourquoi, en {LongestReason} caractères au plus.");
        }

        var wanted = StimulusHasher.Hash(AwaitReply.RequestBookmarkName, new JsonObject { ["caseId"] = caseId, ["request"] = request });
        if (await workflows.FindBookmarksAsync(wanted, null, caseId, cancellationToken) is not [var bookmark, ..])
        {
            throw NotWaiting(row);
        }

        List<object> companions =
        [
            new TrailEntry(TrailIds.Case(caseId), actor, "case.requested", $"a demandé « {request} » : {reason.Trim()}", new JsonObject { ["request"] = request }),
        ];
        if (operationId is not null)
        {
            companions.Add(new RememberCaseOperation(caseId, operationId, hash, []));
        }

        var input = new JsonObject { ["request"] = request, ["by"] = actor.Id };
        await runtime.ResumeAsync(new ResumeBookmark(bookmark.WorkflowInstanceId, bookmark.Id, input, actor.Id, companions, StillWaits(bookmark.Id, row)), cancellationToken);
    }

    /// <summary>Cancels the case and everything that waits in it.</summary>
    public async Task CancelAsync(string caseId, string reason, Actor actor, CancellationToken cancellationToken)
    {
        var row = await FindAsync(caseId, cancellationToken) ?? throw new CaseRefusedException(404, "unknown-case", "Ce dossier n'existe pas.");
        if (string.IsNullOrWhiteSpace(reason))
        {
            throw new CaseRefusedException(422, "reason-required", "Dites pourquoi le dossier est annulé.");
        }

        object[] companions =
        [
            new ChangeCase(CaseState.Cancelled, "Annulé : " + reason),
            new TrailEntry(TrailIds.Case(caseId), actor, "case.cancelled", $"a annulé le dossier : {reason}"),
        ];
        var result = await runtime.CancelAsync(new CancelWorkflow(row.WorkflowInstanceId, actor.Id, companions), cancellationToken);
        if (!result.Executed)
        {
            throw new CaseRefusedException(409, "terminal", "Ce dossier est déjà clos.");
        }
    }

    private static BurstGuard StillWaits(string bookmarkId, Case row) => (transaction, _) =>
        transaction.Bookmarks.Any(bookmark => bookmark.Id == bookmarkId) ? Task.FromResult<IReadOnlyList<object>>([]) : throw NotWaiting(row);

    private static CaseRefusedException NotWaiting(Case row) =>
        new(409, "not-waiting", $"Le dossier {row.Reference} n'attend pas de réponse en ce moment, ou ne permet pas cette demande.");

    private async Task<Bookmark?> FindReplyBookmarkAsync(string caseId, CancellationToken cancellationToken)
    {
        var hash = StimulusHasher.Hash(AwaitReply.BookmarkName, new JsonObject { ["caseId"] = caseId });
        return await workflows.FindBookmarksAsync(hash, null, caseId, cancellationToken) is [var bookmark, ..] ? bookmark : null;
    }

    /// <summary>The newest published version whose period had begun on the date of receipt.</summary>
    private async Task<WorkflowDefinition> FindVersionAsync(string processKey, DateOnly receivedOn, CancellationToken cancellationToken)
    {
        var published = (await definitions.ListAsync(processKey, cancellationToken)).Where(version => version.PublishedAt is not null).ToList();
        if (published.Count == 0)
        {
            throw new CaseRefusedException(409, "not-published", $"Le processus « {processKey} » n'a pas de version publiée. Publiez-en une dans le studio.");
        }

        // A published version replaces the earlier ones of the same period; the period is chosen by date of receipt.
        return published
            .Where(version => version.EffectiveFrom is null || version.EffectiveFrom <= receivedOn)
            .OrderByDescending(version => version.EffectiveFrom ?? DateOnly.MinValue)
            .ThenByDescending(version => version.IsPublished)
            .ThenByDescending(version => version.Version)
            .FirstOrDefault()
            ?? throw new CaseRefusedException(422, "no-version-for-date", $"Aucune version du processus ne s'applique à une demande reçue le {receivedOn:dd/MM/yyyy}.");
    }

    private async Task<(Forms.Definitions.FormDefinition Form, JsonObject Data)> ValidateAsync(string key, JsonObject data, CancellationToken cancellationToken)
    {
        var form = await forms.FindAsync(key, null, cancellationToken)
            ?? throw new CaseRefusedException(404, "unknown-form", $"Le formulaire « {key} » n'a pas de version publiée.");
        var validation = await JudgeAsync(form, data, cancellationToken);
        return validation.Valid
            ? (form, validation.Data)
            : throw new CaseRefusedException(
                422, "form-invalid", "Des champs sont à corriger.", [.. validation.Errors.Select(e => new FormFault(e.Path, e.Code, e.Message))]);
    }

    private async Task<FormValidation> JudgeAsync(Forms.Definitions.FormDefinition form, JsonObject data, CancellationToken cancellationToken)
    {
        try
        {
            return await validator.ValidateAsync(form, data, "fr", cancellationToken);
        }
        catch (FormRulesStoppedException)
        {
            throw new CaseRefusedException(503, FormRulesStoppedException.Code, FormRulesStoppedException.Words);
        }
    }

    private async Task<JsonObject?> FindOperationAsync(string scope, string operationId, string hash, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select request_hash, answer::text from case_operations where case_id = $1 and operation_id = $2");
        command.AddParameters(Sql.Text(scope), Sql.Text(operationId));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            return null;
        }

        return reader.GetString(0) == hash
            ? JsonNode.Parse(reader.GetString(1))!.AsObject()
            : throw new CaseRefusedException(409, "idempotency-conflict", "Cet identifiant d'opération a déjà servi pour une autre demande.");
    }
}
