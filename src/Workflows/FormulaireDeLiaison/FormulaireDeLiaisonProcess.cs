using System.Globalization;
using System.Text.Json.Nodes;
using Cleiss.Activities.Cases;
using Cleiss.Forms.Catalogue;
using Cleiss.Persistence.People;
using Cleiss.Workflows.Referentiels;

namespace Cleiss.Workflows.FormulaireDeLiaison;

/// <summary>
/// Liaison forms: fill, have a second person validate, issue the bilingual document, mail it, wait for the reply with reminders, close.
/// While the agreement or the form is not in force, only test cases may be opened.
/// </summary>
public sealed class FormulaireDeLiaisonProcess(ReferenceData reference, FormStore forms) : IProcess
{
    public const string ProcessKey = "formulaire-de-liaison";

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
        var input = new JsonObject
        {
            ["agreementIso"] = iso,
            ["formKey"] = form.FormKey,
            ["formCode"] = form.Code,
            ["formTitle"] = form.TitleFr,
            ["language"] = detail.LiaisonBody?.Language ?? "fr",
            ["provisional"] = form.IsProvisional(receivedOn),
        };
        return new CaseOpening(
            $"{form.Code} {form.TitleFr} – {detail.Agreement.Partner}", input, iso, form.FormKey, Text(data, "nomNaissance"), Text(data, "prenoms"),
            DateOnly.TryParseExact(Text(data, "dateNaissance"), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var birth) ? birth : null);
    }

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
