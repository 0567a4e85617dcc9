using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cleiss.Persistence;
using Cleiss.Persistence.People;
using Cleiss.Persistence.Trails;
using Npgsql;

namespace Cleiss.Documents.Templates;

/// <summary>Why a change was not made.</summary>
public enum TemplateRefusal
{
    /// <summary>Somebody else saved the draft meanwhile.</summary>
    ChangedMeanwhile,

    NoDraft,
}

/// <summary>Document and mail templates by code and version. Published versions never change.</summary>
public sealed class TemplateStore(NpgsqlDataSource database, TimeProvider time)
{
    private const string Columns =
        "select code, version, state, files::text, hash, shipped, created_at, created_by, published_at, published_by from template_versions";

    private readonly ConcurrentDictionary<(string Code, int Version), TemplateVersion> _published = new();

    /// <summary>Codes of all templates that are in use.</summary>
    public async Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select distinct code from template_versions where state = 'published' order by code");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var codes = new List<string>();
        while (await reader.ReadAsync(cancellationToken))
        {
            codes.Add(reader.GetString(0));
        }

        return codes;
    }

    public async Task<bool> ExistsAsync(string code, CancellationToken cancellationToken) => (await ListAsync(cancellationToken)).Contains(code, StringComparer.Ordinal);

    /// <param name="version">Null for the version in use.</param>
    /// <exception cref="KeyNotFoundException">No such template; the message names those there are.</exception>
    public async Task<TemplateVersion> ReadAsync(string code, int? version, CancellationToken cancellationToken) =>
        await FindAsync(code, version, cancellationToken)
        ?? throw new KeyNotFoundException(
            $"There is no template « {code} »{(version is null ? "" : $" version {version}")}. Known templates: {string.Join(", ", await ListAsync(cancellationToken))}.");

    /// <param name="version">Null for the version in use.</param>
    public async Task<TemplateVersion?> FindAsync(string code, int? version, CancellationToken cancellationToken)
    {
        if (version is { } wanted && _published.TryGetValue((code, wanted), out var known))
        {
            return known;
        }

        await using var command = database.CreateCommand(
            $"{Columns} where code = $1 and ($2::integer is null and state = 'published' or version = $2) order by version desc limit 1");
        command.AddParameters(Sql.Text(code), Sql.Int(version));
        var found = await ReadAsync(command, cancellationToken) is [var one] ? one : null;
        return found is { State: TemplateState.Published } ? _published.GetOrAdd((code, found.Version), found) : found;
    }

    /// <summary>What an owner goes on editing: the own draft, or else the version in use, or else what a release proposes.</summary>
    public async Task<TemplateVersion?> FindEditedAsync(string code, CancellationToken cancellationToken)
    {
        var versions = await VersionsAsync(code, cancellationToken);
        return Edited([.. versions.Reverse()]);
    }

    /// <summary>Newest first.</summary>
    public async Task<IReadOnlyList<TemplateVersion>> VersionsAsync(string code, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Columns + " where code = $1 order by version desc");
        command.AddParameters(Sql.Text(code));
        return await ReadAsync(command, cancellationToken);
    }

    public async Task<IReadOnlyList<TemplateSummary>> SummariesAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Columns + " order by code, version");
        return [.. (await ReadAsync(command, cancellationToken)).GroupBy(row => row.Code, StringComparer.Ordinal).Select(Summarize)];
    }

    /// <summary>Keeps the owner's draft; the first one of a code creates the template.</summary>
    /// <param name="expectedHash">Hash of the draft or version the owner began from; null takes no notice of others.</param>
    public async Task<(TemplateVersion? Saved, TemplateRefusal? Refusal)> SaveDraftAsync(
        string code, IReadOnlyDictionary<string, string> files, string? expectedHash, Actor actor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(actor);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var rows = await LockAsync(connection, code, cancellationToken);
        var draft = rows.FindLast(row => row is { State: TemplateState.Draft, Shipped: false });
        if (expectedHash is not null && expectedHash != Edited(rows)?.Hash)
        {
            return (null, TemplateRefusal.ChangedMeanwhile);
        }

        var version = draft?.Version ?? Next(rows);
        await using var batch = new NpgsqlBatch(connection, transaction);
        if (draft is not null)
        {
            batch.Add(
                "update template_versions set files = $3, hash = $4, created_at = $5, created_by = $6 where code = $1 and version = $2",
                Sql.Text(code), Sql.Int(version), Sql.Json(ToJson(files)), Sql.Text(TemplateVersion.HashOf(files)), Sql.Time(time.GetUtcNow()), Sql.Text(actor.Id));
        }
        else
        {
            AddInsert(batch, code, version, TemplateState.Draft, files, shipped: false, actor.Id);
        }

        Note(batch, actor, "template.draft-saved", $"a modifié le brouillon du modèle « {code} » (version {version})");
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return (await FindAsync(code, version, cancellationToken), null);
    }

    /// <summary>Publishes a draft exactly as it was checked.</summary>
    /// <param name="draft">As read and checked by the caller.</param>
    public async Task<(TemplateVersion? Published, TemplateRefusal? Refusal)> PublishAsync(TemplateVersion draft, Actor actor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(draft);
        ArgumentNullException.ThrowIfNull(actor);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var rows = await LockAsync(connection, draft.Code, cancellationToken);
        var row = rows.Find(candidate => candidate.Version == draft.Version);
        if (row is not { State: TemplateState.Draft })
        {
            return (null, TemplateRefusal.NoDraft);
        }

        if (row.Hash != draft.Hash)
        {
            return (null, TemplateRefusal.ChangedMeanwhile);
        }

        // A draft older than what was published meanwhile becomes the newest version, since the newest is the one in use.
        var number = rows.Exists(other => other.State == TemplateState.Published && other.Version > row.Version) ? Next(rows) : row.Version;
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.Add(
            "update template_versions set version = $3, state = 'published', published_at = $4, published_by = $5 where code = $1 and version = $2",
            Sql.Text(draft.Code), Sql.Int(row.Version), Sql.Int(number), Sql.Time(time.GetUtcNow()), Sql.Text(actor.Id));
        Note(batch, actor, "template.published", $"a publié le modèle « {draft.Code} » (version {number})");
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return (await FindAsync(draft.Code, number, cancellationToken), null);
    }

    /// <summary>Throws a draft away.</summary>
    /// <returns>False when there was none.</returns>
    public async Task<bool> DiscardDraftAsync(string code, Actor actor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(actor);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var draft = (await LockAsync(connection, code, cancellationToken)).FindLast(row => row is { State: TemplateState.Draft, Shipped: false });
        if (draft is null)
        {
            return false;
        }

        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.Add("delete from template_versions where code = $1 and version = $2", Sql.Text(code), Sql.Int(draft.Version));
        Note(batch, actor, "template.draft-discarded", $"a abandonné le brouillon du modèle « {code} » (version {draft.Version})");
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>
    /// Brings in a template that came with this release: published when the newest version is exactly what the last release brought, otherwise
    /// proposed as a draft beside the owner's work.
    /// </summary>
    public async Task SeedAsync(string code, IReadOnlyDictionary<string, string> files, CancellationToken cancellationToken)
    {
        var hash = TemplateVersion.HashOf(files);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var rows = await LockAsync(connection, code, cancellationToken);
        if (rows.Exists(row => row.Hash == hash && (row.Shipped || row.State == TemplateState.Published)))
        {
            return;
        }

        var untouched = rows.Count == 0 || rows[^1] is { State: TemplateState.Published, Shipped: true };
        await using var batch = new NpgsqlBatch(connection, transaction);
        foreach (var outdated in rows.Where(row => row is { State: TemplateState.Draft, Shipped: true }))
        {
            batch.Add("delete from template_versions where code = $1 and version = $2", Sql.Text(code), Sql.Int(outdated.Version));
        }

        AddInsert(batch, code, Next(rows), untouched ? TemplateState.Published : TemplateState.Draft, files, shipped: true, Actor.System.Id);
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private void AddInsert(
        NpgsqlBatch batch, string code, int version, TemplateState state, IReadOnlyDictionary<string, string> files, bool shipped, string actorId)
    {
        var now = time.GetUtcNow();
        var published = state == TemplateState.Published;
        batch.Add(
            """
            insert into template_versions (code, version, state, files, hash, shipped, created_at, created_by, published_at, published_by)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            """,
            Sql.Text(code), Sql.Int(version), Sql.Text(published ? "published" : "draft"), Sql.Json(ToJson(files)), Sql.Text(TemplateVersion.HashOf(files)),
            Sql.Bool(shipped), Sql.Time(now), Sql.Text(actorId), Sql.Time(published ? now : null), Sql.Text(published ? actorId : null));
    }

    private void Note(NpgsqlBatch batch, Actor actor, string kind, string sentence) =>
        TrailSql.Append(batch, new TrailEntry(TrailIds.Definitions, actor, kind, sentence), time.GetUtcNow());

    private static TemplateSummary Summarize(IEnumerable<TemplateVersion> versions)
    {
        var rows = versions.ToList();
        var draft = rows.FindLast(row => row is { State: TemplateState.Draft, Shipped: false }) ?? rows.FindLast(row => row.State == TemplateState.Draft);
        var last = rows.MaxBy(row => row.PublishedAt ?? row.CreatedAt)!;
        return new TemplateSummary(
            rows[0].Code, rows[^1].Kind, rows.FindLast(row => row.State == TemplateState.Published)?.Version, draft?.Version,
            rows.Exists(row => row is { State: TemplateState.Draft, Shipped: true }), last.PublishedAt ?? last.CreatedAt, last.PublishedBy ?? last.CreatedBy);
    }

    /// <param name="rows">Oldest first.</param>
    private static TemplateVersion? Edited(List<TemplateVersion> rows) =>
        rows.FindLast(row => row is { State: TemplateState.Draft, Shipped: false }) ?? rows.FindLast(row => row.State == TemplateState.Published) ?? rows.LastOrDefault();

    private static int Next(List<TemplateVersion> rows) => rows.Count == 0 ? 1 : rows[^1].Version + 1;

    private static JsonObject ToJson(IReadOnlyDictionary<string, string> files) =>
        new(files.OrderBy(file => file.Key, StringComparer.Ordinal).Select(file => KeyValuePair.Create<string, JsonNode?>(file.Key, file.Value)));

    // One writer per template: two owners saving at once must not both create « the next version ».
    private static async Task<List<TemplateVersion>> LockAsync(NpgsqlConnection connection, string code, CancellationToken cancellationToken)
    {
        await using var take = new NpgsqlCommand("select pg_advisory_xact_lock(hashtextextended('template:' || $1, 0))", connection);
        take.AddParameters(Sql.Text(code));
        await take.ExecuteNonQueryAsync(cancellationToken);
        await using var command = new NpgsqlCommand(Columns + " where code = $1 order by version", connection);
        command.AddParameters(Sql.Text(code));
        return await ReadAsync(command, cancellationToken);
    }

    private static async Task<List<TemplateVersion>> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<TemplateVersion>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(new TemplateVersion(
                reader.GetString(0), reader.GetInt32(1), reader.GetString(2) == "published" ? TemplateState.Published : TemplateState.Draft,
                JsonSerializer.Deserialize<Dictionary<string, string>>(reader.GetString(3))!, reader.GetString(4), reader.GetBoolean(5),
                reader.GetFieldValue<DateTimeOffset>(6), reader.GetString(7),
                reader.IsDBNull(8) ? null : reader.GetFieldValue<DateTimeOffset>(8), reader.IsDBNull(9) ? null : reader.GetString(9)));
        }

        return rows;
    }
}
