using System.Globalization;
using System.Text.Json.Nodes;
using Cleiss.Activities.Cases;
using Cleiss.Persistence.People;
using Cleiss.Workflows.Referentiels;

namespace Cleiss.Workflows.FormulaireRecu;

/// <summary>A form that came from the partner: acknowledged, then sent on to the competent French fund, or answered by a case of the matching form.</summary>
public sealed class FormulaireRecuProcess(ReferenceData reference) : IProcess
{
    public const string ProcessKey = "formulaire-recu";

    public string Key => ProcessKey;

    public string Title => "Formulaire reçu";

    public string ReferencePrefix => "FR";

    public string StartForm => "ouverture-formulaire-recu";

    public IReadOnlyList<string> Roles { get; } = [Role.Agent, Role.Juriste];

    public async Task CheckReferencesAsync(JsonObject data, CancellationToken cancellationToken)
    {
        var (iso, key) = (Text(data, "accord"), Text(data, "formulaire"));
        if (iso is not null && await reference.FindAgreementAsync(iso, cancellationToken) is not { Forms.Count: > 0 })
        {
            throw new CaseRefusedException(422, "unknown-agreement", $"L'accord « {iso} » n'existe pas ou n'a pas de formulaire.");
        }

        if (iso is not null && key is not null)
        {
            await FindFormAsync(iso, key, cancellationToken);
        }
    }

    public async Task<CaseOpening> PrepareAsync(JsonObject data, bool test, DateOnly receivedOn, Actor actor, CancellationToken cancellationToken)
    {
        var iso = Text(data, "accord") ?? "";
        var form = await FindFormAsync(iso, Text(data, "formulaire") ?? "", cancellationToken);
        var detail = (await reference.FindAgreementAsync(iso, cancellationToken))!;
        if (!test && !(detail.Agreement.IsInForce(receivedOn) && form.IsInForce(receivedOn)))
        {
            throw new CaseRefusedException(
                422, "form-not-in-force",
                $"L'accord ou le formulaire {form.Code} n'était pas en vigueur le {receivedOn.ToString("dd/MM/yyyy", CultureInfo.InvariantCulture)} : seul un cas d'essai, avec une personne fictive, peut être ouvert.");
        }

        var input = new JsonObject
        {
            ["agreementIso"] = iso,
            ["formKey"] = form.FormKey,
            ["formCode"] = form.Code,
            ["formTitle"] = form.TitleFr,
        };
        return new CaseOpening(
            $"Reçu : {form.Code} {form.TitleFr} – {detail.Agreement.Partner}", input, iso, form.FormKey, Text(data, "nomNaissance"), Text(data, "prenoms"),
            DateOnly.TryParseExact(Text(data, "dateNaissance"), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var birth) ? birth : null);
    }

    private async Task<CatalogueForm> FindFormAsync(string iso, string key, CancellationToken cancellationToken)
    {
        var forms = (await reference.FindAgreementAsync(iso, cancellationToken))?.Forms ?? [];
        var form = forms.FirstOrDefault(form => form.FormKey == key)
            ?? throw new CaseRefusedException(422, "unknown-form", $"L'accord « {iso} » n'a pas de formulaire « {key} ». Formulaires : {string.Join(", ", forms.Select(other => other.FormKey))}.");
        return form.Direction == "fr-to-partner"
            ? throw new CaseRefusedException(422, "form-direction", $"Le formulaire {form.Code} va de la France vers le partenaire : il ne peut pas être reçu.")
            : form;
    }

    private static string? Text(JsonObject data, string name) => data[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
