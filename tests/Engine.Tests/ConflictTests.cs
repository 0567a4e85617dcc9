using System.Text.Json.Nodes;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.Execution;
using Cleiss.Engine.Storage;
using Cleiss.TestKit.Workflows;
using Xunit;
using static Cleiss.TestKit.Workflows.FlowJson;

namespace Cleiss.Engine.Tests;

/// <summary>A burst that loses a deadlock runs again from what was asked, not from what the lost attempt made of it.</summary>
public sealed class ConflictTests
{
    [Fact]
    public async Task AChild_WhoseFirstAttemptLostADeadlock_StillReportsToItsParent()
    {
        await using var host = new WorkflowTestHost();
        var definition = await host.PublishAsync(Definition(Sequence(Line("a", "fait"))));
        var store = new StoreThatConflictsOnce(host.Store);
        var runtime = new WorkflowRuntime(store, host.Get<DefinitionCache>(), host.Get<WorkflowRunner>(), host.Get<BurstSignals>(), host.Time);

        await runtime.StartAsync(
            new StartWorkflow(definition.Id)
            {
                Properties = new JsonObject { ["reportTo"] = new JsonObject { ["instanceId"] = "parent", ["bookmarkId"] = "attente", ["idle"] = false } },
            },
            CancellationToken.None);

        Assert.Equal(2, store.Commits);
        Assert.Equal("attente", Assert.Single(host.Store.Effects).Effect.BookmarkId);
    }

    private sealed class StoreThatConflictsOnce(IWorkflowStore inner) : IWorkflowStore
    {
        public int Commits { get; private set; }

        public async Task<IBurstTransaction> BeginAsync(string workflowInstanceId, CancellationToken cancellationToken) =>
            new Transaction(this, await inner.BeginAsync(workflowInstanceId, cancellationToken));

        public async Task<IBurstTransaction> BeginWaitingAsync(
            string hash, string? workflowInstanceId, string? correlationId, CancellationToken cancellationToken) =>
            new Transaction(this, await inner.BeginWaitingAsync(hash, workflowInstanceId, correlationId, cancellationToken));

        public async Task<IBurstTransaction> BeginNewAsync(bool guarded, CancellationToken cancellationToken) =>
            new Transaction(this, await inner.BeginNewAsync(guarded, cancellationToken));

        public Task<IReadOnlyList<Bookmark>> FindBookmarksAsync(string hash, string? workflowInstanceId, string? correlationId, CancellationToken cancellationToken) =>
            inner.FindBookmarksAsync(hash, workflowInstanceId, correlationId, cancellationToken);

        public Task<Bookmark?> FindBookmarkAsync(string bookmarkId, CancellationToken cancellationToken) => inner.FindBookmarkAsync(bookmarkId, cancellationToken);

        public Task<IReadOnlyList<DueBookmark>> FindDueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
            inner.FindDueAsync(now, limit, cancellationToken);

        public Task<DateTimeOffset?> NextDueAsync(CancellationToken cancellationToken) => inner.NextDueAsync(cancellationToken);

        public Task<IReadOnlyList<string>> FindRunningChildrenAsync(string parentInstanceId, int limit, CancellationToken cancellationToken) =>
            inner.FindRunningChildrenAsync(parentInstanceId, limit, cancellationToken);

        private sealed class Transaction(StoreThatConflictsOnce store, IBurstTransaction inner) : IBurstTransaction
        {
            public InstanceRecord? Instance => inner.Instance;

            public IReadOnlyList<BookmarkKey> Waiting => inner.Waiting;

            public IReadOnlyList<Bookmark> Bookmarks => inner.Bookmarks;

            public System.Data.Common.DbConnection? Connection => inner.Connection;

            public Task<WorkflowSubStatus?> HoldStateAsync(string workflowInstanceId, CancellationToken cancellationToken) =>
                inner.HoldStateAsync(workflowInstanceId, cancellationToken);

            public Task<bool> TryActivateAsync(Cleiss.Engine.Composition.ActivationScope scope, CancellationToken cancellationToken) =>
                inner.TryActivateAsync(scope, cancellationToken);

            public Task CommitAsync(Burst burst, CancellationToken cancellationToken) =>
                store.Commits++ == 0 ? throw new BurstConflictException("lost") : inner.CommitAsync(burst, cancellationToken);

            public ValueTask DisposeAsync() => inner.DisposeAsync();
        }
    }
}
