using System.Text.Json.Nodes;
using Cleiss.Engine.Builtins.Waiting;
using Cleiss.Engine.Execution;
using Cleiss.Persistence.Http;
using Cleiss.Persistence.People;

namespace Cleiss.Host.ElsaApi;

/// <summary>Sends a named event to the instances that wait for it, as Elsa's route does.</summary>
public sealed class EventEndpoints(WorkflowRuntime runtime) : IEndpointModule
{
    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/elsa/api/events/{eventName}/trigger", TriggerAsync).RequirePermission(Permission.Operations);

    private async Task<IResult> TriggerAsync(string eventName, TriggerEvent request, HttpContext http, CancellationToken cancellationToken)
    {
        var results = await runtime.PublishAsync(
            Event.BookmarkName, Event.Stimulus(eventName), request.CorrelationId, new JsonObject { ["payload"] = request.Input?.DeepClone() },
            http.GetActor().Id, cancellationToken);
        return Results.Ok(new { resumed = results.Count(result => result.Executed) });
    }

    internal sealed record TriggerEvent(string? CorrelationId, JsonNode? Input);
}
