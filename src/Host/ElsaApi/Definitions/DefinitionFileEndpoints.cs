using System.Text.Json.Nodes;
using Cleiss.Engine.Definitions;
using Cleiss.Host.ElsaApi.Files;
using Cleiss.Persistence.Http;
using Cleiss.Persistence.People;

namespace Cleiss.Host.ElsaApi.Definitions;

/// <summary>Definitions as files: JSON in Elsa's own form, or a zip of them. What is imported becomes a draft, whatever the file says.</summary>
internal sealed class DefinitionFileEndpoints(IDefinitionStore store, DefinitionEditor editor) : IEndpointModule
{
    private const string Base = "/elsa/api/workflow-definitions";
    private const string Schema = "https://elsaworkflows.io/schemas/workflow-definition/v3.0.0/schema.json";

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
        if (await editor.FindAsync(definitionId, versionOptions, cancellationToken) is not { } version)
        {
            return Results.NotFound();
        }

        return includeConsumingWorkflows == true
            ? Zip([version, .. await editor.ConsumersOfAsync(definitionId, cancellationToken)])
            : JsonFiles.Send(FileOf(version));
    }

    private async Task<IResult> ExportManyAsync(ExportMany request, CancellationToken cancellationToken)
    {
        var versions = new Dictionary<string, WorkflowDefinition>(StringComparer.Ordinal);
        foreach (var id in (request.Ids ?? []).OfType<string>().Distinct(StringComparer.Ordinal).Take(JsonFiles.MostFiles))
        {
            if (await store.FindByIdAsync(id, cancellationToken) is { } version)
            {
                versions.TryAdd(version.Id, version);
                foreach (var consumer in request.IncludeConsumingWorkflows == true ? await editor.ConsumersOfAsync(version.DefinitionId, cancellationToken) : [])
                {
                    versions.TryAdd(consumer.Id, consumer);
                }
            }
        }

        return versions.Count == 0 ? Results.NoContent() : Zip(versions.Values);
    }

    private async Task<IResult> ImportAsync(JsonObject model, HttpContext http, CancellationToken cancellationToken) =>
        DefinitionJson.FaultOf(model) is { } fault
            ? ElsaAnswers.Refused(fault)
            : Results.Ok(await editor.ShowAsync(
                (await editor.SaveAsync(http, model, publish: false, isEdit: false, cancellationToken)).Definition, mayWrite: true, cancellationToken));

    private Task<IResult> ImportAsAsync(string definitionId, JsonObject model, HttpContext http, CancellationToken cancellationToken)
    {
        model["definitionId"] = definitionId;
        return ImportAsync(model, http, cancellationToken);
    }

    /// <summary>All files are read before the first is saved: a broken one keeps the whole import out.</summary>
    private async Task<IResult> ImportFilesAsync(HttpContext http, CancellationToken cancellationToken)
    {
        var (files, faults) = await JsonFiles.ReceiveAsync(http.Request, cancellationToken);
        foreach (var file in files)
        {
            if ((file.Content["root"] is null ? "ce n'est pas une définition : il y manque « root »." : DefinitionJson.FaultOf(file.Content)) is { } fault)
            {
                faults[file.Name] = [$"« {file.Name} » : {fault}"];
            }
        }

        if (faults.Count > 0)
        {
            return ElsaAnswers.Refused("Rien n'a été importé : corrigez ces fichiers.", faults);
        }

        foreach (var file in files)
        {
            await editor.SaveAsync(http, file.Content, publish: false, isEdit: false, cancellationToken);
        }

        return Results.Ok(new { count = files.Count });
    }

    private static IResult Zip(IEnumerable<WorkflowDefinition> versions) => JsonFiles.SendZip("workflow-definitions.zip", versions.Select(FileOf));

    private static JsonFile FileOf(WorkflowDefinition version)
    {
        var file = new JsonObject { ["$schema"] = Schema };
        foreach (var (key, value) in DefinitionJson.Exported(version))
        {
            file[key] = value?.DeepClone();
        }

        return new JsonFile(FileName(version), file);
    }

    /// <summary>Two versions, or two definitions of one name, never share a name.</summary>
    private static string FileName(WorkflowDefinition version)
    {
        var name = string.Concat(version.Name.Select(letter => char.IsAsciiLetterOrDigit(letter) ? char.ToLowerInvariant(letter) : '-')).Trim('-');
        return $"workflow-definition-{name}-{version.Id}.json";
    }

    internal sealed record ExportMany(IReadOnlyList<string>? Ids, bool? IncludeConsumingWorkflows);
}
