using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.ElsaJson;

namespace Cleiss.Workflows.Fiches;

/// <summary>The <i>fiche de procédure</i> of a definition: who does what, when and on what basis, as its JSON says it.</summary>
/// <param name="Steps">In the order the flow reaches them; steps inside a step follow it.</param>
/// <param name="Settings">Variables with a value: what an owner changes without redrawing.</param>
public sealed record ProcedureSheet(
    string Name, string? Description, int Version, DateOnly? EffectiveFrom, DateTimeOffset? PublishedAt, IReadOnlyList<ProcedureStep> Steps,
    IReadOnlyList<ProcedureFact> Settings, IReadOnlyList<string> LegalBases);

/// <param name="Number">« 3 », or « 3.1 » for a step inside another.</param>
/// <param name="Within">Number of the step it is inside of; null at the outermost level.</param>
/// <param name="Roles">Roles that may do it; empty when a machine does.</param>
/// <param name="Rules">Who may not, or must: « une autre personne que pour « Remplir » ».</param>
/// <param name="Delays">Time limits and reminders, with the words of the activity's inputs.</param>
/// <param name="Next">Where each outcome leads.</param>
public sealed record ProcedureStep(
    string Number, string? Within, string What, string? Detail, IReadOnlyList<string> Roles, IReadOnlyList<string> Rules, IReadOnlyList<ProcedureFact> Delays, string? LegalBasis,
    IReadOnlyList<ProcedureMove> Next);

public sealed record ProcedureFact(string Name, string Value);

/// <param name="Outcome">Null when there is only one way.</param>
/// <param name="Number">Of the step it leads to; null at an end.</param>
/// <param name="Target">Title of that step.</param>
public sealed record ProcedureMove(string? Outcome, string? Number, string? Target);

/// <summary>Reads the sheet from a definition; knows activities by the descriptions they give of themselves, so that a new one needs nothing here.</summary>
public sealed class ProcedureSheets(ActivityRegistry registry, IDefinitionStore definitions)
{
    /// <summary>What keeps the books or draws the flow, and is no step of the procedure; the sheet leads past it.</summary>
    private static readonly string[] Silent = ["Elsa.Start", "Elsa.Finish", "Cleiss.RecordCaseFacts", "Cleiss.SetCaseStatus"];

    /// <summary>Inputs that say when, on whichever activity they are.</summary>
    private static readonly string[] Timed = ["dueRule", "dueAt", "reminders", "escalateAfterDays", "escalateAgainAfterDays", "timeSpan", "interval", "dateTime", "cronExpression", "days", "deadline"];

    /// <summary>The sheet of the version in force today; null when none is published.</summary>
    public async Task<ProcedureSheet?> FindInForceAsync(string definitionId, CancellationToken cancellationToken) =>
        await definitions.FindInForceIdAsync(definitionId, cancellationToken) is { } id && await definitions.FindByIdAsync(id, cancellationToken) is { } definition
            ? Read(definition)
            : null;

    private ProcedureSheet Read(WorkflowDefinition definition)
    {
        var settings = ReadSettings(definition.Document);
        var root = new ActivityPlace(definition.Document["root"]!.AsObject(), "", null, null);
        var ordered = InOrder(root.Activity, [.. ActivityTree.Children(root)]);
        var numbers = new Dictionary<string, string>(StringComparer.Ordinal);
        var places = new List<ActivityPlace>();
        Number(ordered, "");
        var names = places.ToDictionary(place => place.Id, place => TitleOf(place), StringComparer.Ordinal);
        var steps = places.Select(place => ReadStep(place)).ToList();
        return new ProcedureSheet(
            definition.Name, definition.Description, definition.Version, definition.EffectiveFrom, definition.PublishedAt, steps,
            [.. settings.Select(pair => new ProcedureFact(SettingWords(pair.Key), pair.Value))],
            [.. steps.Select(step => step.LegalBasis).OfType<string>().Distinct(StringComparer.Ordinal)]);

        void Number(IEnumerable<ActivityPlace> level, string prefix)
        {
            var n = 0;
            foreach (var place in level.Where(place => !Silent.Contains(place.Type)))
            {
                numbers[place.Id] = $"{prefix}{++n}";
                places.Add(place);
                Number(InOrder(place.Activity, [.. ActivityTree.Children(place)]), $"{prefix}{n}.");
            }
        }

        ProcedureStep ReadStep(ActivityPlace place)
        {
            var type = registry.Find(place.Type);
            return new ProcedureStep(
                numbers[place.Id],
                place.Parent is { } parent ? numbers.GetValueOrDefault(parent.Id) : null,
                TitleOf(place),
                Value(place.Activity["instructions"], settings) ?? type?.Attribute.Description,
                List(Value(place.Activity["candidateGroups"], settings)),
                [.. Others(place, "distinctFrom", "une autre personne que pour"), .. Others(place, "sameAs", "la même personne que pour")],
                [.. Timed.Select(name => (Label: LabelOf(type, name), Value: Value(place.Activity[name], settings))).Where(fact => fact.Value is { Length: > 0 } and not "0")
                    .Select(fact => new ProcedureFact(fact.Label, string.Join(", ", List(fact.Value))))],
                Value(place.Activity["legalBasis"], settings),
                Moves(place));
        }

        IEnumerable<string> Others(ActivityPlace place, string input, string words) =>
            List(Value(place.Activity[input], settings)).Select(id => $"{words} « {names.GetValueOrDefault(id, id)} »");

        IReadOnlyList<ProcedureMove> Moves(ActivityPlace place)
        {
            var next = ConnectionsOf((place.Parent ?? root).Activity).ToLookup(connection => connection.Source, StringComparer.Ordinal);
            return
            [
                .. next[place.Id].SelectMany(connection => Steps(connection.Target, []).DefaultIfEmpty().Select(target => new ProcedureMove(
                    OutcomeWords(connection.Port), target is null ? null : numbers[target], target is null ? null : names[target]))),
            ];

            IEnumerable<string> Steps(string id, HashSet<string> passed) =>
                numbers.ContainsKey(id) ? [id] : passed.Add(id) ? next[id].SelectMany(connection => Steps(connection.Target, passed)) : [];
        }
    }

