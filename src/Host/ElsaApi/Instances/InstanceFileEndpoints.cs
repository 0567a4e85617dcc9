using System.IO.Compression;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.Storage;
using Cleiss.Persistence.Engine;
using Cleiss.Persistence.Http;
using Cleiss.Persistence.People;

namespace Cleiss.Host.ElsaApi.Instances;

/// <summary>Instances as files, in Elsa's form, with what names a person hidden: a file leaves the house more easily than a page.</summary>
public sealed class InstanceFileEndpoints(InstanceLists lists, JournalLists journal, IDefinitionStore definitions) : IEndpointModule
{
    private const int MostInstances = 200;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    private readonly InstanceViews _views = new(lists, definitions);
    private readonly ActivityExecutions _executions = new(journal, lists);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/elsa/api/workflow-instances/{id}/export", ExportAsync).RequirePermission(Permission.DefinitionsRead);
        routes.MapPost("/elsa/api/bulk-actions/export/workflow-instances", ExportManyAsync).RequirePermission(Permission.DefinitionsRead);
    }

    private async Task<IResult> ExportAsync(string id, CancellationToken cancellationToken) =>
        await lists.FindAsync(id, cancellationToken) is { } instance
            ? Results.File(await ContentAsync(instance, cancellationToken), "application/json", FileName(instance))
            : Results.NotFound();

    private async Task<IResult> ExportManyAsync(Many request, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        var count = 0;
        using (var zip = new ZipArchive(content, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var id in (request.Ids ?? []).Distinct(StringComparer.Ordinal).Take(MostInstances))
            {
                if (await lists.FindAsync(id, cancellationToken) is { } instance)
                {
                    await using var entry = await zip.CreateEntry(FileName(instance)).OpenAsync(cancellationToken);
                    await entry.WriteAsync(await ContentAsync(instance, cancellationToken), cancellationToken);
                    count++;
                }
            }
        }

        return count == 0 ? Results.NoContent() : Results.File(content.ToArray(), "application/zip", "workflow-instances.zip");
    }

    private async Task<byte[]> ContentAsync(InstanceRecord instance, CancellationToken cancellationToken)
    {
        var state = await _views.StateAsync(instance, cancellationToken);
        var (lines, _) = await journal.ListAsync(instance.Id, new JournalFilter(), 0, null, cancellationToken);
        var file = new JsonObject
        {
            ["WorkflowState"] = state,
            ["Bookmarks"] = state["bookmarks"]!.DeepClone(),
            ["ActivityExecutionRecords"] = new JsonArray([.. await _executions.OfNodeAsync(instance.Id, null, whole: true, cancellationToken)]),
            ["WorkflowExecutionLogRecords"] = new JsonArray([.. lines.Select(line => InstanceReadEndpoints.Line(instance.Id, line))]),
        };
        return Encoding.UTF8.GetBytes(file.ToJsonString(Json));
    }

    private static string FileName(InstanceRecord instance) => $"workflow-instance-{string.Concat(instance.Id.Where(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-'))}.json";

    internal sealed record Many(IReadOnlyList<string>? Ids);
}
