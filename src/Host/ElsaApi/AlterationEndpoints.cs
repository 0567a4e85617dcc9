using System.Text.Json.Nodes;
using Cleiss.Activities.Cases;
using Cleiss.Engine.Alterations;
using Cleiss.Engine.Execution;
using Cleiss.Persistence.Http;
using Cleiss.Persistence.People;

namespace Cleiss.Host.ElsaApi;

/// <summary>
/// Changes by hand to running instances, as Elsa's alterations: each instance in its own burst with its own result, each change in the
/// trail of its case. Beside Elsa's kinds: <c>RetryIncidents</c> and <c>SkipActivity</c>, mappings of <c>Migrate</c>, and <c>dryRun</c>.
/// </summary>
public sealed class AlterationEndpoints(WorkflowRuntime runtime, CaseService cases) : IEndpointModule
{
    private const int MostInstances = 1000;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/elsa/api/alterations/run", RunAsync).RequirePermission(Permission.RunAlterations);
        routes.MapPost("/elsa/api/alterations/workflows/retry", RetryAsync).RequirePermission(Permission.RunAlterations);
    }

    private async Task<IResult> RunAsync(RunAlterations request, HttpContext http, CancellationToken cancellationToken)
    {
        if (request.WorkflowInstanceIds is not { Count: > 0 and <= MostInstances } ids)
        {
            return Refused($"Donnez de 1 à {MostInstances} instances (workflowInstanceIds).");
        }

        if (request.Alterations is not { Count: > 0 } wanted)
        {
            return Refused("Donnez au moins une modification (alterations), par exemple { \"type\": \"RetryIncidents\" }.");
        }

        var read = wanted.Select(one => AlterationJson.Read(one ?? [])).ToList();
        if (read.SelectMany(one => one.Faults).ToList() is { Count: > 0 } faults)
        {
            return Refused(string.Join(" ", faults));
        }

        var results = new List<object>();
        foreach (var id in ids.OfType<string>().Distinct(StringComparer.Ordinal))
        {
            results.Add(await AlterAsync(id, read, request.DryRun ?? false, http.GetActor(), cancellationToken));
        }

        return Results.Ok(new { results });
    }

    private async Task<IResult> RetryAsync(RetryWorkflows request, HttpContext http, CancellationToken cancellationToken)
    {
        if (request.WorkflowInstanceIds is not { Count: > 0 and <= MostInstances } ids)
        {
            return Refused($"Donnez de 1 à {MostInstances} instances (workflowInstanceIds).");
        }

        var retries = request.ActivityIds is { Count: > 0 } activities
            ? activities.OfType<string>().Select(id => AlterationJson.Read(new JsonObject { ["type"] = "RetryIncidents", ["activityId"] = id })).ToList()
            : [AlterationJson.Read(new JsonObject { ["type"] = "RetryIncidents" })];
        var results = new List<object>();
        foreach (var id in ids.OfType<string>().Distinct(StringComparer.Ordinal))
        {
            results.Add(await AlterAsync(id, retries, dryRun: false, http.GetActor(), cancellationToken));
        }

        return Results.Ok(new { results });
    }

    private async Task<object> AlterAsync(
        string instanceId, IReadOnlyList<AlterationJson> wanted, bool dryRun, Actor actor, CancellationToken cancellationToken)
    {
        var done = await runtime.AlterAsync(
            new AlterWorkflow(
                instanceId, [.. wanted.Select(one => one.ToAlteration())], actor.Id, dryRun,
                (instance, log) => AlterationTrail.EntriesAsync(cases, instance, log, actor, cancellationToken)),
            cancellationToken);
        if (!done.Found)
        {
            return Result(instanceId, false, false, [$"L'instance « {instanceId} » n'existe pas."]);
        }

        return Result(
            instanceId, done.Applied, done.Applied && !dryRun && done.Instance?.Status == WorkflowStatus.Running, done.Applied ? done.Log : done.Refusals);
    }

    private static object Result(string workflowInstanceId, bool isSuccessful, bool workflowHasScheduledWork, IReadOnlyList<string> sentences) => new
    {
        workflowInstanceId,
        isSuccessful,
        workflowHasScheduledWork,
        log = new { logEntries = sentences.Select(message => new { message, logLevel = isSuccessful ? "Information" : "Error" }) },
    };

    private static IResult Refused(string message) =>
        Results.BadRequest(new { statusCode = StatusCodes.Status400BadRequest, message, errors = new Dictionary<string, string[]>() });

    internal sealed record RunAlterations(IReadOnlyList<JsonObject>? Alterations, IReadOnlyList<string>? WorkflowInstanceIds, bool? DryRun);

    internal sealed record RetryWorkflows(IReadOnlyList<string>? WorkflowInstanceIds, IReadOnlyList<string>? ActivityIds);
}
