using System.Globalization;
using Cleiss.Forms.Definitions;
using Cleiss.Forms.FieldTypes;

namespace Cleiss.Forms.Catalogue;

/// <summary>What changed in one field.</summary>
internal sealed class FieldDifference(FormField before, FormField after, string? partnerLanguage, List<FormChange> changes)
{
    // What has its own sentence below, so the general one over all properties leaves it out.
    private static readonly string[] Told = ["cleiss.type", "cleiss.label.", "cleiss.help.", "cleiss.choice.", "cleiss.required.when"];

    private static readonly Dictionary<string, string> PropertyNames = new(StringComparer.Ordinal)
    {
        ["cleiss.width"] = "la largeur",
        ["cleiss.lines"] = "le nombre de lignes",
        ["cleiss.date.partial"] = "la date incomplète acceptée",
        ["cleiss.currency"] = "la monnaie",
        ["cleiss.decimals"] = "le nombre de décimales",
        ["cleiss.rows.min"] = "le nombre minimal de lignes",
        ["cleiss.rows.max"] = "le nombre maximal de lignes",
        ["cleiss.row.title"] = "le titre de chaque ligne",
        ["cleiss.pattern.message"] = "le message d'erreur",
        ["cleiss.rule.not-before"] = "la règle « pas avant »",
        ["cleiss.rule.no-overlap"] = "la règle « sans chevauchement »",
    };

    private readonly string _name = FormDifference.Name(after);

    public void Add()
    {
        if (before.Label.Fr != after.Label.Fr)
        {
            Tell(FormChangeKind.Renamed, $"{FormDifference.Name(before)} s'appelle maintenant {_name}.");
        }

        if (before.Key != after.Key)
        {
            Tell(FormChangeKind.Renamed, $"{_name} : le nom technique passe de « {before.Key} » à « {after.Key} » ; une réponse déjà donnée garde l'ancien.");
        }

        if (before.Type.Name != after.Type.Name)
        {
            Tell(FormChangeKind.Rule, $"{_name} change de nature : « {before.Type.FrenchName} » devient « {after.Type.FrenchName} ».");
        }

        var language = partnerLanguage is null ? "dans la langue du partenaire" : "en " + PartnerLanguages.NameOf(partnerLanguage);
        Text($"le libellé {language}", before.Label.Partner, after.Label.Partner);
        Text("l'aide", before.Help?.Fr, after.Help?.Fr);
        Text($"l'aide {language}", before.Help?.Partner, after.Help?.Partner);
        AddChoices(language);
        AddRules();
        AddProperties(language);
    }

    private void AddRules()
    {
        if (before.Required != after.Required)
        {
            Tell(FormChangeKind.Rule, $"{_name} {(after.Required ? "devient obligatoire" : "n'est plus obligatoire")}.");
        }

        Rule("la condition qui masque le champ", before.HideWhen, after.HideWhen);
        Rule("la condition qui rend le champ obligatoire", before.RequiredWhen, after.RequiredWhen);
        Rule("le calcul", before.Expression, after.Expression);
        Rule("la longueur minimale", Number(before.MinLength), Number(after.MinLength));
        Rule("la longueur maximale", Number(before.MaxLength), Number(after.MaxLength));
        Rule("la valeur minimale", Number(before.Min), Number(after.Min));
        Rule("la valeur maximale", Number(before.Max), Number(after.Max));
        Rule("la forme attendue", before.Pattern, after.Pattern);
        if (after.Type.Shape == FieldShape.Rows)
        {
            Rule("le nombre de lignes proposées au départ", Number(before.InitialRows), Number(after.InitialRows));
        }
    }

    private void AddChoices(string language)
    {
        foreach (var gone in before.Choices.Where(choice => !after.Choices.Any(other => other.Value == choice.Value)))
        {
            Tell(FormChangeKind.Choice, $"{_name} : le choix « {gone.Label.Fr} » est retiré.");
        }

        foreach (var choice in after.Choices)
        {
            if (before.Choices.FirstOrDefault(other => other.Value == choice.Value) is not { } twin)
            {
                Tell(FormChangeKind.Choice, $"{_name} : le choix « {choice.Label.Fr} » est ajouté.");
            }
            else if (twin.Label.Fr != choice.Label.Fr)
            {
                Tell(FormChangeKind.Choice, $"{_name} : le choix « {twin.Label.Fr} » s'écrit maintenant « {choice.Label.Fr} ».");
            }
            else
            {
                Text($"le choix « {choice.Label.Fr} » {language}", twin.Label.Partner, choice.Label.Partner);
            }
        }

        var kept = after.Choices.Select(choice => choice.Value).Where(value => before.Choices.Any(other => other.Value == value));
        var were = before.Choices.Select(choice => choice.Value).Where(value => after.Choices.Any(other => other.Value == value));
        if (!kept.SequenceEqual(were, StringComparer.Ordinal))
        {
            Tell(FormChangeKind.Choice, $"{_name} : l'ordre des choix a changé.");
        }
    }

    private void AddProperties(string language)
    {
        var names = before.Properties.Keys.Union(after.Properties.Keys, StringComparer.Ordinal)
            .Where(name => !Told.Any(told => name.StartsWith(told, StringComparison.Ordinal))).Order(StringComparer.Ordinal);
        foreach (var name in names)
        {
            Rule(NameOf(name, language), before.Property(name), after.Property(name));
        }
    }

    private string NameOf(string property, string language)
    {
        if (PropertyNames.TryGetValue(property, out var known))
        {
            return known;
        }

        var translated = partnerLanguage is not null && property.EndsWith("." + partnerLanguage, StringComparison.Ordinal);
        return translated && PropertyNames.TryGetValue(property[..^(partnerLanguage!.Length + 1)], out var stem) ? $"{stem} {language}" : $"le réglage « {property} »";
    }

    private void Text(string what, string? old, string? now) => Compare(FormChangeKind.Text, what, old, now);

    private void Rule(string what, string? old, string? now) => Compare(FormChangeKind.Rule, what, old, now);

    private void Compare(FormChangeKind kind, string what, string? old, string? now)
    {
        if (!string.Equals(old ?? "", now ?? "", StringComparison.Ordinal))
        {
            Tell(kind, $"{_name} : {FormDifference.Words(what, old, now)}");
        }
    }

    private void Tell(FormChangeKind kind, string sentence) => changes.Add(new FormChange(kind, sentence, after.Id));

    private static string? Number(decimal? value) => value?.ToString(CultureInfo.InvariantCulture).Replace('.', ',');
}
