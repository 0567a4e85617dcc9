using Cleiss.Engine.Storage;
using Npgsql;

namespace Cleiss.Persistence.Engine;

/// <summary>Writes an instance that came in a file, whole or not at all.</summary>
public sealed class InstanceArrival(NpgsqlDataSource database)
{
    /// <returns>False when there is such an instance already; it stays as it is.</returns>
    public async Task<bool> AddAsync(
        InstanceRecord instance, IReadOnlyList<Bookmark> bookmarks, IReadOnlyList<JournalPage> journal, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(instance);
        ArgumentNullException.ThrowIfNull(bookmarks);
        ArgumentNullException.ThrowIfNull(journal);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection, transaction);
        PostgresWorkflowStore.WriteInstance(batch, instance, isNew: true);
        foreach (var bookmark in bookmarks)
        {
            PostgresWorkflowStore.WriteBookmark(batch, bookmark);
        }

        foreach (var page in journal)
        {
            PostgresWorkflowStore.WriteJournal(batch, instance.Id, page);
        }

        try
        {
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return false;
        }

        await transaction.CommitAsync(cancellationToken);
        return true;
    }
}
