using System.Text.Json.Nodes;
using Cleiss.Forms.Catalogue;
using Cleiss.Persistence.Engine;
using Cleiss.Persistence.Http;
using Cleiss.Persistence.People;

namespace Cleiss.Host.ElsaApi.Instances;

/// <summary>What each activity of an instance did: badges, lists, details, the way it was reached.</summary>
public sealed class ActivityExecutionEndpoints(JournalLists journal, InstanceLists lists, PersonalKeys personal) : IEndpointModule
{
    private const string Base = "/elsa/api/activity-executions";
    private readonly ActivityExecutions _executions = new(journal, lists, personal);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(Base + "/report", ReportAsync).RequirePermission(Permission.DefinitionsRead);
        routes.MapGet(Base + "/list", (string? workflowInstanceId, string? activityNodeId, CancellationToken cancellationToken) =>
            ListAsync(workflowInstanceId, activityNodeId, whole: true, cancellationToken)).RequirePermission(Permission.DefinitionsRead);
        routes.MapGet("/elsa/api/activity-execution-summaries/list", (string? workflowInstanceId, string? activityNodeId, CancellationToken cancellationToken) =>
            ListAsync(workflowInstanceId, activityNodeId, whole: false, cancellationToken)).RequirePermission(Permission.DefinitionsRead);
        routes.MapGet(Base + "/count", CountAsync).RequirePermission(Permission.DefinitionsRead);
        routes.MapGet(Base + "/by-id", FindAsync).RequirePermission(Permission.DefinitionsRead);
        routes.MapGet(Base + "/{id}", FindAsync).RequirePermission(Permission.DefinitionsRead);
        routes.MapGet(Base + "/{id}/call-stack", CallStackAsync).RequirePermission(Permission.DefinitionsRead);
        routes.MapGet("/elsa/api/resilience/retries/{activityInstanceId}", RetriesAsync).RequirePermission(Permission.DefinitionsRead);
    }

    private async Task<IResult> ReportAsync(Report request, CancellationToken cancellationToken) =>
        request.WorkflowInstanceId is { Length: > 0 } instanceId
            ? Results.Ok(new { stats = await _executions.StatsAsync(instanceId, request.ActivityNodeIds, cancellationToken) })
            : ElsaAnswers.Refused("Il manque l'instance (workflowInstanceId).");

    private async Task<IResult> ListAsync(string? workflowInstanceId, string? activityNodeId, bool whole, CancellationToken cancellationToken)
    {
        var items = await _executions.OfNodeAsync(workflowInstanceId ?? "", activityNodeId, whole, cancellationToken);
        return Results.Ok(new { items, count = items.Count });
    }

    private async Task<IResult> CountAsync(string? workflowInstanceId, string? activityNodeId, CancellationToken cancellationToken) => Results.Ok(new
    {
        count = (await _executions.OfNodeAsync(workflowInstanceId ?? "", activityNodeId, whole: false, cancellationToken)).Count,
    });

    private async Task<IResult> FindAsync(string? id, CancellationToken cancellationToken) =>
        await _executions.FindAsync(id, cancellationToken) is { } found ? Results.Ok(found) : Results.NotFound();

    private async Task<IResult> CallStackAsync(string id, int? skip, int? take, CancellationToken cancellationToken) =>
        await _executions.CallStackAsync(id, cancellationToken) is { } stack
            ? Results.Ok(new
            {
                activityExecutionId = id,
                items = stack.Skip(Math.Max(0, skip ?? 0)).Take(take is > 0 ? take.Value : stack.Count),
                totalCount = stack.Count,
            })
            : Results.NotFound();

    /// <summary>The new attempts a failed activity made, as its journal tells them.</summary>
    private async Task<IResult> RetriesAsync(string activityInstanceId, int? skip, int? take, CancellationToken cancellationToken)
    {
        if (InstanceViews.ReadExecutionId(activityInstanceId) is not var (instanceId, number))
        {
            return Results.NotFound();
        }

        var attempts = (await journal.OfExecutionAsync(instanceId, number, cancellationToken)).Where(line => line.EventName == "Retrying").ToList();
        var items = attempts.Select((line, index) => new JsonObject
        {
            ["id"] = $"{activityInstanceId}-r{index + 1}",
            ["activityInstanceId"] = activityInstanceId,
            ["attemptNumber"] = index + 1,
            ["timestamp"] = line.At,
            ["details"] = new JsonObject { ["message"] = PersonalData.Mask(line.Message) },
        });
        return Results.Ok(new { items = items.Skip(Math.Max(0, skip ?? 0)).Take(take is > 0 ? take.Value : attempts.Count), totalCount = attempts.Count });
    }

    internal sealed record Report(string? WorkflowInstanceId, string[]? ActivityNodeIds);
}
