using System.Text.Json.Nodes;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.Storage;
using Cleiss.Host.ElsaApi.Files;
using Cleiss.Persistence.Engine;
using Cleiss.Persistence.Http;
using Cleiss.Persistence.People;

namespace Cleiss.Host.ElsaApi.Instances;

/// <summary>Instances as files, in Elsa's form, with what names a person hidden: a file leaves the house more easily than a page.</summary>
public sealed class InstanceFileEndpoints(InstanceLists lists, JournalLists journal, IDefinitionStore definitions) : IEndpointModule
{
    private const int MostInstances = 200;

    private readonly InstanceViews _views = new(lists, definitions);
    private readonly ActivityExecutions _executions = new(journal, lists);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/elsa/api/workflow-instances/{id}/export", ExportAsync).RequirePermission(Permission.DefinitionsRead);
        routes.MapPost("/elsa/api/bulk-actions/export/workflow-instances", ExportManyAsync).RequirePermission(Permission.DefinitionsRead);
    }

    private async Task<IResult> ExportAsync(string id, CancellationToken cancellationToken) =>
        await lists.FindAsync(id, cancellationToken) is { } instance
            ? JsonFiles.Send(await FileOfAsync(instance, cancellationToken))
            : Results.NotFound();

    private async Task<IResult> ExportManyAsync(Many request, CancellationToken cancellationToken)
    {
        var files = new List<JsonFile>();
        foreach (var id in (request.Ids ?? []).Distinct(StringComparer.Ordinal).Take(MostInstances))
        {
            if (await lists.FindAsync(id, cancellationToken) is { } instance)
            {
                files.Add(await FileOfAsync(instance, cancellationToken));
            }
        }

        return files.Count == 0 ? Results.NoContent() : JsonFiles.SendZip("workflow-instances.zip", files);
    }

    private async Task<JsonFile> FileOfAsync(InstanceRecord instance, CancellationToken cancellationToken)
    {
        var state = await _views.StateAsync(instance, cancellationToken);
        var (lines, _) = await journal.ListAsync(instance.Id, new JournalFilter(), 0, null, cancellationToken);
        return new JsonFile(FileName(instance), new JsonObject
        {
            ["WorkflowState"] = state,
            ["Bookmarks"] = state["bookmarks"]!.DeepClone(),
            ["ActivityExecutionRecords"] = new JsonArray([.. await _executions.OfNodeAsync(instance.Id, null, whole: true, cancellationToken)]),
            ["WorkflowExecutionLogRecords"] = new JsonArray([.. lines.Select(line => InstanceReadEndpoints.Line(instance.Id, line))]),
        });
    }

    private static string FileName(InstanceRecord instance) => $"workflow-instance-{string.Concat(instance.Id.Where(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-'))}.json";

    internal sealed record Many(IReadOnlyList<string>? Ids);
}
