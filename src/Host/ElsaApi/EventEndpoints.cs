using System.Text.Json.Nodes;
using Cleiss.Engine.Builtins.Waiting;
using Cleiss.Engine.Triggers;
using Cleiss.Persistence.Http;
using Cleiss.Persistence.People;

namespace Cleiss.Host.ElsaApi;

/// <summary>
/// What programs outside tell flows, as Elsa's routes do: an event that instances wait for or begin with, and the end of a task they asked for.
/// </summary>
public sealed class EventEndpoints(StimulusSender sender) : IEndpointModule
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/elsa/api/events/{eventName}/trigger", TriggerAsync).RequirePermission(Permission.Operations);
        routes.MapPost("/elsa/api/tasks/{taskId}/complete", CompleteAsync).RequirePermission(Permission.Operations);
    }

    /// <summary>Asked to be asynchronous, the event is noted durably and delivered by any host; otherwise it is delivered before the answer.</summary>
    private async Task<IResult> TriggerAsync(string eventName, TriggerEvent request, HttpContext http, CancellationToken cancellationToken)
    {
        var stimulus = new Stimulus(Event.BookmarkName, Event.Stimulus(eventName), Event.Input(request.Input), request.CorrelationId, request.WorkflowInstanceId);
        if (string.Equals(request.WorkflowExecutionMode, "Asynchronous", StringComparison.OrdinalIgnoreCase))
        {
            await sender.PostAsync(stimulus, cancellationToken);
            return Results.Ok(new { resumed = 0 });
        }

        var results = await sender.SendAsync(stimulus, http.GetActor().Id, cancellationToken);
        return Results.Ok(new { resumed = results.Count(result => result.Executed) });
    }

    /// <summary>A repeated report finds nobody waiting and changes nothing.</summary>
    private async Task<IResult> CompleteAsync(string taskId, CompleteTask request, HttpContext http, CancellationToken cancellationToken)
    {
        var results = await sender.SendAsync(RunTask.Completion(taskId, request.Result), http.GetActor().Id, cancellationToken);
        return Results.Ok(new { resumed = results.Count(result => result.Executed) });
    }

    internal sealed record TriggerEvent(string? CorrelationId, string? WorkflowInstanceId, string? WorkflowExecutionMode, JsonNode? Input);

    internal sealed record CompleteTask(JsonNode? Result);
}
