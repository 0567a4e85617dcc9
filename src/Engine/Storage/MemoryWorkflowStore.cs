using System.Collections.Concurrent;
using System.Data.Common;
using System.Text.Json.Nodes;
using Cleiss.Engine.Composition;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.Execution;
using Cleiss.Engine.Triggers;

namespace Cleiss.Engine.Storage;

/// <summary>Instances in memory, for tests and benchmarks: same locking and all-or-nothing commits as on PostgreSQL, nothing durable.</summary>
public sealed class MemoryWorkflowStore : IWorkflowStore
{
    private readonly ConcurrentDictionary<string, Row> _rows = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _activations = new(StringComparer.Ordinal);

    /// <summary>Effects nobody has settled yet, oldest first.</summary>
    public ConcurrentQueue<(string? WorkflowInstanceId, EffectRequest Effect)> Effects { get; } = [];

    public ConcurrentQueue<object> Companions { get; } = [];

    public InstanceRecord? Find(string instanceId) => _rows.GetValueOrDefault(instanceId)?.Instance;

    public IReadOnlyList<JournalRecord> Journal(string instanceId) => _rows.TryGetValue(instanceId, out var row) ? [.. row.Journal.SelectMany(page => page.Read())] : [];

    public IReadOnlyList<Bookmark> Bookmarks(string instanceId) => _rows.TryGetValue(instanceId, out var row) ? row.Bookmarks : [];

    public async Task<IBurstTransaction> BeginAsync(string workflowInstanceId, CancellationToken cancellationToken)
    {
        if (!_rows.TryGetValue(workflowInstanceId, out var row))
        {
            return new Transaction(this, null, []);
        }

        await row.Lock.WaitAsync(cancellationToken);
        return new Transaction(this, row, []);
    }

    public async Task<IBurstTransaction> BeginWaitingAsync(
        string hash, string? workflowInstanceId, string? correlationId, CancellationToken cancellationToken)
    {
        var waiting = await FindBookmarksAsync(hash, workflowInstanceId, correlationId, cancellationToken);
        var row = waiting is [var first, ..] ? _rows[first.WorkflowInstanceId] : null;
        if (row is not null)
        {
            await row.Lock.WaitAsync(cancellationToken);
        }

        return new Transaction(this, row, [.. waiting.Select(bookmark => new BookmarkKey(bookmark.Id, bookmark.WorkflowInstanceId))]);
    }

    public Task<IBurstTransaction> BeginNewAsync(bool guarded, CancellationToken cancellationToken) =>
        Task.FromResult<IBurstTransaction>(new Transaction(this, null, []));

