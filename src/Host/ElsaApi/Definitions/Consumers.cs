using System.Text.Json.Nodes;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.ElsaJson;
using Cleiss.Persistence.Engine;

namespace Cleiss.Host.ElsaApi.Definitions;

/// <summary>Which definitions use another one, as an activity or by starting it.</summary>
internal sealed class Consumers(IDefinitionStore store, DefinitionLists lists)
{
    public async Task<IReadOnlyList<WorkflowDefinition>> OfAsync(string definitionId, CancellationToken cancellationToken)
    {
        var consumers = new List<WorkflowDefinition>();
        var (rows, _) = await lists.ListAsync(new DefinitionQuery("Latest", OrderBy: "Name", Descending: false), cancellationToken);
        foreach (var row in rows.Where(row => row.DefinitionId != definitionId))
        {
            if (await store.FindByIdAsync(row.Id, cancellationToken) is { } candidate && Uses(candidate.Document, definitionId).Any())
            {
                consumers.Add(candidate);
            }
        }

        return consumers;
    }

    /// <summary>The activities that name the definition.</summary>
    public static IEnumerable<ActivityPlace> Uses(JsonObject document, string definitionId) => ActivityTree.Walk(document).Where(place =>
    {
        var value = place.Activity["workflowDefinitionId"];
        return (value is JsonObject wrapper ? (wrapper["expression"] as JsonObject)?["value"] : value)?.ToString() == definitionId;
    });
}
