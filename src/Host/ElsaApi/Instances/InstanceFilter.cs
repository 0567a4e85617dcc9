using System.Text.Json;
using System.Text.Json.Nodes;
using Cleiss.Engine.Execution;
using Cleiss.Persistence.Engine;

namespace Cleiss.Host.ElsaApi.Instances;

/// <summary>The filter of an alteration plan. A member that is not understood is refused: leaving it out would change more than was asked for.</summary>
internal static class InstanceFilter
{
    /// <returns>The query, or what stands against the filter.</returns>
    public static (InstanceQuery? Query, string? Fault) Read(JsonObject? filter)
    {
        var query = new InstanceQuery { OrderBy = "Created", Descending = false };
        var restricts = false;
        foreach (var (name, value) in filter ?? [])
        {
            if (value is null or JsonArray { Count: 0 } || value.GetValueKind() == JsonValueKind.String && value.GetValue<string>().Length == 0)
            {
                continue;
            }

            try
            {
                (query, var counts) = With(query, name, value);
                restricts |= counts;
            }
            catch (Exception e) when (e is NotSupportedException or JsonException or InvalidOperationException or FormatException)
            {
                return (null, $"Le filtre « {name} » n'est pas compris : rien n'a été modifié.");
            }
        }

        return restricts || filter?["emptyFilterSelectsAll"]?.GetValueKind() == JsonValueKind.True
            ? (query, null)
            : (null, "Le filtre ne restreint rien : donnez au moins un critère.");
    }

    private static (InstanceQuery Query, bool Restricts) With(InstanceQuery query, string name, JsonNode value) => name switch
    {
        "emptyFilterSelectsAll" or "isSystem" when value.GetValueKind() is JsonValueKind.True or JsonValueKind.False => (query, false),
        "workflowInstanceIds" => (query with { Ids = Texts(value) }, true),
        "correlationIds" => (query with { CorrelationIds = Texts(value) }, true),
        "names" => (query with { Names = Texts(value) }, true),
        "searchTerm" => (query with { SearchTerm = value.GetValue<string>() }, true),
        "definitionIds" => (query with { DefinitionIds = Texts(value) }, true),
        "definitionVersionIds" => (query with { DefinitionVersionIds = Texts(value) }, true),
        "hasIncidents" => (query with { HasIncidents = value.GetValue<bool>() }, true),
        "statuses" => (query with { Statuses = [.. Texts(value).Select(Enum<WorkflowStatus>)] }, true),
        "subStatuses" => (query with { SubStatuses = [.. Texts(value).Select(Enum<WorkflowSubStatus>)] }, true),
        "timestampFilters" => (query with { Times = [.. value.AsArray().Select(Time)] }, true),
        _ => throw new NotSupportedException(),
    };

    private static string[] Texts(JsonNode value) => [.. value.AsArray().Select(item => item!.GetValue<string>())];

    private static T Enum<T>(string name)
        where T : struct, Enum => System.Enum.TryParse<T>(name, out var found) && System.Enum.IsDefined(found) ? found : throw new FormatException();

    private static InstanceTimeFilter Time(JsonNode? filter) => new(
        filter?["column"]?.GetValue<string>() ?? "CreatedAt", filter?["operator"]?.GetValue<string>() ?? "Is",
        filter?["timestamp"] is { } at ? at.GetValue<DateTimeOffset>() : throw new FormatException());
}
