using System.Text;
using System.Text.Json;
using Cleiss.Forms.Catalogue;
using Cleiss.Host.ElsaApi.Instances;
using Cleiss.Persistence;
using Cleiss.Persistence.Engine;
using Microsoft.AspNetCore.SignalR;
using Npgsql;

namespace Cleiss.Host.ElsaApi.Live;

/// <summary>
/// Tells those who look at an instance that it has changed: those of this host directly, those of the others through the database's
/// notifications. Changes are gathered for a moment, so that a busy flow costs a few messages a second and not one for each commit.
/// </summary>
internal sealed partial class InstanceNews(
    NpgsqlDataSource database, InstanceChanges changes, Viewers viewers, JournalLists journal, InstanceLists lists, PersonalKeys personal,
    IHubContext<WorkflowInstanceHub, IWorkflowInstanceClient> hub, ILogger<InstanceNews> logger) : BackgroundService
{
    private const string Channel = "cleiss_instances";

    // PostgreSQL takes 8000 bytes; a list that is longer says that anything may have changed.
    private const int LargestPayload = 7900;
    private const string Any = "*";

    private static readonly TimeSpan Coalescing = TimeSpan.FromMilliseconds(150);

    // Studio's journal draws what it fetched only when something else is drawn afterwards: the last news is told once more when all is fetched.
    private static readonly TimeSpan OnceMoreAfter = TimeSpan.FromSeconds(1);

    private readonly ActivityExecutions _executions = new(journal, lists, personal);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        KeepAsync(ListenAsync, stoppingToken), KeepAsync(SendAsync, stoppingToken));

    /// <summary>Badges, journal and instance, in this order: after the last one a viewer of a finished instance hangs up.</summary>
    private async Task TellAsync(string instanceId, CancellationToken cancellationToken)
    {
        var client = hub.Clients.Group(instanceId);
        await client.ActivityExecutionLogUpdatedAsync(new ActivityExecutionLogUpdated(await _executions.StatsAsync(instanceId, null, cancellationToken)));
        await client.WorkflowExecutionLogUpdatedAsync(new WorkflowExecutionLogUpdated());
        await client.WorkflowInstanceUpdatedAsync(new WorkflowInstanceUpdated(instanceId));
    }

    private async Task KeepAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await work(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                LogInterrupted(logger, e.Message);
                await Task.Delay(TimeSpan.FromSeconds(1), CancellationToken.None);
            }
        }
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var heard = new Queue<string>();
        connection.Notification += (_, news) => heard.Enqueue(news.Payload);
        await using (var listen = new NpgsqlCommand($"listen {Channel}", connection))
        {
            await listen.ExecuteNonQueryAsync(cancellationToken);
        }

        // Whatever changed while nobody listened.
        heard.Enqueue(Any);
        var told = new HashSet<string>(StringComparer.Ordinal);
        while (true)
        {
            while (heard.TryDequeue(out var payload))
            {
                told.UnionWith(await TellViewersAsync(payload == Any ? null : JsonSerializer.Deserialize<HashSet<string>>(payload), cancellationToken));
            }

            if (told.Count == 0)
            {
                await connection.WaitAsync(cancellationToken);
            }
            else if (!await connection.WaitAsync(OnceMoreAfter, cancellationToken))
            {
                await TellViewersAsync(told, cancellationToken);
                told.Clear();
            }
        }
    }

    private async Task SendAsync(CancellationToken cancellationToken)
    {
        await changes.WaitAsync(cancellationToken);
        await Task.Delay(Coalescing, cancellationToken);
        var payload = changes.Take() is { } changed ? JsonSerializer.Serialize(changed) : Any;
        // After the commits and gathered: NOTIFY inside them would put all commits of the database in one queue. This host hears it too.
        try
        {
            await using var notify = database.CreateCommand("select pg_notify($1, $2)");
            notify.AddParameters(Sql.Text(Channel), Sql.Text(Encoding.UTF8.GetByteCount(payload) <= LargestPayload ? payload : Any));
            await notify.ExecuteNonQueryAsync(cancellationToken);
        }
        catch
        {
            changes.GiveBack();
            throw;
        }
    }

    /// <returns>The instances somebody was told of.</returns>
    private async Task<IReadOnlyCollection<string>> TellViewersAsync(HashSet<string>? changed, CancellationToken cancellationToken)
    {
        string[] watched = [.. viewers.Watched.Where(instance => changed?.Contains(instance) ?? true)];
        foreach (var instanceId in watched)
        {
            await TellAsync(instanceId, cancellationToken);
        }

        return watched;
    }

    [LoggerMessage(3101, LogLevel.Warning, "Live updates of instances pause for a second: {Reason}")]
    private static partial void LogInterrupted(ILogger logger, string reason);
}
