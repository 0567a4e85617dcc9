using System.Text.Json.Nodes;
using Cleiss.Engine;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.Execution;
using Cleiss.Forms.Catalogue;
using Cleiss.Host.ElsaApi.Instances;
using Cleiss.Persistence.Engine;
using Cleiss.Persistence.Http;
using Cleiss.Persistence.People;

namespace Cleiss.Host.ElsaApi.Definitions;

/// <summary>Runs a definition for its owner: the version asked for, a draft too. Studio opens the instance the header names.</summary>
internal sealed class DefinitionRunEndpoints(
    IDefinitionStore store, DefinitionPublisher publisher, DefinitionEditor editor, WorkflowRuntime runtime, InstanceLists lists, PersonalKeys personal) : IEndpointModule
{
    private const string Base = "/elsa/api/workflow-definitions/{definitionId}";
    private const string InstanceHeader = "x-elsa-workflow-instance-id";
    private const string CannotStartHeader = "x-elsa-workflow-cannot-start";
    private const int MostInstances = 1000;
    private readonly InstanceViews _views = new(lists, store, personal);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(Base + "/execute", ExecuteAsync).RequirePermission(Permission.DefinitionsWrite);
        routes.MapPost(Base + "/dispatch", DispatchAsync).RequirePermission(Permission.DefinitionsWrite);
        routes.MapPost(Base + "/bulk-dispatch", DispatchManyAsync).RequirePermission(Permission.DefinitionsWrite);
    }

    private async Task<IResult> ExecuteAsync(string definitionId, Run? request, HttpContext http, CancellationToken cancellationToken)
    {
        var (result, refusal) = await StartAsync(definitionId, request ?? new Run(), http, cancellationToken);
        if (refusal is not null)
        {
            return refusal;
        }

        if (result!.Instance is not { } instance)
        {
            http.Response.Headers[CannotStartHeader] = "True";
            return Results.Ok(new { workflowState = (object?)null });
        }

        http.Response.Headers[InstanceHeader] = instance.Id;
        return Results.Ok(new { workflowState = await _views.StateAsync(instance, cancellationToken) });
    }

    private async Task<IResult> DispatchAsync(string definitionId, Run? request, HttpContext http, CancellationToken cancellationToken)
    {
        var (result, refusal) = await StartAsync(definitionId, request ?? new Run(), http, cancellationToken);
        if (result?.Instance is null)
        {
            http.Response.Headers[CannotStartHeader] = "True";
        }

        return refusal ?? Results.Ok(new { workflowInstanceId = result!.Instance?.Id });
    }

    private async Task<IResult> DispatchManyAsync(string definitionId, RunMany request, HttpContext http, CancellationToken cancellationToken)
    {
        if (request.Count is not (>= 1 and <= MostInstances))
        {
            return ElsaAnswers.Refused($"Le nombre d'instances (count) va de 1 à {MostInstances}.");
        }

        var ids = new List<string>();
        for (var i = 0; i < request.Count; i++)
        {
            var run = new Run { CorrelationId = request.CorrelationId, TriggerActivityId = request.TriggerActivityId, VersionOptions = request.VersionOptions, Input = request.Input };
            var (result, refusal) = await StartAsync(definitionId, run, http, cancellationToken);
            if (refusal is not null)
            {
                return refusal;
            }

            if (result!.Instance is { } instance)
            {
                ids.Add(instance.Id);
            }
        }

        return Results.Ok(new { workflowInstanceIds = ids });
    }

    private async Task<(BurstResult? Result, IResult? Refusal)> StartAsync(string definitionId, Run run, HttpContext http, CancellationToken cancellationToken)
    {
        if (await editor.FindAsync(definitionId, run.VersionOptions ?? "Published", cancellationToken) is not { } version)
        {
            return (null, Results.NotFound());
        }

        if (version.PublishedAt is null)
        {
            // A draft has not been checked yet; what cannot run says so as publishing does.
            var problems = await publisher.CheckAsync(definitionId, version.Document, cancellationToken);
            if (problems.Any(problem => problem.Severity == ProblemSeverity.Error))
            {
                return (null, ElsaAnswers.Refused("La définition ne peut pas être exécutée : corrigez d'abord ce qui suit.", new DefinitionException(definitionId, problems)));
            }
        }

        var id = string.IsNullOrWhiteSpace(run.InstanceId) ? Ids.New() : run.InstanceId.Trim();
        var start = new StartWorkflow(version.Id, id, Text(run.CorrelationId), run.Input?.DeepClone().AsObject(), http.GetActor().Id, Text(run.Name))
        {
            TriggerActivityId = Text(run.TriggerActivityId),
        };
        return (await runtime.StartAsync(start, cancellationToken), null);
    }

    private static string? Text(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    internal sealed record Run
    {
        public string? InstanceId { get; init; }

        public string? CorrelationId { get; init; }

        public string? Name { get; init; }

        public string? TriggerActivityId { get; init; }

        public string? VersionOptions { get; init; }

        public JsonObject? Input { get; init; }
    }

    internal sealed record RunMany(int? Count, string? CorrelationId, string? TriggerActivityId, string? VersionOptions, JsonObject? Input);
}
