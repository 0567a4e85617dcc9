using System.Text.Json;
using System.Text.Json.Serialization;
using Cleiss.Forms.Definitions;
using Cleiss.Forms.FieldTypes;

namespace Cleiss.Studio.Formulaires;

/// <summary>What the designer's script must know of the kinds of fields: where each stands in the palette and what can be set on it.</summary>
internal sealed class DesignerVocabulary(FieldTypeRegistry fieldTypes)
{
    private const string People = "Personnes";
    private const string Plain = "Champs simples";
    private const string Layout = "Mise en page";
    private const string Organisations = "Organismes et paiement";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    // A kind that is missing here stands under « Autres champs »: forgetting one hides nothing.
    private static readonly Dictionary<string, string> Groups = new(StringComparer.Ordinal)
    {
        ["section"] = Layout,
        ["rows"] = Layout,
        ["table"] = Layout,
        ["information"] = Layout,
        ["text"] = Plain,
        ["long-text"] = Plain,
        ["number"] = Plain,
        ["amount"] = Plain,
        ["date"] = Plain,
        ["date-range"] = Plain,
        ["checkbox"] = Plain,
        ["yes-no"] = Plain,
        ["choice"] = Plain,
        ["radio"] = Plain,
        ["choices"] = Plain,
        ["computed"] = Plain,
        ["file"] = Plain,
        ["person"] = People,
        ["person-name"] = People,
        ["nir"] = People,
        ["foreign-id"] = People,
        ["idnp"] = People,
        ["nationality"] = People,
        ["country"] = People,
        ["language"] = People,
        ["address"] = People,
        ["email"] = People,
        ["phone"] = People,
        ["signature"] = People,
        ["institution"] = Organisations,
        ["institution-code"] = Organisations,
        ["employer"] = Organisations,
        ["siret"] = Organisations,
        ["iban"] = Organisations,
        ["bic"] = Organisations,
        ["insurance-period"] = Organisations,
    };

    private static readonly string[] Order = [Layout, Plain, People, Organisations, "Autres champs"];

    private static readonly Dictionary<string, Setting[]> Settings = new(StringComparer.Ordinal)
    {
        ["text"] = Text(),
        ["long-text"] = [.. Text(), new("cleiss.lines", "Nombre de lignes de la zone", "number")],
        ["number"] = [.. Bounds(), new("cleiss.decimals", "Chiffres après la virgule", "number")],
        ["amount"] = [.. Bounds(), new("cleiss.currency", "Monnaie", "choice", [new("EUR", "euro"), new("MDL", "leu moldave")])],
        ["date"] = [new("cleiss.date.partial", "Le jour ou le mois peuvent être inconnus", "flag"), new("cleiss.rule.not-before", "Pas avant la date", "date-field")],
        ["choice"] = [Other()],
        ["radio"] = [Other()],
        ["choices"] = [Other()],
        ["file"] = [new("cleiss.file.types", "Types acceptés (pdf, png, jpg, docx, odt, txt)", "text"), new("cleiss.file.max", "Taille maximale, en Mo", "number")],
        ["rows"] = RowSettings(),
        ["table"] = RowSettings(),
    };

    // A block needs its parts: they come with it, and the owner adds others.
    private static readonly Dictionary<string, Part[]> Parts = new(StringComparer.Ordinal)
    {
        ["address"] = [new("text", "lignes", "Adresse"), new("text", "codePostal", "Code postal"), new("text", "localite", "Localité"), new("country", "pays", "Pays")],
        ["person"] = [new("person-name", "nom", "Nom de naissance"), new("person-name", "prenoms", "Prénoms"), new("date", "dateNaissance", "Date de naissance")],
        ["institution"] = [new("institution-code", "code", "Code"), new("text", "nom", "Nom de l'organisme")],
        ["employer"] = [new("text", "nom", "Nom de l'employeur"), new("siret", "siret", "SIRET")],
        ["signature"] = [new("text", "faitA", "Fait à"), new("date", "faitLe", "Le")],
        ["insurance-period"] = [new("date", "du", "Du"), new("date", "au", "Au"), new("text", "nature", "Nature de la période")],
        ["date-range"] = [new("date", "du", "Du"), new("date", "au", "Au")],
    };

    public string ToJson() => JsonSerializer.Serialize(
        new
        {
            Groups = Order,
            Languages = PartnerLanguages.All.Select(language => new { language.Code, language.Name }),
            Reserved = FormSchemaReader.ReservedKeys.Order(StringComparer.Ordinal),
            Types = fieldTypes.All.Select(type => new
            {
                type.Name,
                type.FormJsType,
                Words = type.FrenchName,
                Shape = type.Shape.ToString().ToLowerInvariant(),
                Plain = type.IsPlain,
                Personal = type.IsPersonal,
                type.HasChoices,
                Own = type.NeedsOwnObject,
                Group = Groups.GetValueOrDefault(type.Name, Order[^1]),
                Settings = Settings.GetValueOrDefault(type.Name, []),
                Parts = Parts.GetValueOrDefault(type.Name, []),
            }),
        },
        Json);

    private static Setting[] Text() =>
    [
        new("validate.minLength", "Longueur minimale", "number"), new("validate.maxLength", "Longueur maximale", "number"),
        new("validate.pattern", "Forme attendue (expression régulière)", "text"), new("cleiss.pattern.message", "Message quand la forme n'est pas la bonne", "pair"),
    ];

    private static Setting[] Bounds() => [new("validate.min", "Valeur minimale", "number"), new("validate.max", "Valeur maximale", "number")];

    private static Setting Other() => new("cleiss.other", "Proposer aussi « Autre, à préciser »", "flag");

    private static Setting[] RowSettings() =>
    [
        new("cleiss.row.title", "Titre de chaque ligne", "pair"), new("defaultRepetitions", "Lignes proposées au départ", "number"),
        new("cleiss.rows.min", "Lignes au moins", "number"), new("cleiss.rows.max", "Lignes au plus", "number"),
        new("cleiss.rule.no-overlap", "Les périodes des lignes ne se chevauchent pas", "period"),
    ];

    private sealed record Setting(string Name, string Words, string Kind, Option[]? Options = null);

    private sealed record Option(string Value, string Words);

    private sealed record Part(string Type, string Key, string Words);
}
