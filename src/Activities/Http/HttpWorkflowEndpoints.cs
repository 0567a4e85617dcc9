using System.Globalization;
using System.Text.Json.Nodes;
using Cleiss.Engine;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.Execution;
using Cleiss.Engine.Storage;
using Cleiss.Engine.Triggers;
using Cleiss.Persistence.Http;
using Cleiss.Persistence.People;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Cleiss.Activities.Http;

/// <summary>
/// Requests under <c>/workflows</c>: they start or resume the flow whose endpoint they fit, and wait for its answer as long as the endpoint allows;
/// then, or when the flow has no answer to give, they are told the instance's id.
/// </summary>
public sealed class HttpWorkflowEndpoints(
    HttpRoutes table,
    IncomingRequest incoming,
    HttpResponses responses,
    ITriggerStore triggers,
    IWorkflowStore store,
    DefinitionCache definitions,
    WorkflowRuntime runtime,
    HttpActivityOptions options,
    TimeProvider time) : IEndpointModule
{
    private const string InstanceHeader = "x-elsa-workflow-instance-id";
    private static readonly TimeSpan LongestLook = TimeSpan.FromMilliseconds(250);

    public void Map(IEndpointRouteBuilder routes) =>
        routes.Map("/workflows/{**path}", (HttpContext http, string? path) => HandleAsync(http, path ?? ""))
            .AllowEveryone("each HTTP endpoint of a workflow says itself who may call it");

    private async Task<IResult> HandleAsync(HttpContext http, string path)
    {
        var cancellationToken = http.RequestAborted;
        var correlationId = Selector(http, "correlationId", "x-correlation-id");
        var instanceId = Selector(http, "workflowInstanceId", "x-workflow-instance-id");
        foreach (var (template, values) in await table.MatchAsync(path.Trim('/'), cancellationToken))
        {
            var hash = StimulusHasher.Hash(HttpEndpoint.BookmarkName, HttpEndpoint.Stimulus(template, http.Request.Method));
            var starts = instanceId is null ? await triggers.FindAsync(hash, time.GetUtcNow(), cancellationToken) : [];
            if (starts.Count > 1)
            {
                return Message(StatusCodes.Status500InternalServerError, "Plusieurs procédures attendent des requêtes à cette adresse.");
            }

            if (starts is [var trigger])
            {
                return await AnswerAsync(http, HttpListenerRules.Read(trigger.Payload!), values, request => runtime.StartAsync(
                    // The correlation of an instance may be a case: a stranger attaches nothing to it.
                    new StartWorkflow(trigger.DefinitionVersionId, CorrelationId: http.CameWithToken() ? correlationId : null, Cause: "http")
                    {
                        TriggerActivityId = trigger.ActivityId,
                        TriggerInput = request,
                    },
                    CancellationToken.None));
            }

            var waiting = await store.FindBookmarksAsync(hash, instanceId, correlationId, cancellationToken);
            if (waiting.Count > 1)
            {
                return Message(StatusCodes.Status500InternalServerError, "Plusieurs instances attendent cette requête ; précisez correlationId ou workflowInstanceId.");
            }

            if (waiting is [var bookmark])
            {
                return await AnswerAsync(http, HttpListenerRules.Read(bookmark.Payload!), values, request => runtime.ResumeAsync(
                    new ResumeBookmark(bookmark.WorkflowInstanceId, bookmark.Id, request, "http"), CancellationToken.None));
            }
        }

        return Message(StatusCodes.Status404NotFound, "Aucune procédure n'attend de requête à cette adresse.");
    }

    private async Task<IResult> AnswerAsync(HttpContext http, HttpListenerRules rules, RouteValueDictionary route, Func<JsonObject, Task<BurstResult>> run)
    {
        if (Refuse(http, rules) is { } refusedStatus)
        {
            return Results.StatusCode(refusedStatus);
        }

        var (request, refusal) = await incoming.ReadAsync(http.Request, rules, route, http.RequestAborted);
        if (request is null)
        {
            return Message(refusal!.StatusCode, refusal.Message);
        }

        var begun = TimeProvider.System.GetTimestamp();
        var within = rules.RequestTimeout is { } own && own > TimeSpan.Zero ? own : options.AnswerWithin;
        var requestId = Ids.New();
        request["requestId"] = requestId;
        request["until"] = (time.GetUtcNow() + within).ToString("O", CultureInfo.InvariantCulture);
        var result = await run(request);
        if (result.Status == BurstStatus.CannotStart)
        {
            http.Response.Headers["x-elsa-workflow-cannot-start"] = "True";
            return Message(StatusCodes.Status409Conflict, "La procédure n'admet pas d'autre instance en ce moment.");
        }

        if (!result.Executed)
        {
            return Message(StatusCodes.Status409Conflict, "L'instance n'attend plus cette requête.");
        }

        var instance = result.Instance!;
        http.Response.Headers[InstanceHeader] = instance.Id;
        var answers = (await definitions.GetAsync(instance.DefinitionVersionId, CancellationToken.None)).Activities.Values.Any(activity => activity is WriteHttpResponse);
        return await WaitAsync(requestId, instance, answers, () => TimeProvider.System.GetElapsedTime(begun) >= within, http.RequestAborted);
    }

    /// <summary>Another host may write the answer: effects in between run anywhere. Few flows need more than the first look.</summary>
    private async Task<IResult> WaitAsync(string requestId, InstanceRecord instance, bool answers, Func<bool> isOver, CancellationToken cancellationToken)
    {
        var (status, subStatus) = (instance.Status.ToString(), instance.SubStatus.ToString());
        for (var look = TimeSpan.FromMilliseconds(10); ; look = look * 2 < LongestLook ? look * 2 : LongestLook)
        {
            if (answers && await responses.TakeAsync(requestId, cancellationToken) is { } answer)
            {
                return new WrittenResponse(answer);
            }

            if (subStatus == nameof(WorkflowSubStatus.Faulted))
            {
                return Results.Json(
                    new { workflowInstanceId = instance.Id, message = "La procédure a rencontré un incident." }, statusCode: StatusCodes.Status500InternalServerError);
            }

            if (status == nameof(WorkflowStatus.Finished))
            {
                return Results.Ok(new { workflowInstanceId = instance.Id });
            }

            if (!answers || isOver())
            {
                return Results.Json(new { workflowInstanceId = instance.Id }, statusCode: StatusCodes.Status202Accepted);
            }

            await Task.Delay(look, cancellationToken);

            // Read before the next look at the answers: an answer committed together with the end is found by it.
            (status, subStatus) = await responses.StateAsync(instance.Id, cancellationToken);
        }
    }

    /// <summary>A cookie does not count here: a page elsewhere could make the browser send it along.</summary>
    private static int? Refuse(HttpContext http, HttpListenerRules rules)
    {
        if (!rules.Authorize && string.IsNullOrEmpty(rules.Policy))
        {
            return null;
        }

        if (!http.CameWithToken() || Actor.From(http.User) is not { } actor)
        {
            return StatusCodes.Status401Unauthorized;
        }

        return string.IsNullOrEmpty(rules.Policy) || actor.Has(rules.Policy) || actor.IsIn(rules.Policy) ? null : StatusCodes.Status403Forbidden;
    }

    private static string? Selector(HttpContext http, string query, string header) =>
        http.Request.Query[query].ToString() is { Length: > 0 } asked ? asked : http.Request.Headers[header].ToString() is { Length: > 0 } given ? given : null;

    private static IResult Message(int status, string message) => Results.Json(new { statusCode = status, message }, statusCode: status);

    private sealed class WrittenResponse(AnswerHttpRequest answer) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var response = httpContext.Response;
            response.StatusCode = answer.StatusCode;
            foreach (var (name, value) in answer.Headers ?? [])
            {
                // Sessions are the product's own; a flow has none to give.
                if (!name.Equals("Set-Cookie", StringComparison.OrdinalIgnoreCase))
                {
                    response.Headers[name] = value is JsonArray many ? many.Select(item => item?.ToString()).ToArray() : value?.ToString();
                }
            }

            if (answer.Content is { } content && answer.StatusCode != StatusCodes.Status204NoContent)
            {
                response.ContentType = answer.ContentType;
                await response.WriteAsync(content, httpContext.RequestAborted);
            }
        }
    }
}
