using System.Text.Json.Nodes;
using Cleiss.Activities.PartnerLinks;
using Cleiss.Documents.Issuing;
using Cleiss.Documents.Rendering;
using Cleiss.Documents.Templates;
using Cleiss.Persistence.Files;
using Cleiss.Scripting.Liquid;
using Microsoft.Extensions.Options;

namespace Cleiss.Activities.Mail;

/// <summary>Writes a mail from its template (<c>subject.liquid</c>, <c>body.liquid</c>) and gathers its attachments.</summary>
internal sealed class MailComposer(
    TemplateStore templates,
    ILiquidRenderer liquid,
    DocumentStore documents,
    DocumentRenderer renderer,
    FileStore files,
    IAnswerSource answers,
    IEnumerable<IPartnerDirectory> directories,
    PartnerLinkStore links,
    IMailTransport transport,
    IOptions<MailOptions> options,
    IOptions<PublicAddressOptions> address)
{
    private const string SpecimenMark = "[SPÉCIMEN] ";

    /// <summary>Fills address, subject and body; the reason in French when the mail cannot be written as things stand.</summary>
    public async Task<string?> ComposeAsync(MailRow mail, CancellationToken cancellationToken)
    {
        var partner = mail.Partner is null ? null : await directories.FindAsync(mail.Partner, cancellationToken);
        mail.ToAddress ??= mail is { ToField: { } field, CaseId: { } caseId } ? await answers.FindTextAsync(caseId, field, cancellationToken) : partner?.Email;
        if (!MailAddressing.IsUsable(mail.ToAddress))
        {
            return mail.ToField is not null
                ? $"Aucun formulaire du dossier ne donne d'adresse électronique utilisable dans le champ « {mail.ToField} ». Corrigez le formulaire, puis choisissez « Renvoyer le courrier »."
                : mail.Partner is null
                ? $"« {mail.ToAddress} » n'est pas une adresse électronique utilisable."
                : $"L'organisme de liaison « {partner?.Name ?? mail.Partner} » n'a pas d'adresse électronique utilisable dans l'annuaire. Complétez-la dans « Accords et référentiels », puis choisissez « Renvoyer le courrier ».";
        }

        if (await templates.FindAsync(mail.Template, null, cancellationToken) is not { Kind: TemplateKind.Mail, Files: var source })
        {
            return $"Le modèle de courrier « {mail.Template} » n'existe pas ou n'est pas publié. Modèles : {string.Join(", ", await templates.ListAsync(cancellationToken))}.";
        }

        var attached = await DocumentsAsync(mail, cancellationToken);
        var about = mail.CaseId is null ? null : await answers.FindCaseAsync(mail.CaseId, cancellationToken);
        mail.Specimen = attached.Any(document => document.Specimen) || about?["test"]?.GetValue<bool>() == true;
        mail.ToName = partner?.Name ?? "";
        mail.Language = partner?.Language ?? "fr";
        mail.FromAddress = options.Value.From.Length > 0 ? options.Value.From : "liaison@" + MailAddressing.HostOf(address.Value.PublicUrl);
        var model = await ModelAsync(mail, partner, attached, about, cancellationToken);
        var texts = await liquid.RenderAsync([source[TemplateVersion.Subject], source[TemplateVersion.Body]], model, cancellationToken);
        var subject = texts[0].ReplaceLineEndings(" ").Trim();
        mail.Subject = mail.Specimen && !subject.StartsWith(SpecimenMark, StringComparison.Ordinal) ? SpecimenMark + subject : subject;
        mail.Body = texts[1].Trim() + "\n";
        return null;
    }

    /// <exception cref="InvalidOperationException">A document has not been printed.</exception>
    public async Task<OutgoingMail> AssembleAsync(MailRow mail, CancellationToken cancellationToken)
    {
        var attachments = new List<MailAttachment>();
        foreach (var document in await DocumentsAsync(mail, cancellationToken))
        {
            var stored = document.FileId is null ? null : await files.ReadAsync(document.FileId, cancellationToken);
            attachments.Add(stored is { } file
                ? new MailAttachment(document.Number + ".pdf", file.File.MediaType, file.Content)
                : throw new InvalidOperationException($"Document {document.Number} of mail {mail.Id} has not been printed."));
        }

        if (mail is { AttachedField: { } field, CaseId: { } caseId } && await answers.FindFileAsync(caseId, field, cancellationToken) is var (fileId, name))
        {
            var stored = await files.ReadAsync(fileId, cancellationToken) ?? throw new InvalidOperationException($"File {fileId} of mail {mail.Id} does not exist.");
            attachments.Add(new MailAttachment(name, stored.File.MediaType, stored.Content));
        }

        // The stored body of a mail that leaves shows no token: the recipient alone holds it.
        var body = await links.FindOfMailAsync(mail.Id, cancellationToken) is { Token: var token }
            ? mail.Body!.Replace(links.UrlOf(PartnerLinkStore.Masked), links.UrlOf(token), StringComparison.Ordinal)
            : mail.Body!;
        return new OutgoingMail(
            mail.MessageId, mail.FromAddress!, options.Value.FromName, mail.ToAddress!, mail.ToName ?? "", mail.Subject!, body, attachments);
    }

    private async Task<List<Document>> DocumentsAsync(MailRow mail, CancellationToken cancellationToken)
    {
        var found = new List<Document>();
        foreach (var id in mail.Documents)
        {
            found.Add(await documents.FindAsync(id, cancellationToken) ?? throw new KeyNotFoundException($"Mail {mail.Id} attaches document {id}, which does not exist."));
        }

        return found;
    }

    /// <summary>What templates may use: nothing personal, but what the flow chose to quote of an answer.</summary>
    private async Task<JsonObject> ModelAsync(MailRow mail, Partner? partner, List<Document> attached, JsonObject? about, CancellationToken cancellationToken)
    {
        var list = new JsonArray();
        foreach (var document in attached)
        {
            var answer = document.AnswerId is null ? null : await answers.FindAsync(document.AnswerId, document.Language, cancellationToken);
            var previous = document.PreviousDocumentId is null ? null : await documents.FindAsync(document.PreviousDocumentId, cancellationToken);
            list.Add(new JsonObject
            {
                ["number"] = document.Number,
                ["previous"] = previous is null ? null : new JsonObject { ["number"] = previous.Number, ["date"] = previous.CreatedAt, ["cancelled"] = document.CancelsPrevious },
                ["formCode"] = document.FormCode,
                ["provisional"] = document.ProvisionalCode,
                ["titleFr"] = document.Title,
                ["titlePartner"] = answer?["titlePartner"]?.GetValue<string>() ?? document.Title,
                ["specimen"] = document.Specimen,
                ["date"] = document.CreatedAt,
                ["verificationCode"] = document.VerificationCode,
                ["verificationUrl"] = renderer.VerificationUrl(document.VerificationCode),
            });
        }

        var link = await links.FindOfMailAsync(mail.Id, cancellationToken);
        return new JsonObject
        {
            // The built-in outbox is the recipient's mailbox: only there the stored text holds the link.
            ["link"] = link is { Token: var token, ExpiresAt: var expiresAt }
                ? new JsonObject { ["url"] = links.UrlOf(transport is BuiltInOutbox ? token : PartnerLinkStore.Masked), ["expiresAt"] = expiresAt }
                : null,
            ["document"] = list.Count > 0 ? list[0]!.DeepClone() : null,
            ["documents"] = list,
            ["case"] = about,
            ["institution"] = partner is null ? null : new JsonObject { ["name"] = partner.Name, ["country"] = partner.Country, ["language"] = partner.Language },
            ["answer"] = mail.AnswerId is null ? null : await answers.FindQuotableAsync(mail.AnswerId, cancellationToken),
            ["data"] = mail.Data is null ? null : JsonNode.Parse(mail.Data),
            ["reminder"] = mail.ReminderNumber is { } number ? new JsonObject { ["number"] = number } : null,
        };
    }
}
