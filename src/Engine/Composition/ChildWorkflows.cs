using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.Effects;
using Cleiss.Engine.Execution;
using Cleiss.Engine.Storage;
using Cleiss.Engine.Triggers;

namespace Cleiss.Engine.Composition;

/// <summary>
/// How one instance starts another: an effect of the parent's commit starts the child under an id chosen beforehand, so a repeated effect finds
/// it there; the child's own commit leaves the effect that resumes the parent, which settles with the parent's burst. Each happens exactly once.
/// </summary>
internal static class ChildWorkflows
{
    public const string StartKind = "workflow.start";
    public const string CancelKind = "workflow.cancel-children";

    private const string ReportTo = "reportTo";
    private const string HasChildren = "hasChildren";

    /// <summary>Asks for a child of a definition's published version.</summary>
    /// <param name="reportTo">Bookmark of the parent that the child's end resumes; null when nobody waits.</param>
    /// <param name="whenIdle">True to report as soon as the child's first burst is over.</param>
    /// <returns>The child's id.</returns>
    public static string Start(
        ActivityExecutionContext context, string definitionId, string? correlationId, JsonObject input, Bookmark? reportTo, bool whenIdle = false)
    {
        var parent = context.WorkflowExecutionContext;
        var childId = Ids.New();
        input["ParentInstanceId"] = parent.Id;
        var payload = new JsonObject
        {
            ["definitionId"] = definitionId,
            ["instanceId"] = childId,
            ["correlationId"] = correlationId,
            ["parentInstanceId"] = parent.Id,
            ["input"] = input,
        };
        if (reportTo is not null)
        {
            payload["properties"] = new JsonObject { [ReportTo] = new JsonObject { ["instanceId"] = parent.Id, ["bookmarkId"] = reportTo.Id, ["idle"] = whenIdle } };
        }

        parent.Properties[HasChildren] = true;
        context.AddEffect(StartKind, payload, idempotencyKey: "start-" + childId);
        return childId;
    }

    /// <summary>Before a commit: tells the parent that waits, once, when the child has ended or stands still at an incident.</summary>
    public static void Report(WorkflowExecutionContext child)
    {
        if (child.Properties[ReportTo] is not JsonObject to)
        {
            return;
        }

        var ended = child.Status == WorkflowStatus.Finished || child.SubStatus == WorkflowSubStatus.Faulted;
        if (!ended && to["idle"]?.GetValue<bool>() != true)
        {
            return;
        }

        child.Properties.Remove(ReportTo);
        child.Burst.Companions.Add(new EnqueueEffects([ReportOf(child.Id, to, child.Status.ToString(), child.SubStatus.ToString(), child.Output, null)]));
    }

    /// <summary>What the parent is told of a child that could not be started.</summary>
    public static TargetedEffect ReportFailure(string childId, JsonObject to, string error) =>
        ReportOf(childId, to, nameof(WorkflowStatus.Finished), nameof(WorkflowSubStatus.Faulted), [], error);

    /// <summary>Before the commit of a cancel: the children are cancelled too, each in its own transaction.</summary>
    public static void CancelWithParent(WorkflowExecutionContext parent)
    {
        if (parent.Properties.ContainsKey(HasChildren))
        {
            parent.Burst.Effects.Add(new EffectRequest(Ids.New(), CancelKind, "cancel-children-" + parent.Id, new JsonObject { ["parentInstanceId"] = parent.Id }, null));
        }
    }

    private static TargetedEffect ReportOf(string childId, JsonObject to, string status, string subStatus, JsonObject output, string? error)
    {
        var input = new JsonObject
        {
            ["workflowInstanceId"] = childId,
            ["status"] = status,
            ["subStatus"] = subStatus,
            ["output"] = output.DeepClone(),
            ["error"] = error,
        };
        var request = new EffectRequest(
            Ids.New(), DeliverStimulusHandler.EffectKind, "report-" + childId, new JsonObject { ["input"] = input }, to["bookmarkId"]!.GetValue<string>());
        return new TargetedEffect(request, to["instanceId"]!.GetValue<string>(), null);
    }

