using System.Text.Json.Nodes;
using Cleiss.Forms.Validation;
using Cleiss.Persistence;
using Cleiss.Persistence.People;
using Npgsql;

namespace Cleiss.Forms.Answers;

/// <summary>What a person has typed so far; may be incomplete and wrong.</summary>
/// <param name="SavedBy">User name; <paramref name="SavedByName"/> is how people read it.</param>
public sealed record FormDraft(
    string TaskId, string FormKey, int FormVersion, JsonObject Data, long Revision, string SavedBy, string SavedByName, DateTimeOffset SavedAt);

/// <summary>Either the draft was saved, or somebody (or another window) saved it since.</summary>
public abstract record DraftSaving
{
    public sealed record Saved(long Revision, DateTimeOffset SavedAt) : DraftSaving;

    /// <param name="Current">The draft as it stands, with who saved it and when; null when it was thrown away because the task is done.</param>
    public sealed record Conflict(FormDraft? Current) : DraftSaving;
}

/// <summary>Drafts, one per user task, with a revision that makes concurrent editing visible.</summary>
public sealed class DraftStore(NpgsqlDataSource database, TimeProvider time)
{
    public async Task<FormDraft?> FindAsync(string taskId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "select task_id, form_key, form_version, data::text, revision, saved_by, saved_by_name, saved_at from form_drafts where task_id = $1");
        command.AddParameters(Sql.Text(taskId));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new FormDraft(
                reader.GetString(0),
                reader.GetString(1),
                reader.GetInt32(2),
                JsonNode.Parse(reader.GetString(3))!.AsObject(),
                reader.GetInt64(4),
                reader.GetString(5),
                reader.GetString(6),
                reader.GetFieldValue<DateTimeOffset>(7))
            : null;
    }

    /// <param name="expectedRevision">The revision the person's page knows; 0 when it knows of no draft.</param>
    public async Task<DraftSaving> SaveAsync(
        string taskId, string formKey, int formVersion, JsonObject data, long expectedRevision, Actor actor, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var sql = expectedRevision == 0
            ? """
              insert into form_drafts (task_id, form_key, form_version, data, revision, saved_by, saved_by_name, saved_at)
              values ($1, $2, $3, $4, 1, $5, $6, $7) on conflict (task_id) do nothing returning revision
              """
            : """
              update form_drafts set form_key = $2, form_version = $3, data = $4, revision = revision + 1, saved_by = $5, saved_by_name = $6, saved_at = $7
              where task_id = $1 and revision = $8 returning revision
              """;
        await using var command = database.CreateCommand(sql);
        command.AddParameters(
            Sql.Text(taskId), Sql.Text(formKey), Sql.Int(formVersion), Sql.Json(SafeJson.Copy(data)), Sql.Text(actor.Id), Sql.Text(actor.Name), Sql.Time(now));
        if (expectedRevision != 0)
        {
            command.AddParameters(new NpgsqlParameter<long> { TypedValue = expectedRevision });
        }

        return await command.ExecuteScalarAsync(cancellationToken) is long revision
            ? new DraftSaving.Saved(revision, now)
            : new DraftSaving.Conflict(await FindAsync(taskId, cancellationToken));
    }

    /// <summary>Adds to a batch what puts the draft on another version of its form. The command affects no row when somebody saved the draft since that revision.</summary>
    public static NpgsqlBatchCommand Replace(
        NpgsqlBatch batch, string taskId, string formKey, int formVersion, JsonObject data, long expectedRevision, Actor actor, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(actor);
        batch.Add(
            """
            insert into form_drafts as d (task_id, form_key, form_version, data, revision, saved_by, saved_by_name, saved_at)
            values ($1, $2, $3, $4, 1, $5, $6, $7)
            on conflict (task_id) do update set form_version = $3, data = $4, revision = d.revision + 1, saved_by = $5, saved_by_name = $6, saved_at = $7
            where d.revision = $8
            """,
            Sql.Text(taskId), Sql.Text(formKey), Sql.Int(formVersion), Sql.Json(data), Sql.Text(actor.Id), Sql.Text(actor.Name), Sql.Time(now), Sql.Long(expectedRevision));
        return batch.BatchCommands[^1];
    }

    public async Task DiscardAsync(string taskId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("delete from form_drafts where task_id = $1");
        command.AddParameters(Sql.Text(taskId));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
