using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cleiss.Forms.Answers;
using Cleiss.Persistence.Http;
using Cleiss.Persistence.People;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Cleiss.Activities.UserTasks;

/// <summary>User tasks under the routes of Elsa's own design; errors are <c>{code, message}</c> as its contract says.</summary>
public sealed class UserTaskEndpoints(UserTaskService tasks) : IEndpointModule
{
    public void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/elsa/api/user-tasks");
        group.MapGet("/capabilities", Capabilities).RequirePermission(Permission.ReadUserTasks);
        group.MapGet("/", ListAsync).RequirePermission(Permission.ReadUserTasks);
        group.MapGet("/{id}", FindAsync).RequirePermission(Permission.ReadUserTasks);
        group.MapGet("/{id}/capabilities", TaskCapabilitiesAsync).RequirePermission(Permission.ReadUserTasks);
        group.MapGet("/{id}/events", EventsAsync).RequirePermission(Permission.ReadUserTasks);
        group.MapPost("/{id}/claim", ClaimAsync).RequirePermission(Permission.ClaimUserTasks);
        group.MapPost("/{id}/release", ReleaseAsync).RequirePermission(Permission.ClaimUserTasks, Permission.AssignUserTasks);
        group.MapPost("/{id}/assign", AssignAsync).RequirePermission(Permission.AssignUserTasks);
        group.MapPatch("/{id}", UpdateAsync).RequirePermission(Permission.UpdateUserTasks);
        group.MapPost("/{id}/complete", CompleteAsync).RequirePermission(Permission.CompleteUserTasks);
        group.MapPost("/{id}/cancel", CancelAsync).RequirePermission(Permission.CancelUserTasks);
        group.MapGet("/{id}/draft", FindDraftAsync).RequirePermission(Permission.ReadUserTasks);
        group.MapPut("/{id}/draft", SaveDraftAsync).RequirePermission(Permission.CompleteUserTasks);
    }

    private sealed record CommandBody(int? ExpectedRevision, string? OperationId, string? Reason);

    private sealed record AssignBody(JsonNode? Assignee, int? ExpectedRevision, string? OperationId);

    private sealed record CompleteBody(string? ActionKey, JsonObject? Data, string? Reason, int? ExpectedRevision, string? OperationId);

    private sealed record DraftBody(JsonObject? Data, long? Revision);

    private static IResult Capabilities(HttpContext http)
    {
        var actor = http.GetActor();
        return Results.Ok(new
        {
            canRead = true,
            canClaim = actor.Has(Permission.ClaimUserTasks),
            canAssign = actor.Has(Permission.AssignUserTasks),
            canUpdate = actor.Has(Permission.UpdateUserTasks),
            canComplete = actor.Has(Permission.CompleteUserTasks),
            canCancel = actor.Has(Permission.CancelUserTasks),
            canManage = actor.Has(Permission.ManageUserTasks),
            drafts = true,
            invitations = false,
        });
    }

    private Task<IResult> ListAsync(HttpContext http, CancellationToken cancellationToken) => AnswerAsync(async () =>
    {
        var query = http.Request.Query;
        var offset = Offset(Text("cursor"));
        var limit = Math.Clamp(Number("limit") ?? 50, 1, 200);
        var page = await tasks.ListAsync(
            new UserTaskQuery(
                Text("scope") ?? "assigned", Text("search"), Text("caseId"), Text("status"), Text("reference"), Text("workflowInstanceId"),
                Text("workflowDefinitionId"), Text("due"), Number("priorityFrom"), Number("priorityTo"), Date("from"), Date("to"), Text("sort") ?? "dueAt",
                Text("direction") is "desc" or "Descending" or "descending", offset, limit),
            http.GetActor(), cancellationToken);
        var next = offset + page.Items.Count;
        return Results.Ok(new
        {
            items = page.Items.Select(item => new { task = UserTaskJson.Of(item.Task, item.AssigneeName), caseReference = item.Case?.Reference, caseTitle = item.Case?.Title }),
            nextCursor = next < page.Total ? Convert.ToBase64String(Encoding.ASCII.GetBytes(next.ToString(CultureInfo.InvariantCulture))) : null,
            totalCount = page.Total,
        });

        string? Text(string name) => query[name].FirstOrDefault() is { Length: > 0 } value ? value : null;
        int? Number(string name) => int.TryParse(Text(name), CultureInfo.InvariantCulture, out var value) ? value : null;
        DateTimeOffset? Date(string name) => DateTimeOffset.TryParse(Text(name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var value) ? value : null;
    });

    private Task<IResult> FindAsync(string id, HttpContext http, CancellationToken cancellationToken) => AnswerAsync(async () =>
    {
        var detail = await tasks.GetAsync(id, http.GetActor(), cancellationToken) ?? throw NotFound();
        return Results.Ok(new
        {
            task = UserTaskJson.Of(detail.Task),
            detail.CaseReference,
            detail.Data,
            detail.DataIsDraft,
            detail.ShownAnswerId,
            detail.SentBack,
            detail.Exclusion,
            capabilities = detail.Rights,
        });
    });

    private Task<IResult> TaskCapabilitiesAsync(string id, HttpContext http, CancellationToken cancellationToken) => AnswerAsync(async () =>
        Results.Ok((await tasks.GetAsync(id, http.GetActor(), cancellationToken) ?? throw NotFound()).Rights));

    private Task<IResult> EventsAsync(string id, HttpContext http, CancellationToken cancellationToken) => AnswerAsync(async () =>
    {
        _ = await tasks.FindAsync(id, http.GetActor(), cancellationToken) ?? throw NotFound();
        return Results.Ok(new { items = await tasks.ListEventsAsync(id, cancellationToken) });
    });

    private Task<IResult> ClaimAsync(string id, CommandBody? body, HttpContext http, CancellationToken cancellationToken) => AnswerAsync(async () =>
        Results.Ok(Envelope(await tasks.ClaimAsync(id, body?.ExpectedRevision, body?.OperationId, http.GetActor(), cancellationToken))));

    private Task<IResult> ReleaseAsync(string id, CommandBody? body, HttpContext http, CancellationToken cancellationToken) => AnswerAsync(async () =>
        Results.Ok(Envelope(await tasks.ReleaseAsync(id, body?.ExpectedRevision, body?.OperationId, http.GetActor(), cancellationToken))));

    private Task<IResult> AssignAsync(string id, AssignBody body, HttpContext http, CancellationToken cancellationToken) => AnswerAsync(async () =>
    {
        var assignee = body.Assignee is JsonObject reference ? reference["id"]?.ToString() : body.Assignee?.ToString();
        return Results.Ok(Envelope(await tasks.AssignAsync(id, assignee, body.ExpectedRevision, body.OperationId, http.GetActor(), cancellationToken)));
    });

    private Task<IResult> UpdateAsync(string id, JsonObject body, HttpContext http, CancellationToken cancellationToken) => AnswerAsync(async () =>
    {
        DateTimeOffset? due = body["dueAt"] is { } text
            ? DateTimeOffset.TryParse(text.ToString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
                ? at
                : throw new UserTaskRefusedException(422, "invalid-due-date", "L'échéance ne se lit pas. Écrivez une date ISO 8601.")
            : null;
        var clear = body.ContainsKey("dueAt") && body["dueAt"] is null;
        return Results.Ok(Envelope(await tasks.UpdateAsync(
            id, Integer(body, "priority"), due, clear, Integer(body, "expectedRevision"), body["operationId"]?.ToString(), http.GetActor(), cancellationToken)));
    });

    private Task<IResult> CompleteAsync(string id, CompleteBody body, HttpContext http, CancellationToken cancellationToken) => AnswerAsync(async () =>
        Results.Json(
            Envelope(await tasks.CompleteAsync(
                new CompleteUserTask(id, body.ActionKey ?? "", body.Data, body.Reason, body.ExpectedRevision, body.OperationId), http.GetActor(), cancellationToken)),
            statusCode: StatusCodes.Status202Accepted));

    private Task<IResult> CancelAsync(string id, CommandBody? body, HttpContext http, CancellationToken cancellationToken) => AnswerAsync(async () =>
        Results.Json(
            Envelope(await tasks.CancelAsync(id, body?.Reason, body?.ExpectedRevision, body?.OperationId, http.GetActor(), cancellationToken)),
            statusCode: StatusCodes.Status202Accepted));

    private Task<IResult> FindDraftAsync(string id, HttpContext http, CancellationToken cancellationToken) => AnswerAsync(async () =>
        await tasks.FindDraftAsync(id, http.GetActor(), cancellationToken) is { } draft ? Results.Ok(draft) : Results.NoContent());

    private Task<IResult> SaveDraftAsync(string id, DraftBody body, HttpContext http, CancellationToken cancellationToken) => AnswerAsync(async () =>
        await tasks.SaveDraftAsync(id, body.Data ?? [], body.Revision ?? 0, http.GetActor(), cancellationToken) switch
        {
            DraftSaving.Saved saved => Results.Ok(new { saved.Revision, saved.SavedAt }),
            DraftSaving.Conflict { Current: { } current } => Results.Json(
                new { code = "draft-conflict", message = $"{current.SavedByName} a enregistré ce brouillon entre-temps.", current }, statusCode: StatusCodes.Status409Conflict),
            _ => Results.Json(new { code = "terminal", message = "La tâche est terminée : il n'y a plus de brouillon." }, statusCode: StatusCodes.Status409Conflict),
        });

    private static object Envelope(UserTaskCommandResult result) =>
        new { result.OperationId, result.Status, result.Revision, task = UserTaskJson.Of(result.Task) };

    private static int? Integer(JsonObject body, string name) => body[name] switch
    {
        null => null,
        JsonValue value when value.GetValueKind() == JsonValueKind.Number && value.TryGetValue<int>(out var number) => number,
        _ => throw new UserTaskRefusedException(422, "invalid-number", $"« {name} » est un nombre entier, sans guillemets."),
    };

    private static int Offset(string? cursor)
    {
        try
        {
            return cursor is null ? 0 : Math.Max(0, int.Parse(Encoding.ASCII.GetString(Convert.FromBase64String(cursor)), CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            throw new UserTaskRefusedException(422, "invalid-cursor", "Le curseur ne vient pas de cette liste.");
        }
    }

    private static UserTaskRefusedException NotFound() => new(404, "not-found", "Cette tâche n'existe pas ou ne vous est pas ouverte.");

    private static async Task<IResult> AnswerAsync(Func<Task<IResult>> answer)
    {
        try
        {
            return await answer();
        }
        catch (UserTaskRefusedException e)
        {
            return Results.Json(new { code = e.Code, message = e.Message, errors = e.Faults }, statusCode: e.Status);
        }
    }
}
