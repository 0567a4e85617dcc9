using System.Globalization;
using System.Text.Json.Nodes;
using Cleiss.Activities.Cases;
using Cleiss.Documents.Issuing;
using Cleiss.Forms.Catalogue;
using Cleiss.Persistence.People;
using Cleiss.Workflows.Referentiels;

namespace Cleiss.Workflows.FormulaireDeLiaison;

/// <summary>
/// Liaison forms: fill, have a second person validate, issue the bilingual document, mail it, wait for the reply with reminders, close.
/// While the agreement or the form is not in force, only test cases may be opened.
/// </summary>
public sealed class FormulaireDeLiaisonProcess(ReferenceData reference, FormStore forms, DocumentStore documents, CaseReading cases) : IProcess
{
    public const string ProcessKey = "formulaire-de-liaison";

    /// <summary>Fields of the start form by which a new case corrects or withdraws what a closed one has sent.</summary>
    public const string RequestField = "demande";
    public const string ReplacedField = "documentRemplace";
    public const string Correction = "correction";
    public const string Cancellation = "annulation";

    public string Key => ProcessKey;

    public string Title => "Formulaire de liaison";

    public string ReferencePrefix => "FL";

    public string StartForm => "ouverture-formulaire-de-liaison";

    public IReadOnlyList<string> Roles { get; } = [Role.Agent, Role.Juriste];

    public async Task CheckReferencesAsync(JsonObject data, CancellationToken cancellationToken)
    {
        var iso = Text(data, "accord");
        if (iso is not null && await reference.FindAgreementAsync(iso, cancellationToken) is not { Forms.Count: > 0 })
        {
            var known = new List<string>();
            foreach (var agreement in await reference.ListAgreementsAsync(cancellationToken))
            {
                if (await reference.FindAgreementAsync(agreement.Iso, cancellationToken) is { Forms.Count: > 0 })
                {
                    known.Add($"{agreement.Iso} ({agreement.Partner})");
                }
            }

            throw new CaseRefusedException(422, "unknown-agreement", $"L'accord « {iso} » n'existe pas ou n'a pas de formulaire. Accords avec formulaires : {string.Join(", ", known)}.");
        }

        var key = Text(data, "formulaire");
        if (key is not null && iso is not null)
        {
            await FindFormAsync(iso, key, cancellationToken);
        }
    }

    public async Task<CaseOpening> PrepareAsync(JsonObject data, bool test, DateOnly receivedOn, Actor actor, CancellationToken cancellationToken)
    {
        var iso = Text(data, "accord") ?? "";
        var detail = await reference.FindAgreementAsync(iso, cancellationToken)
            ?? throw new CaseRefusedException(422, "unknown-agreement", $"L'accord « {iso} » n'existe pas.");
        var form = await FindFormAsync(iso, Text(data, "formulaire") ?? "", cancellationToken);
        DemandInForce(detail.Agreement, form, test, receivedOn);
        var replaced = await FindReplacedAsync(data, form, test, cancellationToken);
        var input = new JsonObject
        {
            ["agreementIso"] = iso,
            ["formKey"] = form.FormKey,
            ["formCode"] = form.Code,
            ["formTitle"] = form.TitleFr,
            ["language"] = detail.LiaisonBody?.Language ?? "fr",
            ["provisional"] = form.IsProvisional(receivedOn),
            ["grouped"] = data["envoiGroupe"] is JsonValue together && together.TryGetValue<bool>(out var grouped) && grouped,
            ["previousDocumentId"] = replaced?.Id,
            ["cancels"] = Text(data, RequestField) == Cancellation,
            ["openers"] = new JsonArray(actor.Id),
        };
        return new CaseOpening(
            $"{form.Code} {form.TitleFr} – {detail.Agreement.Partner}", input, iso, form.FormKey, Text(data, "nomNaissance"), Text(data, "prenoms"),
            DateOnly.TryParseExact(Text(data, "dateNaissance"), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var birth) ? birth : null);
    }

    /// <summary>The document of a closed case that the new one corrects or withdraws; null when the case stands alone.</summary>
    private async Task<Document?> FindReplacedAsync(JsonObject data, CatalogueForm form, bool test, CancellationToken cancellationToken)
    {
        var number = Text(data, ReplacedField)?.Trim();
        if (string.IsNullOrEmpty(number))
        {
            return Text(data, RequestField) is { Length: > 0 } ? throw Refused(ReplacedField, "required", "Indiquez le numéro du document à corriger ou à annuler.") : null;
        }

        if (Text(data, RequestField) is not (Correction or Cancellation))
        {
            throw Refused(RequestField, "required", "Dites si le document est à corriger ou à annuler.");
        }

        if (await documents.FindByNumberAsync(number, cancellationToken) is not { CaseId: { } caseId } document || document.FormKey != form.FormKey || document.CancelsPrevious)
        {
            throw Refused(ReplacedField, "unknown-document", $"Aucun document {form.Code} ne porte le numéro « {number} ».");
        }

        if (document.State is not (DocumentState.Valid or DocumentState.Specimen))
        {
            throw Refused(ReplacedField, "document-not-valid", $"Le document {number} est déjà remplacé ou annulé.");
        }

        if (document.Specimen != test)
        {
            throw Refused(ReplacedField, "document-series", document.Specimen ? "Un spécimen se remplace dans un cas d'essai." : "Un vrai document ne se remplace pas dans un cas d'essai.");
        }

        return await cases.FindOpenReferenceAsync(caseId, cancellationToken) is { } open
            ? throw Refused(ReplacedField, "case-open", $"Le dossier {open} n'est pas clos : corrigez ou annulez le document depuis ce dossier.")
            : document;
    }

    private static CaseRefusedException Refused(string field, string code, string message) => new(422, code, message, [new(field, code, message)]);

    private static void DemandInForce(Agreement agreement, CatalogueForm form, bool test, DateOnly receivedOn)
    {
        if (test)
        {
            return;
        }

        if (!agreement.IsInForce(receivedOn))
        {
            throw new CaseRefusedException(
                422, "agreement-not-in-force", $"L'accord avec « {agreement.Partner} » n'est pas en vigueur : seul un cas d'essai, avec une personne fictive, peut être ouvert.");
        }

        if (!form.IsInForce(receivedOn))
        {
            throw new CaseRefusedException(
                422, "form-not-in-force", $"Le formulaire {form.Code} n'est pas en vigueur : seul un cas d'essai, avec une personne fictive, peut être ouvert.");
        }
    }

    private async Task<CatalogueForm> FindFormAsync(string iso, string key, CancellationToken cancellationToken)
    {
        var published = (await forms.ListAsync(cancellationToken)).Where(f => f.PublishedVersion is not null).Select(f => f.Key).ToHashSet(StringComparer.Ordinal);
        var listed = (await reference.FindAgreementAsync(iso, cancellationToken))?.Forms ?? [];
        return listed.FirstOrDefault(form => form.FormKey == key && published.Contains(key))
            ?? throw new CaseRefusedException(
                422, "unknown-form", $"Le formulaire « {key} » n'existe pas pour cet accord ou n'a pas de version publiée. Formulaires : {string.Join(", ", listed.Where(f => published.Contains(f.FormKey)).Select(f => f.FormKey))}.");
    }

    private static string? Text(JsonObject data, string name) => data[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
