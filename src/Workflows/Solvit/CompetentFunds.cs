using System.Globalization;
using System.Text.Json.Nodes;
using Cleiss.Activities;
using Cleiss.Persistence;
using Cleiss.Persistence.People;
using Cleiss.Persistence.Trails;
using Cleiss.Workflows.Referentiels;
using Npgsql;
using NpgsqlTypes;

namespace Cleiss.Workflows.Solvit;

/// <summary>A fund that is competent, with the rule that says so.</summary>
public sealed record CompetentFund(string Fund, string Email, string RuleId);

/// <summary>The table of competent funds: looked up by business use case, place, scheme and date, and changed by process owners.</summary>
public sealed class CompetentFunds(NpgsqlDataSource database, TimeProvider time)
{
    public const string SavedKind = "competent-fund.saved";

    private const string Columns = "id, buc, department, agricultural, fund, email, valid_from, valid_to, remark, revision";

    public async Task<IReadOnlyList<CompetentFundRule>> ListAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await ListAsync(connection, null, cancellationToken);
    }

    /// <summary>The most exact rule valid that day decides: a case before its sector, a place before any, a scheme before any.</summary>
    /// <returns>Null when no rule names a fund, or when the one that does needs a department that is not given.</returns>
    public async Task<CompetentFund?> FindAsync(string buc, string? department, bool agricultural, DateOnly on, CancellationToken cancellationToken)
    {
        var place = string.IsNullOrWhiteSpace(department) ? null : department.Trim().ToUpperInvariant();
        var best = (await ListAsync(cancellationToken))
            .Where(rule => rule.IsValid(on) && (rule.Buc == buc || rule.Buc == BucCatalogue.SectorOf(buc)))
            .Where(rule => rule.Department is null || (place is not null && rule.Department.Split(',').Contains(place)))
            .Where(rule => rule.Agricultural is null || rule.Agricultural == agricultural)
            .OrderByDescending(rule => rule.Buc == buc).ThenByDescending(rule => rule.Department is not null).ThenByDescending(rule => rule.Agricultural is not null)
            .FirstOrDefault();
        if (best is null || (place is null && (best.Fund + best.Email).Contains(CompetentFundRules.Placeholder, StringComparison.Ordinal)))
        {
            return null;
        }

        return new CompetentFund(
            best.Fund.Replace(CompetentFundRules.Placeholder, place, StringComparison.Ordinal),
            best.Email.Replace(CompetentFundRules.Placeholder, place?.ToLowerInvariant(), StringComparison.Ordinal), best.Id);
    }

    /// <summary>Changes a rule, or adds one when <paramref name="id"/> is null.</summary>
    /// <returns>The rule's id.</returns>
    /// <exception cref="CatalogueRefusedException">The rule is unknown or wrong, or somebody else was faster.</exception>
    public async Task<string> SaveAsync(string? id, CompetentFundChange change, Actor actor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(change);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // Two rules that say different things of the same matter cannot slip in side by side.
        await using (var alone = new NpgsqlCommand("lock table competent_funds in share row exclusive mode", connection, transaction))
        {
            await alone.ExecuteNonQueryAsync(cancellationToken);
        }

        var rules = await ListAsync(connection, transaction, cancellationToken);
        var before = id is null
            ? null
            : rules.FirstOrDefault(rule => rule.Id == id) ?? throw new CatalogueRefusedException(404, "unknown-fund-rule", $"La règle « {id} » n'existe pas.");
        if (before is not null && change.Revision is { } read && read != before.Revision)
        {
            throw new CatalogueRefusedException(409, "changed-meanwhile", "Quelqu'un d'autre vient de modifier cette règle. Rouvrez la page pour voir son état, puis recommencez.");
        }

        if (CompetentFundRules.Check(change, rules.Where(rule => rule.Id != id)) is { Count: > 0 } faults)
        {
            throw new CatalogueRefusedException(422, "fund-rule-invalid", "La règle n'est pas enregistrée.", faults);
        }

        var after = new CompetentFundRule(
            id ?? NewId(change, rules), change.Buc!.Trim(), CompetentFundRules.Departments(change.Department), change.Agricultural, change.Fund!.Trim(),
            change.Email!.Trim(), change.ValidFrom!.Value, change.ValidTo, string.IsNullOrWhiteSpace(change.Remark) ? null : change.Remark.Trim(), (before?.Revision ?? 0) + 1);
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.Add(
            $"""
            insert into competent_funds ({Columns}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            on conflict (id) do update set buc = $2, department = $3, agricultural = $4, fund = $5, email = $6, valid_from = $7, valid_to = $8, remark = $9, revision = $10
            """,
            Sql.Text(after.Id), Sql.Text(after.Buc), Sql.Text(after.Department),
            new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Boolean, Value = (object?)after.Agricultural ?? DBNull.Value },
            Sql.Text(after.Fund), Sql.Text(after.Email), Sql.Date(after.ValidFrom), Sql.Date(after.ValidTo), Sql.Text(after.Remark), Sql.Int(after.Revision));
        TrailSql.Append(
            batch, new TrailEntry(TrailIds.Administration, actor, SavedKind, Sentence(before, after), new JsonObject { ["fundRule"] = after.Id }), time.GetUtcNow());
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return after.Id;
    }

    /// <summary>What happened to the table, newest first.</summary>
    public async Task<IReadOnlyList<TrailLine>> ListHistoryAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "select position, at, actor_id, actor_name, kind, sentence from trail_entries where trail_id = $1 and kind = $2 order by position desc limit 50");
        command.AddParameters(Sql.Text(TrailIds.Administration), Sql.Text(SavedKind));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var lines = new List<TrailLine>();
        while (await reader.ReadAsync(cancellationToken))
        {
            lines.Add(new TrailLine(
                reader.GetInt64(0), await reader.GetFieldValueAsync<DateTimeOffset>(1, cancellationToken), reader.GetString(2), reader.GetString(3),
                reader.GetString(4), reader.GetString(5), null, ""));
        }

        return lines;
    }

    public DateOnly Today => ParisDate.Of(time.GetUtcNow());

    private static async Task<IReadOnlyList<CompetentFundRule>> ListAsync(NpgsqlConnection connection, NpgsqlTransaction? transaction, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"select {Columns} from competent_funds order by buc, department nulls last, agricultural nulls last, valid_from desc, id", connection, transaction);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rules = new List<CompetentFundRule>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rules.Add(new CompetentFundRule(
                reader.GetString(0), reader.GetString(1), Text(reader, 2), reader.IsDBNull(3) ? null : reader.GetBoolean(3), reader.GetString(4), reader.GetString(5),
                reader.GetFieldValue<DateOnly>(6), reader.IsDBNull(7) ? null : reader.GetFieldValue<DateOnly>(7), Text(reader, 8), reader.GetInt32(9)));
        }

        return rules;
    }

    /// <summary>Readable in addresses and in the trail: <c>f-2a-2b-agricole-2026</c>.</summary>
    private static string NewId(CompetentFundChange change, IReadOnlyList<CompetentFundRule> rules)
    {
        var parts = new[]
        {
            change.Buc!.Trim().Replace('_', '-'), CompetentFundRules.Departments(change.Department)?.Replace(',', '-'),
            change.Agricultural switch { true => "agricole", false => "hors-agricole", _ => null },
            change.ValidFrom!.Value.Year.ToString(CultureInfo.InvariantCulture),
        };
        var stem = string.Join('-', parts.OfType<string>()).ToLowerInvariant();
        return Enumerable.Range(1, rules.Count + 1).Select(n => n == 1 ? stem : string.Create(CultureInfo.InvariantCulture, $"{stem}-{n}")).First(id => rules.All(rule => rule.Id != id));
    }

    private static string Sentence(CompetentFundRule? before, CompetentFundRule after)
    {
        var matter = after.Department is null ? after.Buc : $"{after.Buc}, {after.Department}";
        if (before is null)
        {
            return $"a ajouté aux caisses compétentes : {matter} → {after.Fund}, {CompetentFundRules.Period(after)}";
        }

        var changes = new Differences()
            .Add("BUC", before.Buc, after.Buc)
            .Add("départements", before.Department, after.Department)
            .Add("régime", Scheme(before.Agricultural), Scheme(after.Agricultural))
            .Add("caisse", before.Fund, after.Fund)
            .Add("adresse", before.Email, after.Email)
            .Add("premier jour", before.ValidFrom, after.ValidFrom)
            .Add("dernier jour", before.ValidTo, after.ValidTo)
            .Add("remarque", before.Remark, after.Remark);
        return $"a modifié la caisse compétente pour {matter} : {changes}";
    }

    /// <summary>« agricole », « non agricole », or « tous ».</summary>
    public static string Scheme(bool? agricultural) => agricultural switch { true => "agricole", false => "non agricole", _ => "tous" };

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
