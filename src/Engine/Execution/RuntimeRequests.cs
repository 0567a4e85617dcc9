using System.Text.Json.Nodes;
using Cleiss.Engine.Storage;

namespace Cleiss.Engine.Execution;

/// <summary>
/// A check that runs under the instance's lock before anything moves: it may read through the transaction's connection, add companions by
/// returning them, or refuse by throwing; then nothing is written.
/// </summary>
public delegate Task<IReadOnlyList<object>> BurstGuard(IBurstTransaction transaction, CancellationToken cancellationToken);

/// <summary>Starts an instance of a published version.</summary>
/// <param name="DefinitionVersionId">The version to run.</param>
/// <param name="WorkflowInstanceId">Chosen by the caller, or null for a new id.</param>
/// <param name="CorrelationId">For business instances the case's id.</param>
/// <param name="Input">By name of the definition's inputs.</param>
/// <param name="Cause">Who or what caused the start, for the journal.</param>
/// <param name="Companions">Written in the same commit.</param>
public sealed record StartWorkflow(
    string DefinitionVersionId,
    string? WorkflowInstanceId = null,
    string? CorrelationId = null,
    JsonObject? Input = null,
    string? Cause = null,
    string? Name = null,
    IReadOnlyList<object>? Companions = null,
    BurstGuard? Guard = null)
{
    /// <summary>The activity whose stimulus starts the instance; a flowchart begins there. Null: begins where the definition says.</summary>
    public string? TriggerActivityId { get; init; }

    /// <summary>What the stimulus brings; the trigger activity's <c>ResumeInput</c>.</summary>
    public JsonObject? TriggerInput { get; init; }

    /// <summary>The instance that started this one; null for a root.</summary>
    public string? ParentInstanceId { get; init; }

    /// <summary>First content of the instance's properties bag.</summary>
    public JsonObject? Properties { get; init; }
}

/// <summary>Resumes one bookmark by id.</summary>
/// <param name="Input">Reaches the activity as <c>ResumeInput</c>.</param>
/// <param name="OnlyIfDueBefore">Timers: resume only while the bookmark is due at this time.</param>
public sealed record ResumeBookmark(
    string WorkflowInstanceId,
    string BookmarkId,
    JsonObject? Input = null,
    string? Cause = null,
    IReadOnlyList<object>? Companions = null,
    BurstGuard? Guard = null,
    DateTimeOffset? OnlyIfDueBefore = null);

/// <summary>Cancels a running instance: waiting activities are told, bookmarks burnt, nothing further runs.</summary>
public sealed record CancelWorkflow(
    string WorkflowInstanceId,
    string? Cause = null,
    IReadOnlyList<object>? Companions = null,
    BurstGuard? Guard = null);

public enum BurstStatus
{
    /// <summary>The burst ran and is committed.</summary>
    Executed,

    /// <summary>No such instance.</summary>
    InstanceNotFound,

    /// <summary>The instance no longer waits there; the companions of a settled effect were still written.</summary>
    BookmarkGone,

    /// <summary>The definition's activation strategy does not allow another instance now; companions were still written.</summary>
    CannotStart,
}

/// <param name="Instance">The instance after the burst; null when unknown.</param>
/// <param name="Faulted">Messages of the incidents this burst recorded.</param>
public sealed record BurstResult(BurstStatus Status, InstanceRecord? Instance, IReadOnlyList<string> Faulted)
{
    public bool Executed => Status == BurstStatus.Executed;
}