    public Task<IReadOnlyList<Bookmark>> FindBookmarksAsync(
        string hash, string? workflowInstanceId, string? correlationId, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Bookmark>>([.. All().Where(b => b.Hash == hash
            && (workflowInstanceId is null || b.WorkflowInstanceId == workflowInstanceId)
            && (correlationId is null || b.CorrelationId == correlationId))]);

    public Task<Bookmark?> FindBookmarkAsync(string bookmarkId, CancellationToken cancellationToken) =>
        Task.FromResult(All().FirstOrDefault(b => b.Id == bookmarkId));

    public Task<IReadOnlyList<DueBookmark>> FindDueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<DueBookmark>>([.. All().Where(b => b.DueAt <= now).OrderBy(b => b.DueAt).Take(limit)
            .Select(b => new DueBookmark(b.Id, b.WorkflowInstanceId, b.DueAt!.Value))]);

    public Task<DateTimeOffset?> NextDueAsync(CancellationToken cancellationToken) => Task.FromResult(All().Min(b => b.DueAt));

    public Task<IReadOnlyList<string>> FindRunningChildrenAsync(string parentInstanceId, int limit, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string>>([.. Instances
            .Where(instance => instance.ParentInstanceId == parentInstanceId && instance.Status == WorkflowStatus.Running).Select(instance => instance.Id).Take(limit)]);

    private IEnumerable<InstanceRecord> Instances => _rows.Values.Select(row => row.Instance).OfType<InstanceRecord>();

    private IEnumerable<Bookmark> All() => _rows.Values.SelectMany(row => row.Bookmarks).OrderBy(b => b.CreatedAt).ThenBy(b => b.WorkflowInstanceId, StringComparer.Ordinal).ThenBy(b => b.ActivityNumber);

    private sealed class Row
    {
        public SemaphoreSlim Lock { get; } = new(1, 1);

        public InstanceRecord? Instance { get; set; }

        public IReadOnlyList<Bookmark> Bookmarks { get; set; } = [];

        public List<JournalPage> Journal { get; } = [];
    }

    private sealed class Transaction(MemoryWorkflowStore store, Row? row, IReadOnlyList<BookmarkKey> waiting) : IBurstTransaction
    {
        private SemaphoreSlim? _activation;

        public InstanceRecord? Instance => row?.Instance;

        public IReadOnlyList<BookmarkKey> Waiting => waiting;

        public IReadOnlyList<Bookmark> Bookmarks => row?.Bookmarks ?? [];

        public DbConnection? Connection => null;

        public Task<WorkflowSubStatus?> HoldStateAsync(string workflowInstanceId, CancellationToken cancellationToken) =>
            Task.FromResult(store.Find(workflowInstanceId)?.SubStatus);

        public async Task<bool> TryActivateAsync(ActivationScope scope, CancellationToken cancellationToken)
        {
            _activation = store._activations.GetOrAdd(scope.Key, _ => new SemaphoreSlim(1, 1));
            await _activation.WaitAsync(cancellationToken);
            return !store.Instances.Any(instance => instance is { Status: WorkflowStatus.Running, SubStatus: not WorkflowSubStatus.Faulted }
                && (scope.DefinitionId is null || instance.DefinitionId == scope.DefinitionId)
                && (scope.CorrelationId is null || instance.CorrelationId == scope.CorrelationId));
        }

        public Task CommitAsync(Burst burst, CancellationToken cancellationToken)
        {
            if (burst.Instance is { } instance)
            {
                var target = row ?? store._rows.GetOrAdd(instance.Id, _ => new Row());
                if (burst.IsNew && target.Instance is not null)
                {
                    throw new InvalidOperationException($"Instance {instance.Id} exists already.");
                }

                target.Instance = instance;
                if (burst.BurnedBookmarkIds.Count + burst.NewBookmarks.Count > 0)
                {
                    var burned = burst.BurnedBookmarkIds.ToHashSet(StringComparer.Ordinal);
                    target.Bookmarks = [.. target.Bookmarks.Where(b => !burned.Contains(b.Id)), .. burst.NewBookmarks];
                }

                foreach (var moved in burst.MovedBookmarks)
                {
                    target.Bookmarks = [.. target.Bookmarks.Select(bookmark => bookmark.Id == moved.Id ? moved : bookmark)];
                }

                foreach (var page in burst.Journal.TakePages(burst.Now))
                {
                    target.Journal.Add(page with { Content = page.Content.ToArray() });
                }

                foreach (var effect in burst.Effects)
                {
                    store.Effects.Enqueue((instance.Id, effect));
                }
            }

            foreach (var companion in burst.Companions)
            {
                if (companion is EnqueueEffects more)
                {
                    more.Effects.ToList().ForEach(effect => store.Effects.Enqueue((effect.WorkflowInstanceId, effect.Request)));
                }
                else
                {
                    store.Companions.Enqueue(companion);
                }
            }

            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync()
        {
            row?.Lock.Release();
            _activation?.Release();
            return ValueTask.CompletedTask;
        }
    }
}

/// <summary>Definitions in memory, for tests and benchmarks.</summary>
public sealed class MemoryDefinitionStore(TimeProvider time, TriggerIndexer? indexer = null, MemoryTriggerStore? triggers = null) : IDefinitionStore
{
    private readonly ConcurrentDictionary<string, WorkflowDefinition> _versions = new(StringComparer.Ordinal);

    public Task<WorkflowDefinition?> FindByIdAsync(string versionId, CancellationToken cancellationToken) =>
        Task.FromResult(_versions.GetValueOrDefault(versionId));

    public Task<IReadOnlyList<WorkflowDefinition>> ListAsync(string? definitionId, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<WorkflowDefinition>>([.. _versions.Values.Where(v => definitionId is null || v.DefinitionId == definitionId)
            .OrderBy(v => v.DefinitionId, StringComparer.Ordinal).ThenByDescending(v => v.Version)]);

    public Task<string?> FindInForceIdAsync(string definitionId, CancellationToken cancellationToken) =>
        Task.FromResult(_versions.Values.FirstOrDefault(v => v.DefinitionId == definitionId && v.IsPublished)?.Id);

    public Task<WorkflowDefinition> SaveDraftAsync(string definitionId, JsonObject document, CancellationToken cancellationToken)
    {
        lock (_versions)
        {
            var latest = _versions.Values.Where(v => v.DefinitionId == definitionId).MaxBy(v => v.Version);
            var isNew = latest is null || latest.PublishedAt is not null;
            if (latest is not null && isNew)
            {
                _versions[latest.Id] = latest with { IsLatest = false };
            }

            var saved = new WorkflowDefinition(
                isNew ? Ids.New() : latest!.Id, definitionId, latest is null ? 1 : isNew ? latest.Version + 1 : latest.Version,
                document["name"]?.GetValue<string>() ?? definitionId, null, true, false, null, null, time.GetUtcNow(), document);
            _versions[saved.Id] = saved;
            return Task.FromResult(saved);
        }
    }

    public async Task<WorkflowDefinition> PublishAsync(string versionId, CancellationToken cancellationToken)
    {
        var indexed = indexer is null ? [] : await indexer.IndexAsync(_versions[versionId], cancellationToken);
        lock (_versions)
        {
            var version = _versions[versionId];
            foreach (var other in _versions.Values.Where(v => v.DefinitionId == version.DefinitionId && v.IsPublished).ToList())
            {
                _versions[other.Id] = other with { IsPublished = false };
            }

            triggers?.Replace(version.DefinitionId, indexed, indexer?.InForceFrom(version), time.GetUtcNow());
            return _versions[versionId] = version with { IsPublished = true, PublishedAt = version.PublishedAt ?? time.GetUtcNow() };
        }
    }

    public Task<WorkflowDefinition?> RetractAsync(string definitionId, CancellationToken cancellationToken)
    {
        lock (_versions)
        {
            if (_versions.Values.FirstOrDefault(v => v.DefinitionId == definitionId && v.IsPublished) is not { } published)
            {
                return Task.FromResult<WorkflowDefinition?>(null);
            }

            triggers?.Remove(definitionId);
            return Task.FromResult<WorkflowDefinition?>(_versions[published.Id] = published with { IsPublished = false });
        }
    }
}