    private string TitleOf(ActivityPlace place) =>
        place.Activity["metadata"]?["displayText"]?.ToString() is { Length: > 0 } written ? written
        : registry.Find(place.Type)?.Attribute.DisplayName is { Length: > 0 } named ? named
        : place.Activity["name"]?.ToString() ?? place.Id;

    /// <summary>Elsa's own outcomes are English in every definition; all others are what an owner wrote.</summary>
    private static string? OutcomeWords(string? port) => port switch
    {
        "Done" => null,
        "True" => "Oui",
        "False" => "Non",
        _ => port,
    };

    private static string LabelOf(ActivityType? type, string input) =>
        type?.Inputs.FirstOrDefault(known => string.Equals(known.Name, input, StringComparison.OrdinalIgnoreCase))?.Attribute.DisplayName ?? "Délai";

    /// <summary>Breadth first along the connections; what they do not reach, or have none, as it is written.</summary>
    private static IEnumerable<ActivityPlace> InOrder(JsonObject parent, IReadOnlyList<ActivityPlace> children)
    {
        var byId = children.ToDictionary(child => child.Id, StringComparer.Ordinal);
        var next = ConnectionsOf(parent).ToLookup(connection => connection.Source, connection => connection.Target, StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var queue = new Queue<string>();
        var beginning = parent["start"]?.ToString() is { } start && byId.ContainsKey(start) ? start : children.FirstOrDefault(child => child.Type == "Elsa.Start")?.Id;
        foreach (var first in new[] { beginning }.OfType<string>().Concat(children.Select(child => child.Id)))
        {
            queue.Enqueue(first);
            while (queue.TryDequeue(out var id))
            {
                if (byId.TryGetValue(id, out var place) && seen.Add(id))
                {
                    yield return place;
                    foreach (var target in next[id])
                    {
                        queue.Enqueue(target);
                    }
                }
            }
        }
    }

    private static IEnumerable<(string Source, string? Port, string Target)> ConnectionsOf(JsonObject container) =>
        (container["connections"] as JsonArray ?? []).OfType<JsonObject>()
        .Select(connection => (connection["source"]?["activity"]?.ToString() ?? "", connection["source"]?["port"]?.ToString(), connection["target"]?["activity"]?.ToString() ?? ""));

    private static Dictionary<string, string> ReadSettings(JsonObject document) =>
        (document["variables"] as JsonArray ?? []).OfType<JsonObject>()
        .Where(variable => variable["value"]?.ToString() is { Length: > 0 })
        .GroupBy(variable => variable["name"]?.ToString() ?? "", StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => string.Join(", ", List(group.First()["value"]!.ToString())), StringComparer.Ordinal);

    /// <summary>What an input says before anything runs: its words, the setting it names, or that the case decides.</summary>
    private static string? Value(JsonNode? input, Dictionary<string, string> settings)
    {
        if ((input as JsonObject)?["expression"] is not JsonObject expression || expression["value"]?.ToString() is not { Length: > 0 } value)
        {
            return null;
        }

        return expression["type"]?.ToString() switch
        {
            "Literal" or "Object" => value,
            "Variable" => NameIn(value) is { } name ? settings.GetValueOrDefault(name, $"selon « {name} »") : null,
            "Input" => "selon le dossier",
            _ => Named(value, settings) is { Count: > 0 } named ? $"selon le dossier ({string.Join(" ; ", named)})" : "calculé pendant le dossier",
        };
    }

    /// <summary>The settings that an expression computes with.</summary>
    private static IReadOnlyList<string> Named(string expression, Dictionary<string, string> settings) =>
    [
        .. settings.Where(setting => Regex.IsMatch(expression, $@"\b{Regex.Escape(setting.Key)}\b", RegexOptions.None, TimeSpan.FromSeconds(1)))
            .Select(setting => $"{SettingWords(setting.Key).ToLowerInvariant()} : {setting.Value}"),
    ];

    /// <summary>« RelanceNiveau1 » reads « Relance niveau 1 ».</summary>
    private static string SettingWords(string name) =>
        string.Concat(name.Select((c, i) => i > 0 && (char.IsUpper(c) || (char.IsDigit(c) && !char.IsDigit(name[i - 1]))) ? $" {char.ToLowerInvariant(c)}" : c.ToString()));

    private static string? NameIn(string reference)
    {
        try
        {
            return JsonNode.Parse(reference)?["name"]?.ToString();
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }

    private static IReadOnlyList<string> List(string? value)
    {
        if (value is not ['[', ..])
        {
            return string.IsNullOrWhiteSpace(value) ? [] : [value];
        }

        try
        {
            return [.. JsonNode.Parse(value)!.AsArray().Select(item => item?.ToString() ?? "").Where(item => item.Length > 0)];
        }
        catch (System.Text.Json.JsonException)
        {
            return [value];
        }
    }
}
