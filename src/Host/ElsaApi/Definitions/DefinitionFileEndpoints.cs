using System.IO.Compression;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using Cleiss.Engine.Definitions;
using Cleiss.Persistence.Engine;
using Cleiss.Persistence.Http;
using Cleiss.Persistence.People;

namespace Cleiss.Host.ElsaApi.Definitions;

/// <summary>Definitions as files: JSON in Elsa's own form, or a zip of them. What is imported becomes a draft, whatever the file says.</summary>
public sealed class DefinitionFileEndpoints(IDefinitionStore store, DefinitionPublisher publisher, ActivityRegistry registry, DefinitionLists lists) : IEndpointModule
{
    private const string Base = "/elsa/api/workflow-definitions";
    private const string Schema = "https://elsaworkflows.io/schemas/workflow-definition/v3.0.0/schema.json";
    private const int MostFiles = 500;
    private const long LargestFile = 20 * 1024 * 1024;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    private readonly DefinitionEditor _editor = new(store, publisher, registry);
    private readonly Consumers _consumers = new(store, lists);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Base + "/{definitionId}/export", ExportAsync).RequirePermission(Permission.DefinitionsRead);
        routes.MapPost("/elsa/api/bulk-actions/export/workflow-definitions", ExportManyAsync).RequirePermission(Permission.DefinitionsRead);
        routes.MapPost(Base + "/import", ImportAsync).RequirePermission(Permission.DefinitionsWrite);
        routes.MapPut(Base + "/{definitionId}/import", ImportAsAsync).RequirePermission(Permission.DefinitionsWrite);
        // The caller's token is the proof: a form of another site cannot send it.
        routes.MapPost(Base + "/import-files", ImportFilesAsync).RequirePermission(Permission.DefinitionsWrite).DisableAntiforgery();
    }

    private async Task<IResult> ExportAsync(string definitionId, string? versionOptions, bool? includeConsumingWorkflows, CancellationToken cancellationToken)
    {
        if (await _editor.FindAsync(definitionId, versionOptions, cancellationToken) is not { } version)
        {
            return Results.NotFound();
        }

        return includeConsumingWorkflows == true
            ? Zip([version, .. await _consumers.OfAsync(definitionId, cancellationToken)])
            : Results.File(Content(version), "application/json", FileName(version));
    }

    private async Task<IResult> ExportManyAsync(ExportMany request, CancellationToken cancellationToken)
    {
        var versions = new Dictionary<string, WorkflowDefinition>(StringComparer.Ordinal);
        foreach (var id in (request.Ids ?? []).Distinct(StringComparer.Ordinal).Take(MostFiles))
        {
            if (await store.FindByIdAsync(id, cancellationToken) is { } version)
            {
                versions.TryAdd(version.Id, version);
                foreach (var consumer in request.IncludeConsumingWorkflows == true ? await _consumers.OfAsync(version.DefinitionId, cancellationToken) : [])
                {
                    versions.TryAdd(consumer.Id, consumer);
                }
            }
        }

        return versions.Count == 0 ? Results.NoContent() : Zip(versions.Values);
    }

    private async Task<IResult> ImportAsync(JsonObject model, CancellationToken cancellationToken) =>
        DefinitionJson.FaultOf(model) is { } fault
            ? ElsaAnswers.Refused(fault)
            : Results.Ok(DefinitionJson.Full((await _editor.SaveAsync(model, publish: false, cancellationToken)).Definition, registry, mayWrite: true));

    private Task<IResult> ImportAsAsync(string definitionId, JsonObject model, CancellationToken cancellationToken)
    {
        model["definitionId"] = definitionId;
        return ImportAsync(model, cancellationToken);
    }

    /// <summary>All files are read before the first is saved: a broken one keeps the whole import out.</summary>
    private async Task<IResult> ImportFilesAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (!request.HasFormContentType)
        {
            return ElsaAnswers.Refused("Envoyez les fichiers dans un formulaire (multipart), sous le nom « files ».");
        }

        var (models, faults) = (new List<JsonObject>(), new Dictionary<string, string[]>(StringComparer.Ordinal));
        foreach (var file in (await request.ReadFormAsync(cancellationToken)).Files)
        {
            await using var content = file.OpenReadStream();
            if (file.FileName.EndsWith(".zip", StringComparison.OrdinalIgnoreCase))
            {
                await ReadZipAsync(file.FileName, content, models, faults, cancellationToken);
            }
            else
            {
                await ReadAsync(file.FileName, content, models, faults, cancellationToken);
            }
        }

        if (faults.Count > 0)
        {
            return ElsaAnswers.Refused("Rien n'a été importé : corrigez ces fichiers.", faults);
        }

        foreach (var model in models)
        {
            await _editor.SaveAsync(model, publish: false, cancellationToken);
        }

        return Results.Ok(new { count = models.Count });
    }

    private static async Task ReadZipAsync(
        string name, Stream content, List<JsonObject> models, Dictionary<string, string[]> faults, CancellationToken cancellationToken)
    {
        try
        {
            using var zip = new ZipArchive(content, ZipArchiveMode.Read);
            if (zip.Entries.Count > MostFiles || zip.Entries.Any(entry => entry.Length > LargestFile))
            {
                faults[name] = [$"« {name} » est trop grand : {MostFiles} fichiers de 20 Mo au plus."];
                return;
            }

            foreach (var entry in zip.Entries.Where(entry => entry.Name.EndsWith(".json", StringComparison.OrdinalIgnoreCase)))
            {
                await using var json = await entry.OpenAsync(cancellationToken);
                await ReadAsync($"{name}/{entry.FullName}", json, models, faults, cancellationToken);
            }
        }
        catch (InvalidDataException)
        {
            faults[name] = [$"« {name} » n'est pas un fichier zip lisible."];
        }
    }

    private static async Task ReadAsync(
        string name, Stream content, List<JsonObject> models, Dictionary<string, string[]> faults, CancellationToken cancellationToken)
    {
        try
        {
            if (await JsonNode.ParseAsync(content, cancellationToken: cancellationToken) is not JsonObject model || model["root"] is null)
            {
                faults[name] = [$"« {name} » n'est pas une définition : il y manque « root »."];
            }
            else if (DefinitionJson.FaultOf(model) is { } fault)
            {
                faults[name] = [$"« {name} » : {fault}"];
            }
            else
            {
                models.Add(model);
            }
        }
        catch (JsonException)
        {
            faults[name] = [$"« {name} » n'est pas du JSON lisible."];
        }
    }

    private static IResult Zip(IEnumerable<WorkflowDefinition> versions)
    {
        using var content = new MemoryStream();
        using (var zip = new ZipArchive(content, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var version in versions)
            {
                using var entry = zip.CreateEntry(FileName(version)).Open();
                entry.Write(Content(version));
            }
        }

        return Results.File(content.ToArray(), "application/zip", "workflow-definitions.zip");
    }

    private static byte[] Content(WorkflowDefinition version)
    {
        var file = new JsonObject { ["$schema"] = Schema };
        foreach (var (key, value) in DefinitionJson.Exported(version))
        {
            file[key] = value?.DeepClone();
        }

        return Encoding.UTF8.GetBytes(file.ToJsonString(Json));
    }

    /// <summary>Two versions, or two definitions of one name, never share a name.</summary>
    private static string FileName(WorkflowDefinition version)
    {
        var name = string.Concat(version.Name.Select(letter => char.IsAsciiLetterOrDigit(letter) ? char.ToLowerInvariant(letter) : '-')).Trim('-');
        return $"workflow-definition-{name}-{version.Id}.json";
    }

    internal sealed record ExportMany(IReadOnlyList<string>? Ids, bool? IncludeConsumingWorkflows);
}
