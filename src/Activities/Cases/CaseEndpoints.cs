using System.Text.Json.Nodes;
using Cleiss.Activities.UserTasks;
using Cleiss.Engine.Definitions;
using Cleiss.Persistence.Http;
using Cleiss.Persistence.People;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Cleiss.Activities.Cases;

/// <summary>Processes and cases.</summary>
public sealed class CaseEndpoints(CaseService cases, CaseReader reader, IDefinitionStore definitions) : IEndpointModule
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/processes", ListProcessesAsync).RequirePermission(Permission.CasesRead);
        routes.MapGet("/api/processes/{key}", FindProcessAsync).RequirePermission(Permission.CasesRead);
        routes.MapPost("/api/processes/{key}/cases", OpenAsync).RequirePermission(Permission.CasesOpen);
        routes.MapGet("/api/cases", ListAsync).RequirePermission(Permission.CasesRead);
        routes.MapGet("/api/cases/{id}", FindAsync).RequirePermission(Permission.CasesRead);
        routes.MapPost("/api/cases/{id}/reply", ReplyAsync).RequirePermission(Permission.CasesReply);
        routes.MapPost("/api/cases/{id}/requests", RequestAsync).RequirePermission(Permission.CasesReply);
        routes.MapPost("/api/cases/{id}/cancel", CancelAsync).RequirePermission(Permission.CasesReply);
    }

    private sealed record OpenBody(JsonObject? Input, DateOnly? ReceivedOn, bool? Test, string? OperationId);

    private sealed record ReplyBody(JsonObject? Data, string? OperationId);

    private sealed record RequestBody(string? Request, string? Reason, string? OperationId);

    private sealed record CancelBody(string? Reason);

    private async Task<IResult> ListProcessesAsync(CancellationToken cancellationToken)
    {
        var items = new List<object>();
        foreach (var process in cases.Processes)
        {
            items.Add(await DescribeAsync(process, cancellationToken));
        }

        return Results.Ok(new { items });
    }

    private Task<IResult> FindProcessAsync(string key, CancellationToken cancellationToken) =>
        AnswerAsync(async () => Results.Ok(await DescribeAsync(cases.GetProcess(key), cancellationToken)));

    private Task<IResult> OpenAsync(string key, OpenBody body, HttpContext http, CancellationToken cancellationToken) => AnswerAsync(async () =>
    {
        var opened = await cases.OpenAsync(
            new OpenCase(key, body.Input ?? [], body.ReceivedOn, body.Test ?? false, body.OperationId), http.GetActor(), cancellationToken);
        return Results.Created($"/api/cases/{opened.CaseId}", opened);
    });

    private async Task<IResult> ListAsync(string? process, string? state, string? q, int? page, CancellationToken cancellationToken)
    {
        var found = await reader.ListAsync(new CaseQuery(process, state, q, PageNumber.Clamp(page)), cancellationToken);
        return Results.Ok(new { found.Items, found.Total, page = PageNumber.Clamp(page) });
    }

    private async Task<IResult> FindAsync(string id, CancellationToken cancellationToken)
    {
        if (await reader.GetAsync(id, cancellationToken) is not { } detail)
        {
            return Problem.NotFound("unknown-case", "Ce dossier n'existe pas.");
        }

        return Results.Ok(new
        {
            @case = detail.Case,
            timeline = detail.Timeline.Select(line => new { line.At, line.ActorId, line.ActorName, line.Kind, line.Sentence }),
            openTasks = detail.Tasks.Where(task => !task.IsClosed).Select(UserTaskJson.Of),
            tasks = detail.Tasks.Select(UserTaskJson.Of),
            detail.Documents,
            detail.Mails,
            answers = detail.Answers,
            detail.AwaitsReply,
            requests = await cases.ListRequestsAsync(id, cancellationToken),
        });
    }

    private Task<IResult> ReplyAsync(string id, ReplyBody body, HttpContext http, CancellationToken cancellationToken) => AnswerAsync(async () =>
    {
        await cases.ReplyAsync(id, body.Data ?? [], body.OperationId, http.GetActor(), cancellationToken);
        return Results.Ok(await cases.FindAsync(id, cancellationToken));
    });

    private Task<IResult> RequestAsync(string id, RequestBody body, HttpContext http, CancellationToken cancellationToken) => AnswerAsync(async () =>
    {
        await cases.RequestAsync(id, body.Request ?? "", body.Reason ?? "", body.OperationId, http.GetActor(), cancellationToken);
        return Results.Ok(await cases.FindAsync(id, cancellationToken));
    });

    private Task<IResult> CancelAsync(string id, CancelBody body, HttpContext http, CancellationToken cancellationToken) => AnswerAsync(async () =>
    {
        await cases.CancelAsync(id, body.Reason ?? "", http.GetActor(), cancellationToken);
        return Results.Ok(await cases.FindAsync(id, cancellationToken));
    });

    private async Task<object> DescribeAsync(IProcess process, CancellationToken cancellationToken)
    {
        var versions = await definitions.ListAsync(process.Key, cancellationToken);
        return new
        {
            process.Key,
            process.Title,
            process.StartForm,
            process.Roles,
            versions = versions.Where(v => v.PublishedAt is not null).Select(v => new { v.Id, v.Version, v.IsPublished, v.EffectiveFrom, v.PublishedAt }),
        };
    }

    private static async Task<IResult> AnswerAsync(Func<Task<IResult>> answer)
    {
        try
        {
            return await answer();
        }
        catch (CaseRefusedException e)
        {
            return Problem.Of(e.Status, e.Code, e.Message, null, ("errors", e.Faults));
        }
    }
}
