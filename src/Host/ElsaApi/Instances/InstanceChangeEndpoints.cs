using System.Text.Json.Nodes;
using Cleiss.Activities.Cases;
using Cleiss.Engine.Alterations;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.Execution;
using Cleiss.Forms.Catalogue;
using Cleiss.Persistence.Engine;
using Cleiss.Persistence.Http;
using Cleiss.Persistence.People;

namespace Cleiss.Host.ElsaApi.Instances;

/// <summary>Cancels and deletes instances, singly and many at once, and changes their variables. Each change is in the trail.</summary>
public sealed class InstanceChangeEndpoints(
    WorkflowRuntime runtime, InstanceLists lists, InstanceRemoval removal, IDefinitionStore definitions, DefinitionLists versions, CaseService cases,
    PersonalKeys personal) : IEndpointModule
{
    private const int MostInstances = 1000;
    private readonly InstanceViews _views = new(lists, definitions, personal);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/elsa/api/cancel/workflow-instances/{id}", CancelAsync).RequirePermission(Permission.RunAlterations);
        routes.MapPost("/elsa/api/bulk-actions/cancel/workflow-instances", CancelManyAsync).RequirePermission(Permission.RunAlterations);
        routes.MapDelete("/elsa/api/workflow-instances/{id}", DeleteAsync).RequirePermission(Permission.DefinitionsWrite);
        routes.MapPost("/elsa/api/bulk-actions/delete/workflow-instances/by-id", DeleteManyAsync).RequirePermission(Permission.DefinitionsWrite);
        routes.MapPost("/elsa/api/workflow-instances/{id}/variables", SetVariablesAsync).RequirePermission(Permission.RunAlterations);
    }

    private async Task<IResult> CancelAsync(string id, HttpContext http, CancellationToken cancellationToken)
    {
        var result = await AlterAsync(id, [new CancelInstance()], http, cancellationToken);
        // An instance that has ended in the meantime is as its owner wanted it.
        return result.Found ? Results.Ok() : Results.NotFound();
    }

    private async Task<IResult> CancelManyAsync(CancelMany request, HttpContext http, CancellationToken cancellationToken)
    {
        var cancelled = 0;
        foreach (var id in await SelectAsync(request, cancellationToken))
        {
            cancelled += (await AlterAsync(id, [new CancelInstance()], http, cancellationToken)).Applied ? 1 : 0;
        }

        return Results.Ok(new { cancelled });
    }

    private async Task<IReadOnlyList<string>> SelectAsync(CancelMany request, CancellationToken cancellationToken)
    {
        if (request.Ids is { Count: > 0 } ids)
        {
            return [.. ids.OfType<string>().Distinct(StringComparer.Ordinal).Take(MostInstances)];
        }

        var wanted = new List<string>();
        if (request.DefinitionVersionId is { Length: > 0 } versionId)
        {
            wanted.Add(versionId);
        }
        else if (request.DefinitionId is { Length: > 0 } definitionId)
        {
            wanted.AddRange((await versions.ListAsync(new DefinitionQuery(request.VersionOptions, DefinitionIds: [definitionId]), cancellationToken)).Rows.Select(row => row.Id));
        }

        if (wanted.Count == 0)
        {
            return [];
        }

        var (rows, _) = await lists.ListAsync(
            new InstanceQuery { DefinitionVersionIds = wanted, Statuses = [WorkflowStatus.Running], Take = MostInstances }, cancellationToken);
        return [.. rows.Select(row => row.Id)];
    }

    private async Task<IResult> DeleteAsync(string id, HttpContext http, CancellationToken cancellationToken) =>
        await RemoveAsync(id, http, cancellationToken) switch
        {
            InstanceRemovalResult.Deleted => Results.NoContent(),
            InstanceRemovalResult.Kept => ElsaAnswers.Refused("Cette instance est celle d'un dossier, dont l'historique est conservé : elle ne peut pas être supprimée."),
            InstanceRemovalResult.Running => ElsaAnswers.Refused("Un effet de cette instance est encore en cours : réessayez dans un instant."),
            _ => Results.NotFound(),
        };

    private async Task<IResult> DeleteManyAsync(Many request, HttpContext http, CancellationToken cancellationToken)
    {
        var deleted = 0;
        foreach (var id in (request.Ids ?? []).OfType<string>().Distinct(StringComparer.Ordinal).Take(MostInstances))
        {
            deleted += await RemoveAsync(id, http, cancellationToken) == InstanceRemovalResult.Deleted ? 1 : 0;
        }

        return Results.Ok(new { deleted });
    }

    /// <summary>What still runs is cancelled first, so that its timers and open tasks end with it; a case's instance is left alone.</summary>
    private async Task<InstanceRemovalResult> RemoveAsync(string id, HttpContext http, CancellationToken cancellationToken)
    {
        var result = await removal.DeleteAsync(id, cancellationToken);
        if (result != InstanceRemovalResult.Running)
        {
            return result;
        }

        await AlterAsync(id, [new CancelInstance()], http, cancellationToken);
        return await removal.DeleteAsync(id, cancellationToken);
    }

    private async Task<IResult> SetVariablesAsync(string id, SetVariables request, HttpContext http, CancellationToken cancellationToken)
    {
        var changes = (request.Variables ?? []).Where(variable => variable?.Id is not null).Select(variable => (Alteration)new ModifyVariable(variable.Id!, variable.Value)).ToList();
        if (changes.Count > 0)
        {
            var result = await AlterAsync(id, changes, http, cancellationToken);
            if (result is { Found: true, Applied: false })
            {
                return ElsaAnswers.Refused(string.Join(" ", result.Refusals));
            }
        }

        if (await lists.FindAsync(id, cancellationToken) is not { } instance)
        {
            return Results.NotFound();
        }

        var items = await _views.VariablesAsync(instance, cancellationToken);
        return Results.Ok(new { items, count = items.Count });
    }

    private Task<AlterationResult> AlterAsync(string id, IReadOnlyList<Alteration> alterations, HttpContext http, CancellationToken cancellationToken)
    {
        var actor = http.GetActor();
        return runtime.AlterAsync(
            new AlterWorkflow(id, alterations, actor.Id, false, (instance, log) => AlterationTrail.EntriesAsync(cases, instance, log, actor, cancellationToken)),
            cancellationToken);
    }

    internal sealed record Many(IReadOnlyList<string>? Ids);

    internal sealed record CancelMany(IReadOnlyList<string>? Ids, string? DefinitionVersionId, string? DefinitionId, string? VersionOptions);

    internal sealed record SetVariables(IReadOnlyList<SetVariable>? Variables);

    internal sealed record SetVariable(string? Id, JsonNode? Value);
}
