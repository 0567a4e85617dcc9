using System.Text.Json.Nodes;
using Cleiss.Activities.Cases;
using Cleiss.Engine;
using Cleiss.Engine.Alterations;
using Cleiss.Engine.Execution;
using Cleiss.Host.ElsaApi.Instances;
using Cleiss.Persistence;
using Cleiss.Persistence.Engine;
using Cleiss.Persistence.Http;
using Cleiss.Persistence.People;
using Npgsql;

namespace Cleiss.Host.ElsaApi;

/// <summary>
/// Alterations of all instances a filter finds, as Studio's « cancel all matches » submits them. Each instance is one burst of its own; what
/// became of it can be asked for by the plan's id.
/// </summary>
public sealed class AlterationPlanEndpoints(WorkflowRuntime runtime, InstanceLists lists, CaseService cases, NpgsqlDataSource database, TimeProvider time) : IEndpointModule
{
    private const string Base = "/elsa/api/alterations";
    private const int MostInstances = 5000;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(Base + "/dry-run", DryRunAsync).RequirePermission(Permission.RunAlterations);
        routes.MapPost(Base + "/submit", SubmitAsync).RequirePermission(Permission.RunAlterations);
        routes.MapGet(Base + "/{id}", FindAsync).RequirePermission(Permission.RunAlterations);
    }

    private async Task<IResult> DryRunAsync(JsonObject filter, CancellationToken cancellationToken)
    {
        var (ids, fault) = await SelectAsync(filter["filter"] as JsonObject ?? filter, cancellationToken);
        return fault is null ? Results.Ok(new { workflowInstanceIds = ids }) : ElsaAnswers.Refused(fault);
    }

    private async Task<IResult> SubmitAsync(SubmitPlan request, HttpContext http, CancellationToken cancellationToken)
    {
        var read = (request.Alterations ?? []).Select(one => AlterationJson.Read(one ?? [])).ToList();
        if (read.Count == 0 || read.Exists(one => one.Faults.Count > 0))
        {
            return ElsaAnswers.Refused(read.Count == 0 ? "Donnez au moins une modification (alterations)." : string.Join(" ", read.SelectMany(one => one.Faults)));
        }

        var (ids, fault) = await SelectAsync(request.Filter, cancellationToken);
        if (fault is not null)
        {
            return ElsaAnswers.Refused(fault);
        }

        var planId = Ids.New();
        var begun = time.GetUtcNow();
        var jobs = new JsonArray();
        var actor = http.GetActor();
        foreach (var id in ids!)
        {
            // The caller may hang up: what was submitted is done to the end.
            var done = await runtime.AlterAsync(
                new AlterWorkflow(
                    id, [.. read.Select(one => one.ToAlteration())], actor.Id, false,
                    (instance, log) => AlterationTrail.EntriesAsync(cases, instance, log, actor, CancellationToken.None)),
                CancellationToken.None);
            jobs.Add(new JsonObject
            {
                ["id"] = $"{planId}-{jobs.Count + 1}",
                ["planId"] = planId,
                ["workflowInstanceId"] = id,
                ["status"] = done.Applied ? "Completed" : "Failed",
                ["log"] = new JsonArray([.. (done.Applied ? done.Log : done.Refusals).Select(message => new JsonObject { ["message"] = PersonalData.Mask(message) })]),
            });
        }

        await StoreAsync(planId, request, jobs, begun);
        return Results.Ok(new { planId });
    }

    private async Task<IResult> FindAsync(string id, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select content from alteration_plans where id = $1");
        command.AddParameters(Sql.Text(id));
        return await command.ExecuteScalarAsync(cancellationToken) is string content ? Results.Text(content, "application/json") : Results.NotFound();
    }

    private async Task StoreAsync(string planId, SubmitPlan request, JsonArray jobs, DateTimeOffset begun)
    {
        var plan = new JsonObject
        {
            ["id"] = planId,
            ["alterations"] = new JsonArray([.. request.Alterations!.Select(one => one?.DeepClone())]),
            ["workflowInstanceFilter"] = request.Filter?.DeepClone(),
            ["status"] = "Completed",
            ["createdAt"] = begun,
            ["startedAt"] = begun,
            ["completedAt"] = time.GetUtcNow(),
        };
        await using var command = database.CreateCommand("insert into alteration_plans (id, created_at, content) values ($1, $2, $3)");
        command.AddParameters(Sql.Text(planId), Sql.Time(begun), Sql.Json(new JsonObject { ["plan"] = PersonalData.Mask(plan), ["jobs"] = jobs }));
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }

    private async Task<(IReadOnlyList<string>? Ids, string? Fault)> SelectAsync(JsonObject? filter, CancellationToken cancellationToken)
    {
        var (query, fault) = InstanceFilter.Read(filter);
        if (query is null)
        {
            return (null, fault);
        }

        var (rows, total) = await lists.ListAsync(query with { Take = MostInstances }, cancellationToken);
        return total > MostInstances
            ? (null, $"Le filtre trouve {total} instances ; {MostInstances} au plus à la fois. Restreignez-le.")
            : ([.. rows.Select(row => row.Id)], null);
    }

    internal sealed record SubmitPlan(IReadOnlyList<JsonObject>? Alterations, JsonObject? Filter);
}
