using Cleiss.Engine.Definitions;
using Cleiss.Engine.Execution;
using Cleiss.Forms.Catalogue;
using Cleiss.Persistence.Http;
using Cleiss.Persistence.People;

namespace Cleiss.Host.ElsaApi.Definitions;

/// <summary>The tab « Test » of Studio's editor.</summary>
public sealed class ActivityTrialEndpoints(
    IDefinitionStore store, WorkflowCompiler compiler, WorkflowRunner runner, ActivityRegistry registry, PersonalKeys personal, TimeProvider time) : IEndpointModule
{
    private readonly ActivityTrial _trial = new(store, compiler, runner, personal, time);

    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/elsa/api/tests/activities", RunAsync).RequirePermission(Permission.DefinitionsWrite);

    private async Task<IResult> RunAsync(TrialRequest request, HttpContext http, CancellationToken cancellationToken)
    {
        if (request is not { WorkflowDefinitionHandle.DefinitionVersionId: { Length: > 0 } versionId, ActivityHandle.ActivityNodeId: { Length: > 0 } nodeId })
        {
            return ElsaAnswers.Refused("Il manque la version (workflowDefinitionHandle.definitionVersionId) ou l'activité (activityHandle.activityNodeId).");
        }

        if (await store.FindByIdAsync(versionId, cancellationToken) is not { } version)
        {
            return Results.NotFound();
        }

        try
        {
            return await _trial.RunAsync(version, nodeId, registry, http.GetActor().Id, cancellationToken) is { } result
                ? Results.Ok(result)
                : ElsaAnswers.Refused($"La définition n'a pas d'activité « {nodeId} ».");
        }
        catch (DefinitionException refusal)
        {
            return ElsaAnswers.Refused("L'activité ne peut pas être essayée : corrigez d'abord ce qui suit.", refusal);
        }
    }

    internal sealed record TrialRequest(DefinitionHandle? WorkflowDefinitionHandle, ActivityHandleRequest? ActivityHandle);

    internal sealed record DefinitionHandle(string? DefinitionVersionId);

    internal sealed record ActivityHandleRequest(string? ActivityNodeId);
}
