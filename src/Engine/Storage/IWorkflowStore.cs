using System.Data.Common;
using System.Text.Json.Nodes;
using Cleiss.Engine.Alterations;
using Cleiss.Engine.Composition;
using Cleiss.Engine.Execution;

namespace Cleiss.Engine.Storage;

/// <summary>
/// Where instances live. A burst takes one transaction: <see cref="BeginAsync"/> locks the instance row, <see cref="IBurstTransaction.CommitAsync"/>
/// writes all that happened. Disposing without a commit leaves nothing behind.
/// </summary>
public interface IWorkflowStore
{
    /// <summary>Locks an existing instance and loads its state and bookmarks.</summary>
    /// <exception cref="BurstConflictException">Another burst stood in the way; nothing happened, try again.</exception>
    Task<IBurstTransaction> BeginAsync(string workflowInstanceId, CancellationToken cancellationToken);

    /// <summary>Opens the transaction of a new instance, or of companions alone: nothing to lock.</summary>
    /// <param name="guarded">True when a guard will read or write before the commit.</param>
    Task<IBurstTransaction> BeginNewAsync(bool guarded, CancellationToken cancellationToken);

    /// <summary>Bookmarks that a stimulus of this hash resumes, oldest first; restricted to one instance or correlation id when given.</summary>
    Task<IReadOnlyList<Bookmark>> FindBookmarksAsync(string hash, string? workflowInstanceId, string? correlationId, CancellationToken cancellationToken);

    /// <summary>
    /// Finds as <see cref="FindBookmarksAsync"/> does (<see cref="IBurstTransaction.Waiting"/>), and locks and loads the instance of the first
    /// bookmark at once: mostly there is one, and its resume would begin with just that.
    /// </summary>
    /// <exception cref="BurstConflictException">Another burst stood in the way; nothing happened, try again.</exception>
    Task<IBurstTransaction> BeginWaitingAsync(string hash, string? workflowInstanceId, string? correlationId, CancellationToken cancellationToken);

    Task<Bookmark?> FindBookmarkAsync(string bookmarkId, CancellationToken cancellationToken);

    /// <summary>Bookmarks due at or before <paramref name="now"/>, most overdue first.</summary>
    Task<IReadOnlyList<DueBookmark>> FindDueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken);

    /// <summary>The next time a bookmark falls due; null when none waits for a time.</summary>
    Task<DateTimeOffset?> NextDueAsync(CancellationToken cancellationToken);

    /// <summary>Ids of instances that this one started and that have not finished.</summary>
    Task<IReadOnlyList<string>> FindRunningChildrenAsync(string parentInstanceId, int limit, CancellationToken cancellationToken);
}

public sealed record DueBookmark(string BookmarkId, string WorkflowInstanceId, DateTimeOffset DueAt);

/// <summary>A bookmark's id, and whose it is.</summary>
public sealed record BookmarkKey(string BookmarkId, string WorkflowInstanceId);

/// <summary>The transaction of one burst.</summary>
public interface IBurstTransaction : IAsyncDisposable
{
    /// <summary>The locked instance; null when new or unknown.</summary>
    InstanceRecord? Instance { get; }

    /// <summary>All who wait for the stimulus, oldest first, when the transaction was begun for one.</summary>
    IReadOnlyList<BookmarkKey> Waiting { get; }

    /// <summary>All bookmarks of the locked instance.</summary>
    IReadOnlyList<Bookmark> Bookmarks { get; }

    /// <summary>The open connection, for guards that must read or write under the same lock; null in memory.</summary>
    DbConnection? Connection { get; }

    /// <summary>Reads another instance's sub-status, which cannot change until this transaction ends; null when there is none.</summary>
    Task<WorkflowSubStatus?> HoldStateAsync(string workflowInstanceId, CancellationToken cancellationToken);

    /// <summary>True when no running instance is in the scope; until this transaction ends, other starts of the same scope wait.</summary>
    Task<bool> TryActivateAsync(ActivationScope scope, CancellationToken cancellationToken);

    Task CommitAsync(Burst burst, CancellationToken cancellationToken);
}

/// <summary>Two bursts waited for each other and the database chose this one to step back. Nothing was written.</summary>
public sealed class BurstConflictException : Exception
{
    public BurstConflictException()
    {
    }

    public BurstConflictException(string message)
        : base(message)
    {
    }

    public BurstConflictException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>An instance as stored: columns for lists and filters, <see cref="State"/> for the engine alone.</summary>
public sealed record InstanceRecord(
    string Id,
    string DefinitionId,
    string DefinitionVersionId,
    int Version,
    string? CorrelationId,
    string? Name,
    WorkflowStatus Status,
    WorkflowSubStatus SubStatus,
    string? ParentInstanceId,
    int IncidentCount,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? FinishedAt,
    ReadOnlyMemory<byte> State);

/// <summary>All that one burst wants written, together or not at all.</summary>
public sealed class Burst
{
    public required DateTimeOffset Now { get; init; }

    /// <summary>Who or what caused the burst: an account's id, <c>timer</c>, <c>http</c>, a kind of effect… Message of its first line in the journal.</summary>
    public string? Cause { get; init; }

    public bool IsNew { get; set; }

    /// <summary>Null when only companions are to be written (the instance no longer waits for this stimulus).</summary>
    public InstanceRecord? Instance { get; set; }

    public List<Bookmark> NewBookmarks { get; } = [];

    public List<string> BurnedBookmarkIds { get; } = [];

    /// <summary>Bookmarks that go on under another activity id, after a migration.</summary>
    public List<Bookmark> MovedBookmarks { get; } = [];

    /// <summary>Set when the instance moved to another version of its definition.</summary>
    public InstanceMigrated? Migration { get; set; }

    public List<EffectRequest> Effects { get; } = [];

    public BurstJournal Journal { get; } = new();

    /// <summary>Records for burst participants, in order.</summary>
    public List<object> Companions { get; } = [];
}

/// <summary>Companion: effects whose result goes to other instances than the one of the burst, or to none.</summary>
public sealed record EnqueueEffects(IReadOnlyList<TargetedEffect> Effects);

/// <param name="WorkflowInstanceId">Instance of the bookmark that the effect resumes; null when nobody waits.</param>
public sealed record TargetedEffect(EffectRequest Request, string? WorkflowInstanceId, string? CorrelationId);

/// <summary>An effect to be put into the outbox.</summary>
public sealed record EffectRequest(string Id, string Kind, string IdempotencyKey, JsonObject Payload, string? BookmarkId);

/// <summary>One line of an instance's execution log, as Elsa's journal shows it.</summary>
public sealed record JournalRecord(
    int Sequence,
    DateTimeOffset At,
    string EventName,
    string ActivityId,
    int ActivityNumber,
    int? ParentNumber,
    string ActivityType,
    int ActivityTypeVersion,
    string? ActivityName,
    string NodeId,
    string? Message,
    JsonObject? ActivityState,
    JsonObject? Payload);
