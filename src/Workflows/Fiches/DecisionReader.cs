using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cleiss.Activities.Cases;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.ElsaJson;
using Cleiss.Persistence.Trails;
using Cleiss.Workflows.Referentiels;

namespace Cleiss.Workflows.Fiches;

/// <summary>A decision table with the facts of a case and the row that decided.</summary>
/// <param name="Facts">One per column, as it stood when the table decided.</param>
public sealed record DecisionView(
    string Title, DateTimeOffset At, string Policy, IReadOnlyList<string> Columns, IReadOnlyList<string> Facts, IReadOnlyList<DecisionViewRow> Rows);

/// <param name="Tests">One per column, as people read them.</param>
public sealed record DecisionViewRow(int Number, string Name, IReadOnlyList<string> Tests, string Outcome, string? LegalBasis, bool Decided);

/// <summary>Finds again the table that decided in a case, in the version it was then.</summary>
public sealed partial class DecisionReader(TrailReader trails, CaseService cases, IDefinitionStore definitions)
{
    public const string Kind = "case.decided";

    /// <param name="position">Of the decision in the case's trail.</param>
    public async Task<DecisionView?> FindAsync(string caseId, long position, CancellationToken cancellationToken)
    {
        var line = (await trails.ListAsync(TrailIds.Case(caseId), cancellationToken)).FirstOrDefault(one => one.Position == position && one.Kind == Kind);
        if (line?.Facts is not { } decided || await cases.FindAsync(caseId, cancellationToken) is not { } row)
        {
            return null;
        }

        // Cases of the first build did not note the version; theirs never changed without a plan.
        var version = decided["definitionVersionId"]?.ToString() ?? row.DefinitionVersionId;
        var place = (await definitions.FindByIdAsync(version, cancellationToken))?.Document is { } document
            ? ActivityTree.Walk(document).FirstOrDefault(one => one.Id == decided["activityId"]?.ToString())
            : null;
        if (place is null || Table(place.Activity) is not { } table)
        {
            return null;
        }

        var columns = Objects(table["colonnes"]);
        var facts = decided["facts"] as JsonObject ?? [];
        return new DecisionView(
            place.Activity["metadata"]?["displayText"]?.ToString() is { Length: > 0 } title ? title : place.Id,
            line.At,
            decided["policy"]?.ToString() ?? "",
            [.. columns.Select(column => column["nom"]?.ToString() ?? "")],
            [.. columns.Select(column => facts[column["entree"]?.ToString() ?? ""] is { } fact ? Words(fact.ToString()) : "absent")],
            [
                .. Objects(table["lignes"]).Select((one, index) => new DecisionViewRow(
                    index + 1, one["nom"]?.ToString() ?? "", [.. (one["si"] as JsonArray ?? []).Select(test => Words(test?.ToString() ?? ""))],
                    one["issue"]?.ToString() ?? "", one["base"]?.ToString(), index + 1 == decided["row"]?.GetValue<int>())),
            ]);
    }

    private static JsonObject? Table(JsonObject activity)
    {
        try
        {
            return JsonNode.Parse(activity["table"]?["expression"]?["value"]?.ToString() ?? "") as JsonObject;
        }
        catch (JsonException)
        {
            // A table that an expression computes is not in the definition.
            return null;
        }
    }

    private static List<JsonObject> Objects(JsonNode? array) => [.. (array as JsonArray ?? []).OfType<JsonObject>()];

    /// <summary>« ≥ 01/05/2021 » for <c>&gt;= date("2021-05-01")</c>, « tout » for a dash.</summary>
    private static string Words(string test) => test.Trim() switch
    {
        "-" or "" => "tout",
        var text => IsoDay().Replace(text, match => DateOnly.TryParseExact(match.Groups["day"].ValueSpan, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? Differences.Day(day) : match.Value)
            .Replace("\"", "", StringComparison.Ordinal).Replace(">=", "≥", StringComparison.Ordinal).Replace("<=", "≤", StringComparison.Ordinal),
    };

    // « date("2021-05-01") » in a test, or a fact that is a day.
    [GeneratedRegex("(?:date\\(\")?(?<day>[0-9]{4}-[0-9]{2}-[0-9]{2})(?:\"\\))?", RegexOptions.None, 1000)]
    private static partial Regex IsoDay();
}