    internal static JsonObject? ReportTarget(JsonObject? properties) => properties?[ReportTo] as JsonObject;
}

/// <summary>Starts an instance that another one, or an event, asked for.</summary>
internal sealed class StartInstanceHandler(WorkflowRuntime runtime, IWorkflowStore store, IDefinitionStore definitions) : IEffectHandler
{
    public string Kind => ChildWorkflows.StartKind;

    public async Task<EffectResult> HandleAsync(Effect effect, CancellationToken cancellationToken)
    {
        var payload = effect.Payload;
        var instanceId = payload["instanceId"]!.GetValue<string>();
        if (effect.Attempt > 1 && await ExistsAsync(instanceId, cancellationToken))
        {
            return new EffectResult.Done();
        }

        var definitionId = payload["definitionId"]?.GetValue<string>();
        var versionId = payload["definitionVersionId"]?.GetValue<string>()
            ?? await definitions.FindInForceIdAsync(definitionId ?? "", cancellationToken);
        if (versionId is null)
        {
            return NotStarted(payload, $"There is no published version of the workflow definition « {definitionId} ».");
        }

        var parentId = payload["parentInstanceId"]?.GetValue<string>();
        var start = new StartWorkflow(
            versionId, instanceId, payload["correlationId"]?.GetValue<string>(), Copy(payload["input"]), Cause: parentId is null ? effect.Kind : "parent " + parentId,
            Guard: parentId is null ? null : async (transaction, token) =>
                await transaction.HoldStateAsync(parentId, token) == WorkflowSubStatus.Cancelled ? throw new ParentCancelledException() : [])
        {
            ParentInstanceId = parentId,
            TriggerActivityId = payload["triggerActivityId"]?.GetValue<string>(),
            TriggerInput = Copy(payload["triggerInput"]),
            Properties = Copy(payload["properties"]),
        };
        try
        {
            var result = await runtime.StartAsync(start, cancellationToken);
            return result.Status == BurstStatus.CannotStart && ChildWorkflows.ReportTarget(start.Properties) is not null
                ? NotStarted(payload, $"The activation strategy of the workflow definition « {definitionId} » does not allow another instance now.")
                : new EffectResult.Done();
        }
        catch (ParentCancelledException)
        {
            // Whoever asked is gone; the flow that was cancelled wants no more children.
            return new EffectResult.Done();
        }
    }

    private static EffectResult NotStarted(JsonObject payload, string reason) =>
        ChildWorkflows.ReportTarget(payload["properties"] as JsonObject) is { } to
            ? new EffectResult.Done(null, new EnqueueEffects([ChildWorkflows.ReportFailure(payload["instanceId"]!.GetValue<string>(), to, reason)]))
            : new EffectResult.Park(reason);

    private async Task<bool> ExistsAsync(string instanceId, CancellationToken cancellationToken)
    {
        await using var transaction = await store.BeginAsync(instanceId, cancellationToken);
        return transaction.Instance is not null;
    }

    private static JsonObject? Copy(JsonNode? node) => node?.DeepClone() as JsonObject;

    /// <summary>Leaves the guard, so that nothing is written.</summary>
    private sealed class ParentCancelledException : Exception;
}

/// <summary>Cancels the children of a cancelled instance; each of them passes it on to its own.</summary>
internal sealed class CancelChildrenHandler(WorkflowRuntime runtime, IWorkflowStore store) : IEffectHandler
{
    private const int Page = 200;

    public string Kind => ChildWorkflows.CancelKind;

    public async Task<EffectResult> HandleAsync(Effect effect, CancellationToken cancellationToken)
    {
        var parentId = effect.Payload["parentInstanceId"]!.GetValue<string>();
        while (await store.FindRunningChildrenAsync(parentId, Page, cancellationToken) is { Count: > 0 } children)
        {
            foreach (var child in children)
            {
                await runtime.CancelAsync(new CancelWorkflow(child, "parent " + parentId), cancellationToken);
            }
        }

        return new EffectResult.Done();
    }
}
