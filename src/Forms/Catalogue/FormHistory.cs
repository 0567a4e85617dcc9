using System.Text.Json.Nodes;
using Cleiss.Forms.Definitions;
using Cleiss.Persistence;
using Npgsql;

namespace Cleiss.Forms.Catalogue;

/// <param name="Shipped">True when its text came with a release.</param>
/// <param name="SavedBy">As people read it.</param>
/// <param name="PublishedBy">User name; null for a draft.</param>
public sealed record FormVersion(int Version, FormState State, bool Shipped, DateTimeOffset SavedAt, string SavedBy, DateTimeOffset? PublishedAt, string? PublishedBy);

/// <summary>A text of a draft that gave way to another one.</summary>
public sealed record FormCopy(long Id, int Version, DateTimeOffset SavedAt, string SavedBy);

/// <summary>How a form came to be what it is: its versions, and the drafts that were put aside.</summary>
public sealed class FormHistory(NpgsqlDataSource database, FormSchemaReader schemaReader)
{
    /// <summary>Newest first.</summary>
    public async Task<IReadOnlyList<FormVersion>> ListVersionsAsync(string key, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            select version, state, shipped_hash is not null, created_at, coalesce(saved_by_name, created_by), published_at, published_by
            from form_definitions where key = $1 order by version desc
            """);
        command.AddParameters(Sql.Text(key));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var versions = new List<FormVersion>();
        while (await reader.ReadAsync(cancellationToken))
        {
            versions.Add(new FormVersion(
                reader.GetInt32(0),
                reader.GetString(1) == "published" ? FormState.Published : FormState.Draft,
                reader.GetBoolean(2),
                reader.GetFieldValue<DateTimeOffset>(3),
                reader.GetString(4),
                reader.IsDBNull(5) ? null : reader.GetFieldValue<DateTimeOffset>(5),
                reader.IsDBNull(6) ? null : reader.GetString(6)));
        }

        return versions;
    }

    /// <summary>Newest first.</summary>
    public async Task<IReadOnlyList<FormCopy>> ListCopiesAsync(string key, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "select id, version, saved_at, coalesce(saved_by_name, saved_by) from form_draft_copies where key = $1 order by saved_at desc, id desc");
        command.AddParameters(Sql.Text(key));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var copies = new List<FormCopy>();
        while (await reader.ReadAsync(cancellationToken))
        {
            copies.Add(new FormCopy(reader.GetInt64(0), reader.GetInt32(1), reader.GetFieldValue<DateTimeOffset>(2), reader.GetString(3)));
        }

        return copies;
    }

    /// <summary>The text of a copy; null when this form has no such copy.</summary>
    public async Task<FormDefinition?> FindCopyAsync(string key, long id, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select version, schema::text, sample::text from form_draft_copies where key = $1 and id = $2");
        command.AddParameters(Sql.Text(key), Sql.Long(id));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? schemaReader.Check(
                key, reader.GetInt32(0), FormState.Draft, JsonNode.Parse(reader.GetString(1))!.AsObject(), reader.IsDBNull(2) ? null : JsonNode.Parse(reader.GetString(2)) as JsonObject).Definition
            : null;
    }
}
