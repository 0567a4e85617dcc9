using System.Text.Json.Nodes;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.Execution;
using Cleiss.Engine.Storage;
using Cleiss.Forms.Catalogue;
using Cleiss.Persistence.Engine;
using Cleiss.Persistence.Http;
using Cleiss.Persistence.People;

namespace Cleiss.Host.ElsaApi.Instances;

/// <summary>Lists of instances, and one instance with its state, variables and journal.</summary>
public sealed class InstanceReadEndpoints(InstanceLists lists, JournalLists journal, IDefinitionStore definitions, PersonalKeys personal) : IEndpointModule
{
    private const string Base = "/elsa/api/workflow-instances";
    private const int LargestPage = 1000;
    private readonly InstanceViews _views = new(lists, definitions, personal);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(Base, ListAsync).RequirePermission(Permission.DefinitionsRead);
        routes.MapGet(Base, ListByQueryAsync).RequirePermission(Permission.DefinitionsRead);
        routes.MapGet(Base + "/{id}", FindAsync).RequirePermission(Permission.DefinitionsRead);
        routes.MapGet(Base + "/{id}/execution-state", StateAsync).RequirePermission(Permission.DefinitionsRead);
        routes.MapGet(Base + "/{id}/variables", VariablesAsync).RequirePermission(Permission.DefinitionsRead);
        routes.MapPost(Base + "/{id}/journal", JournalAsync).RequirePermission(Permission.DefinitionsRead);
        routes.MapGet(Base + "/{id}/journal", WholeJournalAsync).RequirePermission(Permission.DefinitionsRead);
        routes.MapGet(Base + "/{id}/journal/last", LastAsync).RequirePermission(Permission.DefinitionsRead);
    }

    private async Task<IResult> ListAsync(InstanceListRequest request, CancellationToken cancellationToken)
    {
        var (rows, total) = await lists.ListAsync(request.ToQuery(), cancellationToken);
        return Results.Ok(new { items = rows.Select(InstanceViews.Summary), totalCount = total });
    }

    private Task<IResult> ListByQueryAsync(
        int? page, int? pageSize, string? searchTerm, string? definitionId, string[]? definitionIds, string? correlationId, int? version, bool? hasIncidents, bool? isSystem,
        WorkflowStatus? status, WorkflowSubStatus? subStatus, string? orderBy, string? orderDirection, CancellationToken cancellationToken) => ListAsync(
            new InstanceListRequest
            {
                Page = page,
                PageSize = pageSize,
                SearchTerm = searchTerm,
                DefinitionId = definitionId,
                DefinitionIds = definitionIds,
                CorrelationId = correlationId,
                Version = version,
                HasIncidents = hasIncidents,
                IsSystem = isSystem,
                Status = status,
                SubStatus = subStatus,
                OrderBy = orderBy,
                OrderDirection = orderDirection,
            },
            cancellationToken);

    private async Task<IResult> FindAsync(string id, CancellationToken cancellationToken)
    {
        if (await lists.FindAsync(id, cancellationToken) is not { } instance)
        {
            return Results.NotFound();
        }

        var answer = InstanceViews.Summary(instance);
        answer["workflowState"] = await _views.StateAsync(instance, cancellationToken);
        return Results.Ok(answer);
    }

    private async Task<IResult> StateAsync(string id, CancellationToken cancellationToken) =>
        await lists.FindAsync(id, cancellationToken) is { } instance
            ? Results.Ok(new { instance.Status, instance.SubStatus, instance.UpdatedAt })
            : Results.NotFound();

    private async Task<IResult> VariablesAsync(string id, CancellationToken cancellationToken)
    {
        if (await lists.FindAsync(id, cancellationToken) is not { } instance)
        {
            return Results.NotFound();
        }

        var items = await _views.VariablesAsync(instance, cancellationToken);
        return Results.Ok(new { items, count = items.Count });
    }

    private Task<IResult> WholeJournalAsync(string id, int? skip, int? take, CancellationToken cancellationToken) =>
        JournalAsync(id, null, skip, take, cancellationToken);

    private async Task<IResult> JournalAsync(string id, JournalRequest? request, int? skip, int? take, CancellationToken cancellationToken)
    {
        var filter = request?.Filter ?? new JournalFilterRequest(null, null, null, null);
        var (lines, total) = await journal.ListAsync(
            id, new JournalFilter(filter.ActivityIds, filter.ActivityNodeIds, filter.ExcludedActivityTypes, filter.EventNames),
            Math.Max(0, skip ?? 0), Math.Clamp(take ?? 100, 1, LargestPage), cancellationToken);
        var keys = await personal.AllAsync(cancellationToken);
        return Results.Ok(new { items = lines.Select(line => Line(id, line, keys)), totalCount = total });
    }

    private async Task<IResult> LastAsync(string id, CancellationToken cancellationToken) =>
        await journal.LastAsync(id, cancellationToken) is { } line ? Results.Ok(Line(id, line, await personal.AllAsync(cancellationToken))) : Results.NotFound();

    internal static JsonObject Line(string instanceId, JournalRecord line, IReadOnlySet<string> personal) => new()
    {
        ["id"] = $"{instanceId}-l{line.Sequence}",
        ["activityInstanceId"] = InstanceViews.ExecutionId(instanceId, line.ActivityNumber),
        ["parentActivityInstanceId"] = line.ParentNumber is { } parent ? InstanceViews.ExecutionId(instanceId, parent) : null,
        ["activityId"] = line.ActivityId,
        ["activityType"] = line.ActivityType,
        ["activityTypeVersion"] = line.ActivityTypeVersion,
        ["activityName"] = line.ActivityName,
        ["nodeId"] = line.NodeId,
        ["timestamp"] = line.At,
        ["sequence"] = line.Sequence,
        ["eventName"] = line.EventName,
        ["message"] = PersonalData.Mask(line.Message),
        ["source"] = null,
        ["activityState"] = PersonalData.MaskValues(line.ActivityState, personal),
        ["payload"] = PersonalData.MaskValues(line.Payload, personal),
    };

    internal sealed record JournalRequest(JournalFilterRequest? Filter);

    internal sealed record JournalFilterRequest(string[]? ActivityIds, string[]? ActivityNodeIds, string[]? ExcludedActivityTypes, string[]? EventNames);

    internal sealed record TimeRequest(string? Column, string? Operator, DateTimeOffset? Timestamp);

    internal sealed record InstanceListRequest
    {
        public int? Page { get; init; }

        public int? PageSize { get; init; }

        public string? SearchTerm { get; init; }

        public string? DefinitionId { get; init; }

        public string[]? DefinitionIds { get; init; }

        public string? CorrelationId { get; init; }

        public int? Version { get; init; }

        public bool? HasIncidents { get; init; }

        public bool? IsSystem { get; init; }

        public WorkflowStatus? Status { get; init; }

        public WorkflowStatus[]? Statuses { get; init; }

        public WorkflowSubStatus? SubStatus { get; init; }

        public WorkflowSubStatus[]? SubStatuses { get; init; }

        public string? OrderBy { get; init; }

        public string? OrderDirection { get; init; }

        public TimeRequest[]? TimestampFilters { get; init; }

        public InstanceQuery ToQuery()
        {
            var size = Math.Clamp(PageSize ?? 25, 1, LargestPage);
            return new InstanceQuery
            {
                // There are no instances of the system's own here.
                Ids = IsSystem == true ? [] : null,
                SearchTerm = SearchTerm,
                DefinitionIds = [.. DefinitionIds ?? [], .. string.IsNullOrEmpty(DefinitionId) ? (string[])[] : [DefinitionId]],
                CorrelationId = CorrelationId,
                Version = Version,
                HasIncidents = HasIncidents,
                Statuses = [.. Statuses ?? [], .. Status is { } status ? (WorkflowStatus[])[status] : []],
                SubStatuses = [.. SubStatuses ?? [], .. SubStatus is { } subStatus ? (WorkflowSubStatus[])[subStatus] : []],
                Times = [.. (TimestampFilters ?? []).Where(filter => filter?.Timestamp is not null)
                    .Select(filter => new InstanceTimeFilter(filter.Column ?? "CreatedAt", filter.Operator ?? "Is", filter.Timestamp!.Value))],
                OrderBy = OrderBy ?? "Created",
                Descending = !string.Equals(OrderDirection, "Ascending", StringComparison.OrdinalIgnoreCase),
                Skip = (int)Math.Min((long)Math.Max(0, Page ?? 0) * size, int.MaxValue),
                Take = size,
            };
        }
    }
}
