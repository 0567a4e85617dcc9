using System.Security.Cryptography;
using Npgsql;

namespace Cleiss.Persistence.Files;

/// <param name="Sha256">Lower-case hexadecimal; equal contents are stored once.</param>
public sealed record StoredFile(string Id, string Sha256, string Name, string MediaType, long Size, string UploadedBy, DateTimeOffset UploadedAt);

/// <summary>PDFs, attachments and uploads, by content, in the database: hosts share no disk.</summary>
public sealed class FileStore(NpgsqlDataSource database, TimeProvider time)
{
    public async Task<StoredFile> SaveAsync(string name, string mediaType, byte[] content, string uploadedBy, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection, transaction);
        var file = Write(batch, Guid.CreateVersion7().ToString("N"), name, mediaType, content, uploadedBy, time.GetUtcNow());
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return file;
    }

    public async Task<StoredFile?> FindAsync(string id, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "select id, sha256, name, media_type, size, uploaded_by, uploaded_at from files where id = $1");
        command.Parameters.Add(new() { Value = id });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? Read(reader) : null;
    }

    /// <summary>The file with its bytes; null when there is none with this id.</summary>
    /// <exception cref="InvalidDataException">The stored bytes are no longer those that were handed in.</exception>
    public async Task<(StoredFile File, byte[] Content)?> ReadAsync(string id, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            select f.id, f.sha256, f.name, f.media_type, f.size, f.uploaded_by, f.uploaded_at, c.content
            from files f join file_contents c on c.sha256 = f.sha256 where f.id = $1
            """);
        command.Parameters.Add(new() { Value = id });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            return null;
        }

        var file = Read(reader);
        var content = (byte[])reader.GetValue(7);
        return HashOf(content) == file.Sha256
            ? (file, content)
            : throw new InvalidDataException($"The content of file {file.Id} no longer has the SHA-256 it was stored under ({file.Sha256}).");
    }

    /// <summary>Adds the statements that store a file to a batch, e.g. of a burst.</summary>
    /// <param name="id">Chosen by the caller, so that a repeated effect stores the same file once.</param>
    public static StoredFile Write(
        NpgsqlBatch batch, string id, string name, string mediaType, byte[] content, string uploadedBy, DateTimeOffset uploadedAt)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(name);

        // The sender's words; the database takes no NUL.
        name = name.Replace('\0', '\ufffd');
        ArgumentNullException.ThrowIfNull(content);
        var file = new StoredFile(id, HashOf(content), name, mediaType, content.LongLength, uploadedBy, uploadedAt);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            "insert into file_contents (sha256, size, content) values ($1, $2, $3) on conflict (sha256) do nothing")
        {
            Parameters = { new() { Value = file.Sha256 }, new() { Value = file.Size }, new() { Value = content } },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            insert into files (id, sha256, name, media_type, size, uploaded_by, uploaded_at)
            values ($1, $2, $3, $4, $5, $6, $7) on conflict (id) do nothing
            """)
        {
            Parameters =
            {
                new() { Value = file.Id },
                new() { Value = file.Sha256 },
                new() { Value = file.Name },
                new() { Value = file.MediaType },
                new() { Value = file.Size },
                new() { Value = file.UploadedBy },
                new() { Value = uploadedAt.ToUniversalTime() },
            },
        });
        return file;
    }

    public static string HashOf(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private static StoredFile Read(NpgsqlDataReader reader) => new(
        reader.GetString(0),
        reader.GetString(1),
        reader.GetString(2),
        reader.GetString(3),
        reader.GetInt64(4),
        reader.GetString(5),
        reader.GetFieldValue<DateTimeOffset>(6));
}
