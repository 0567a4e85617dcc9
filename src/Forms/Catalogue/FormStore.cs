using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Cleiss.Forms.Definitions;
using Cleiss.Persistence;
using Cleiss.Persistence.People;
using Cleiss.Persistence.Trails;
using Npgsql;

namespace Cleiss.Forms.Catalogue;

/// <param name="PublishedVersion">The version in use; null while there is none.</param>
/// <param name="DraftVersion">The newest draft; null when there is none.</param>
public sealed record FormSummary(string Key, string Title, string? Code, int? PublishedVersion, int? DraftVersion)
{
    /// <summary>Two-letter language of the partner; null for a form in French only.</summary>
    public string? PartnerLanguage { get; init; }
}

/// <summary>Forms by key and version. Published versions never change.</summary>
public sealed class FormStore(NpgsqlDataSource database, FormSchemaReader schemaReader, TimeProvider time)
{
    private static readonly TimeSpan Sitting = TimeSpan.FromMinutes(30);

    private readonly ConcurrentDictionary<(string Key, int Version), FormDefinition> _published = new();

    /// <summary>What may name a form: small letters without accents, digits and hyphens.</summary>
    public static bool IsKey(string key) => key.Length is > 0 and <= 80 && key.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    /// <param name="version">Null for the latest published one.</param>
    public async Task<FormDefinition?> FindAsync(string key, int? version, CancellationToken cancellationToken)
    {
        if (version is { } wanted && _published.TryGetValue((key, wanted), out var known))
        {
            return known;
        }

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var rows = await ReadRowsAsync(connection, key, cancellationToken);
        var row = version is null ? rows.LastOrDefault(r => r.State == FormState.Published) : rows.FirstOrDefault(r => r.Version == version);
        if (row is null)
        {
            return null;
        }

        if (row.State == FormState.Published)
        {
            return _published.GetOrAdd((key, row.Version), _ => row.Read(schemaReader));
        }

        return schemaReader.Check(key, row.Version, row.State, row.Schema, row.Sample).Definition;
    }

    /// <summary>The newest version, draft or published: what an owner goes on editing.</summary>
    public async Task<FormDefinition?> FindNewestAsync(string key, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var rows = await ReadRowsAsync(connection, key, cancellationToken);
        var row = OwnDraft(rows) ?? rows.LastOrDefault();
        return row is null ? null : schemaReader.Check(key, row.Version, row.State, row.Schema, row.Sample).Definition;
    }

    public async Task<IReadOnlyList<FormSummary>> ListAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select key, version, state, schema::text from form_definitions order by key, version");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var forms = new SortedDictionary<string, FormSummary>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellationToken))
        {
            var (key, version, published) = (reader.GetString(0), reader.GetInt32(1), reader.GetString(2) == "published");
            var properties = JsonNode.Parse(reader.GetString(3))?["properties"] as JsonObject ?? [];
            var before = forms.GetValueOrDefault(key);
            forms[key] = new FormSummary(
                key,
                FormSchemaReader.Text(properties, "cleiss.title.fr") ?? before?.Title ?? key,
                FormSchemaReader.Text(properties, "cleiss.code") ?? before?.Code,
                published ? version : before?.PublishedVersion,
                published ? before?.DraftVersion : version)
            {
                PartnerLanguage = FormSchemaReader.Text(properties, "cleiss.partner.language"),
            };
        }

