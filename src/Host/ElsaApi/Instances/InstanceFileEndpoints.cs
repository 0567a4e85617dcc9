using System.Text.Json.Nodes;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.Execution;
using Cleiss.Engine.Storage;
using Cleiss.Forms.Catalogue;
using Cleiss.Host.ElsaApi.Files;
using Cleiss.Persistence.Engine;
using Cleiss.Persistence.Http;
using Cleiss.Persistence.People;
using Cleiss.Persistence.Trails;

namespace Cleiss.Host.ElsaApi.Instances;

/// <summary>Instances as files, in Elsa's form, with what names a person hidden: a file leaves the house more easily than a page.</summary>
public sealed class InstanceFileEndpoints(
    InstanceLists lists, JournalLists journal, IDefinitionStore definitions, InstanceInspector inspector, InstanceArrival arrival, WorkflowRuntime runtime,
    PersonalKeys personal) : IEndpointModule
{
    private const int MostInstances = 200;

    private readonly InstanceViews _views = new(lists, definitions, personal);
    private readonly InstanceImport _import = new(definitions, inspector);
    private readonly ActivityExecutions _executions = new(journal, lists, personal);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/elsa/api/workflow-instances/{id}/export", ExportAsync).RequirePermission(Permission.DefinitionsRead);
        routes.MapPost("/elsa/api/bulk-actions/export/workflow-instances", ExportManyAsync).RequirePermission(Permission.DefinitionsRead);
        // The caller's token is the proof: a form of another site cannot send it.
        routes.MapPost("/elsa/api/bulk-actions/import/workflow-instances", ImportAsync).RequirePermission(Permission.DefinitionsWrite).DisableAntiforgery();
    }

    private async Task<IResult> ExportAsync(string id, CancellationToken cancellationToken) =>
        await lists.FindAsync(id, cancellationToken) is { } instance
            ? JsonFiles.Send(await FileOfAsync(instance, cancellationToken))
            : Results.NotFound();

    private async Task<IResult> ExportManyAsync(Many request, CancellationToken cancellationToken)
    {
        var files = new List<JsonFile>();
        foreach (var id in (request.Ids ?? []).OfType<string>().Distinct(StringComparer.Ordinal).Take(MostInstances))
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
        var keys = await personal.AllAsync(cancellationToken);
        var state = await _views.StateAsync(instance, cancellationToken);
        var (lines, _) = await journal.ListAsync(instance.Id, new JournalFilter(), 0, null, cancellationToken);
        return new JsonFile(FileName(instance), new JsonObject
        {
            ["WorkflowState"] = state,
            ["Bookmarks"] = state["bookmarks"]!.DeepClone(),
            ["ActivityExecutionRecords"] = new JsonArray([.. await _executions.OfNodeAsync(instance.Id, null, whole: true, cancellationToken)]),
            ["WorkflowExecutionLogRecords"] = new JsonArray([.. lines.Select(line => InstanceReadEndpoints.Line(instance.Id, line, keys))]),
            // Elsa's form shows an instance; to go on with it, this server needs the state as it keeps it.
            ["Cleiss"] = new JsonObject { ["state"] = instance.State.IsEmpty ? null : PersonalData.Mask(JsonNode.Parse(instance.State.Span), keys) },
        });
    }

    /// <summary>All files are read before the first is written. An instance that is here already stays as it is.</summary>
    private async Task<IResult> ImportAsync(HttpContext http, CancellationToken cancellationToken)
    {
        var (files, faults) = await JsonFiles.ReceiveAsync(http.Request, cancellationToken);
        var instances = new List<ImportedInstance>();
        foreach (var file in files)
        {
            var (instance, fault) = await _import.ReadAsync(file, cancellationToken);
            if (instance is null)
            {
                faults[file.Name] = [$"« {file.Name} » : {fault}"];
            }
            else
            {
                instances.Add(instance);
            }
        }

        if (faults.Count > 0)
        {
            return ElsaAnswers.Refused("Rien n'a été importé : corrigez ces fichiers.", faults);
        }

        var imported = 0;
        foreach (var (record, bookmarks, lines) in instances)
        {
            if (await arrival.AddAsync(record, bookmarks, lines, cancellationToken))
            {
                imported++;
                await runtime.WriteAsync(
                    [
                        new TrailEntry(
                            TrailIds.Administration, http.GetActor(), "instance.imported", $"a importé l'instance {record.Id} de « {record.DefinitionId} »",
                            new JsonObject { ["workflowInstanceId"] = record.Id }),
                    ],
                    cancellationToken);
            }
        }

        // Elsa's server answers the first name, its Studio reads the second.
        return Results.Ok(new { imported, count = imported });
    }

    private static string FileName(InstanceRecord instance) => $"workflow-instance-{string.Concat(instance.Id.Where(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-'))}.json";

    internal sealed record Many(IReadOnlyList<string>? Ids);
}
