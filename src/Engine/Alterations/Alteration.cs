using System.Text.Json.Nodes;
using Cleiss.Engine.Storage;

namespace Cleiss.Engine.Alterations;

/// <summary>A change a person makes to a running instance by hand. Names and meaning follow Elsa's alterations.</summary>
public abstract record Alteration;

/// <summary>Which executions are meant: one by its activity instance id, or all running ones of an activity.</summary>
/// <param name="ActivityInstanceId">As the journal names it: instance id, dash, number.</param>
public sealed record ActivityHandle(string? ActivityId = null, string? ActivityInstanceId = null)
{
    public override string ToString() => ActivityInstanceId ?? ActivityId ?? "";
}

/// <summary>Runs faulted activities again from their beginning, and goes on with what the fault had stopped.</summary>
/// <param name="Activity">Null: all that faulted.</param>
public sealed record RetryIncidents(ActivityHandle? Activity = null) : Alteration;

/// <summary>Ends a faulted or waiting activity as if it had completed.</summary>
/// <param name="Outcomes">Null or empty: <c>Done</c>.</param>
public sealed record SkipActivity(ActivityHandle Activity, IReadOnlyList<string>? Outcomes = null) : Alteration;

/// <summary>Cancels a running activity with all that is nested in it; its owner goes on without it.</summary>
public sealed record CancelActivity(ActivityHandle Activity) : Alteration;

/// <summary>Ends the whole instance.</summary>
public sealed record CancelInstance : Alteration;

/// <summary>Gives a variable a value.</summary>
/// <param name="Variable">Id, else name. The workflow's own variable is meant before one of a container; of a container that runs several times, all.</param>
public sealed record ModifyVariable(string Variable, JsonNode? Value) : Alteration;

/// <summary>Moves the instance to another version of its definition. Nothing runs again: what waits goes on waiting, in the new version.</summary>
/// <param name="TargetVersion">Number of a version that has been published.</param>
/// <param name="Mappings">Activity id in the old version → id in the new one, where the proposal by id, then by type and name, is not right.</param>
public sealed record Migrate(int TargetVersion, IReadOnlyDictionary<string, string>? Mappings = null) : Alteration;

/// <summary>Changes one instance, all or nothing, in one burst.</summary>
/// <param name="DryRun">Tells what would happen and writes nothing.</param>
/// <param name="Companions">Gives, for the sentences of what was done, what is written in the same commit, such as the trail's entry.</param>
public sealed record AlterWorkflow(
    string WorkflowInstanceId,
    IReadOnlyList<Alteration> Alterations,
    string? Cause = null,
    bool DryRun = false,
    Func<InstanceRecord, IReadOnlyList<string>, Task<IReadOnlyList<object>>>? Companions = null);

/// <param name="Found">False when there is no such instance.</param>
/// <param name="Instance">After the change; as it was when refused.</param>
/// <param name="Refusals">Why nothing was changed, everything at once, in French: people read it.</param>
/// <param name="Log">What was done, or would be, one sentence each.</param>
public sealed record AlterationResult(bool Found, InstanceRecord? Instance, IReadOnlyList<string> Refusals, IReadOnlyList<string> Log)
{
    public bool Applied => Found && Refusals.Count == 0;
}

/// <summary>Offered to the burst participants when an instance moves to another version, for whoever keeps activity ids of its own.</summary>
/// <param name="ActivityIds">Old id → new id, for those that changed.</param>
public sealed record InstanceMigrated(string WorkflowInstanceId, string DefinitionVersionId, int Version, IReadOnlyDictionary<string, string> ActivityIds);
