using System.Text.Json.Nodes;
using Cleiss.Activities;
using Cleiss.Activities.Cases;
using Cleiss.Persistence.People;
using Cleiss.Workflows.Traductions.Market;

namespace Cleiss.Workflows.Traductions;

/// <summary>Translations ordered, revised and certified, and certifications of translations made elsewhere.</summary>
public sealed class TraductionProcess(TranslationMarket market) : IProcess
{
    public const string ProcessKey = "traduction";

    public string Key => ProcessKey;

    public string Title => "Traduction et certification";

    public string ReferencePrefix => "TR";

    public string StartForm => "demande-traduction";

    public IReadOnlyList<string> Roles { get; } = [Role.Traduction, Role.Traducteur, Role.Reviseur];

    public async Task CheckReferencesAsync(JsonObject data, CancellationToken cancellationToken)
    {
        if (Text(data, "langue") is { } language && await market.NameOfAsync(language, cancellationToken) is null)
        {
            throw new CaseRefusedException(422, "unknown-language", $"La langue « {language} » n'est pas au référentiel des langues.");
        }
    }

    public async Task<CaseOpening> PrepareAsync(JsonObject data, bool test, DateOnly receivedOn, Actor actor, CancellationToken cancellationToken)
    {
        var kind = Text(data, "nature") ?? "traduction";
        var language = Text(data, "langue") ?? "";
        var direction = Text(data, "sens") ?? TranslationDirection.Version;
        var pair = TranslationDirection.Pair(direction, await market.NameOfAsync(language, cancellationToken) ?? language);
        var input = new JsonObject
        {
            ["nature"] = kind,
            ["langue"] = language,
            ["sens"] = direction,
            ["paire"] = pair,
            ["recueLe"] = ParisDate.Start(receivedOn),
            ["documents"] = new JsonArray(Id(data, "document")),
            ["fichiers"] = new JsonArray([.. new[] { Id(data, "document"), Id(data, "traductionPresentee") }.OfType<string>().Select(id => JsonValue.Create(id))]),
        };
        return new CaseOpening($"{(kind == "certification" ? "Certification" : "Traduction")} {pair}", input, Facts: new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["nature"] = kind,
            ["langue"] = language,
            ["sens"] = direction,
            ["organisme"] = Text(data, "organisme") ?? "",
        });
    }

    private static string? Text(JsonObject data, string name) => data[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static string? Id(JsonObject data, string name) => data[name] is JsonObject file ? Text(file, "id") : null;
}