        return [.. forms.Values];
    }

    /// <summary>What an owner goes on editing: the draft, or else the version in use, which a first change turns into a draft.</summary>
    public async Task<DesignDraft?> FindDraftAsync(string key, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var rows = await ReadRowsAsync(connection, key, cancellationToken);
        return (OwnDraft(rows) ?? rows.LastOrDefault()) is { } row ? Show(row) : null;
    }

    /// <summary>One version with what is still missing in it.</summary>
    public async Task<DesignDraft?> FindVersionAsync(string key, int version, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var rows = await ReadRowsAsync(connection, key, cancellationToken);
        return rows.Find(row => row.Version == version) is { } row ? Show(row) : null;
    }

    /// <summary>Keeps the owner's draft, unfinished as it may be; a schema nobody could read is refused with all its problems.</summary>
    /// <param name="expectedRevision">Revision of the draft the edit began from, 0 where there was none; null replaces whatever is there.</param>
    /// <param name="asNew">True for a form that must not exist yet.</param>
    public async Task<FormSaving> SaveDraftAsync(
        string key, JsonObject schema, JsonObject? sample, Actor actor, CancellationToken cancellationToken, long? expectedRevision = null, bool asNew = false)
    {
        var (_, problems) = schemaReader.Check(key, 0, FormState.Draft, schema, sample);
        if (problems.Any(problem => problem.Blocking))
        {
            return new FormSaving.Refused(problems);
        }

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await LockAsync(connection, key, cancellationToken);
        var rows = await ReadRowsAsync(connection, key, cancellationToken);
        var draft = OwnDraft(rows);
        if (asNew && rows.Count > 0 || expectedRevision is not null && expectedRevision != (draft?.Revision ?? 0))
        {
            return new FormSaving.Conflict((draft ?? rows.LastOrDefault()) is { } current ? Show(current) : null);
        }

        if (draft is not null && JsonNode.DeepEquals(draft.Schema, schema) && JsonNode.DeepEquals(draft.Sample, sample))
        {
            return new FormSaving.Saved(Show(draft));
        }

        var saved = new Row(key, draft?.Version ?? Next(rows), FormState.Draft, schema, sample, null, (draft?.Revision ?? 0) + 1, time.GetUtcNow(), actor.Id, actor.Name);
        await using var batch = new NpgsqlBatch(connection, transaction);
        if (draft is null)
        {
            AddInsert(batch, saved);
        }
        else
        {
            if (draft.SavedBy != actor.Id)
            {
                AddCopy(batch, draft);
            }

            batch.Add(
                "update form_definitions set schema = $3, sample = $4, created_at = $5, created_by = $6, saved_by_name = $7, revision = $8 where key = $1 and version = $2",
                Sql.Text(key), Sql.Int(saved.Version), Sql.Json(schema), Sql.Json(sample), Sql.Time(saved.SavedAt), Sql.Text(actor.Id), Sql.Text(actor.Name), Sql.Long(saved.Revision));
        }

        // A draft saves itself while one types: the trail tells of a sitting, not of every pause.
        if (draft is null || draft.SavedBy != actor.Id || saved.SavedAt - draft.SavedAt > Sitting)
        {
            TrailSql.Append(batch, new TrailEntry(TrailIds.Definitions, actor, "form.draft-saved", $"a modifié le brouillon du formulaire « {key} » (version {saved.Version})"), saved.SavedAt);
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new FormSaving.Saved(Show(saved));
    }

    /// <summary>Keeps a text that its author gives up in favour of somebody else's, so that nothing typed is lost.</summary>
    public async Task PutAsideAsync(string key, int version, JsonObject schema, JsonObject? sample, Actor actor, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        AddCopy(batch, new Row(key, version, FormState.Draft, schema, sample, null, 0, time.GetUtcNow(), actor.Id, actor.Name));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Gives the draft up: the version in use is again what one edits. The text is kept aside. False when there is no draft.</summary>
    public async Task<bool> AbandonDraftAsync(string key, long expectedRevision, Actor actor, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await LockAsync(connection, key, cancellationToken);
        var draft = OwnDraft(await ReadRowsAsync(connection, key, cancellationToken));
        if (draft is null || draft.Revision != expectedRevision)
        {
            return false;
        }

        await using var batch = new NpgsqlBatch(connection, transaction);
        AddCopy(batch, draft);
        batch.Add("delete from form_definitions where key = $1 and version = $2", Sql.Text(key), Sql.Int(draft.Version));
        TrailSql.Append(batch, new TrailEntry(TrailIds.Definitions, actor, "form.draft-abandoned", $"a abandonné le brouillon du formulaire « {key} » (version {draft.Version})"), time.GetUtcNow());
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <param name="version">The draft to publish; null for the owner's, or else the one that came with a release.</param>
    /// <returns>Null when there is no such draft.</returns>
    public async Task<FormPublication?> PublishAsync(string key, int? version, Actor actor, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await LockAsync(connection, key, cancellationToken);
        var rows = await ReadRowsAsync(connection, key, cancellationToken);
        var drafts = rows.Where(row => row.State == FormState.Draft).ToList();
        var draft = version is not null ? drafts.Find(row => row.Version == version) : drafts.FindLast(row => row.ShippedHash is null) ?? drafts.LastOrDefault();
        if (draft is null)
        {
            return null;
        }

        // A draft older than what was published meanwhile becomes the newest version, since the newest is the one in use.
        var number = rows.Exists(row => row.State == FormState.Published && row.Version > draft.Version) ? Next(rows) : draft.Version;
        var (definition, problems) = schemaReader.Check(key, number, FormState.Published, draft.Schema, draft.Sample);
        if (problems.Count > 0)
        {
            return new FormPublication(null, problems);
        }

        var now = time.GetUtcNow();
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.Add(
            "update form_definitions set version = $3, state = 'published', published_at = $4, published_by = $5 where key = $1 and version = $2",
            Sql.Text(key), Sql.Int(draft.Version), Sql.Int(number), Sql.Time(now), Sql.Text(actor.Id));
        TrailSql.Append(batch, new TrailEntry(TrailIds.Definitions, actor, "form.published", $"a publié le formulaire « {key} » (version {number})"), now);
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new FormPublication(definition, []);
    }

    /// <summary>Brings in a form that came with this release, by the rules of shipped content.</summary>
    internal async Task<ShippedOutcome> SeedAsync(ShippedForm form, CancellationToken cancellationToken)
    {
        var (_, problems) = schemaReader.Check(form.Key, 1, FormState.Published, form.Schema, form.Sample);
        if (problems.Count > 0)
        {
            throw new FormDefinitionException(problems);
        }

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await LockAsync(connection, form.Key, cancellationToken);
        var rows = await ReadRowsAsync(connection, form.Key, cancellationToken);
        if (rows.Exists(row => row.ShippedHash == form.Hash))
        {
            return ShippedOutcome.AlreadyThere;
        }

        var untouched = rows.Count == 0 || rows[^1] is { State: FormState.Published, ShippedHash: not null };
        await using var batch = new NpgsqlBatch(connection, transaction);
        foreach (var outdated in rows.Where(row => row is { State: FormState.Draft, ShippedHash: not null }))
        {
            batch.Add("delete from form_definitions where key = $1 and version = $2", Sql.Text(form.Key), Sql.Int(outdated.Version));
        }

        AddInsert(batch, new Row(
            form.Key, Next(rows), untouched ? FormState.Published : FormState.Draft, form.Schema, form.Sample, form.Hash, 0, time.GetUtcNow(), Actor.System.Id, Actor.System.Name));
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return untouched ? ShippedOutcome.Published : ShippedOutcome.Proposed;
    }

    private static void AddInsert(NpgsqlBatch batch, Row row)
    {
        var published = row.State == FormState.Published;
        batch.Add(
            """
            insert into form_definitions (key, version, state, schema, sample, shipped_hash, created_at, created_by, published_at, published_by, revision, saved_by_name)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
            """,
            Sql.Text(row.Key), Sql.Int(row.Version), Sql.Text(published ? "published" : "draft"), Sql.Json(row.Schema), Sql.Json(row.Sample), Sql.Text(row.ShippedHash),
            Sql.Time(row.SavedAt), Sql.Text(row.SavedBy), Sql.Time(published ? row.SavedAt : null), Sql.Text(published ? row.SavedBy : null), Sql.Long(row.Revision),
            Sql.Text(row.SavedByName));
    }

    private static void AddCopy(NpgsqlBatch batch, Row row) => batch.Add(
        "insert into form_draft_copies (key, version, schema, sample, saved_at, saved_by, saved_by_name) values ($1, $2, $3, $4, $5, $6, $7)",
        Sql.Text(row.Key), Sql.Int(row.Version), Sql.Json(row.Schema), Sql.Json(row.Sample), Sql.Time(row.SavedAt), Sql.Text(row.SavedBy), Sql.Text(row.SavedByName));

    private static Row? OwnDraft(List<Row> rows) => rows.FindLast(row => row.State == FormState.Draft && row.ShippedHash is null);

    private DesignDraft Show(Row row)
    {
        var (definition, problems) = schemaReader.Check(row.Key, row.Version, row.State, row.Schema, row.Sample);
        return new DesignDraft(definition, row.State == FormState.Draft && row.ShippedHash is null ? row.Revision : 0, problems, row.SavedAt, row.SavedByName ?? row.SavedBy);
    }

    private static int Next(List<Row> rows) => rows.Count == 0 ? 1 : rows[^1].Version + 1;

    // One writer per form: two owners saving at once must not both create « the next version ».
    private static async Task LockAsync(NpgsqlConnection connection, string key, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select pg_advisory_xact_lock(hashtextextended('form:' || $1, 0))", connection);
        command.AddParameters(Sql.Text(key));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<List<Row>> ReadRowsAsync(NpgsqlConnection connection, string key, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            select version, state, schema::text, sample::text, shipped_hash, revision, created_at, created_by, saved_by_name
            from form_definitions where key = $1 order by version
            """,
            connection);
        command.AddParameters(Sql.Text(key));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<Row>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(new Row(
                key,
                reader.GetInt32(0),
                reader.GetString(1) == "published" ? FormState.Published : FormState.Draft,
                JsonNode.Parse(reader.GetString(2))!.AsObject(),
                reader.IsDBNull(3) ? null : JsonNode.Parse(reader.GetString(3)) as JsonObject,
                reader.IsDBNull(4) ? null : reader.GetString(4),
                reader.GetInt64(5),
                reader.GetFieldValue<DateTimeOffset>(6),
                reader.GetString(7),
                reader.IsDBNull(8) ? null : reader.GetString(8)));
        }

        return rows;
    }

    private sealed record Row(
        string Key, int Version, FormState State, JsonObject Schema, JsonObject? Sample, string? ShippedHash, long Revision, DateTimeOffset SavedAt, string SavedBy, string? SavedByName)
    {
        public FormDefinition Read(FormSchemaReader reader) => reader.Read(Key, Version, State, Schema, Sample);
    }
}

internal enum ShippedOutcome
{
    AlreadyThere,
    Published,
    Proposed,
}
