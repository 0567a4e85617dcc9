using System.Globalization;
using Cleiss.Activities;
using Cleiss.Activities.Cases;
using Cleiss.Persistence;
using Cleiss.Persistence.People;
using Cleiss.Persistence.Trails;
using Npgsql;

namespace Cleiss.Workflows.Traductions.Months;

public sealed record ClosedMonth(string Month, DateTimeOffset ClosedAt, string ClosedBy, int Costs, long TotalCents);

/// <summary>A month with costs that is not closed.</summary>
/// <param name="Over">It has ended: it may be closed.</param>
public sealed record OpenMonth(string Month, int Costs, long TotalCents, bool Over);

/// <summary>What a language cost in a year and in the year before.</summary>
public sealed record LanguageSpend(string Language, long BeforeCents, long NowCents)
{
    public long ChangeCents => NowCents - BeforeCents;
}

/// <summary>What translations cost, by month and language. A closed month stays as it is: later corrections go to the first open one.</summary>
public sealed class TranslationCosts(NpgsqlDataSource database, TimeProvider time)
{
    /// <summary>The lock of <c>translation_open_month</c>: nobody records a cost while a month closes.</summary>
    private const long MonthLock = 1886350957;

    /// <summary>Who closes months and corrects costs: the language services and the owner of the process.</summary>
    public static bool MayManage(Actor actor)
    {
        ArgumentNullException.ThrowIfNull(actor);
        return actor.IsIn(Role.Traduction) || actor.IsIn(Role.Proprietaire);
    }

    /// <exception cref="CaseRefusedException">Not this person's to do; the month has not ended, is closed, or an earlier one is still open.</exception>
    public async Task<ClosedMonth> CloseAsync(string month, Actor actor, CancellationToken cancellationToken)
    {
        DemandManager(actor);
        var now = time.GetUtcNow();
        if (!DateOnly.TryParseExact(month + "-01", "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var first))
        {
            throw new CaseRefusedException(422, "invalid-month", "Écrivez le mois comme 2026-03.");
        }

        if (ParisDate.Of(now) < first.AddMonths(1))
        {
            throw new CaseRefusedException(409, "month-not-over", "Ce mois n'est pas terminé : il se clôt à partir du premier jour du mois suivant.");
        }

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var take = new NpgsqlCommand("select pg_advisory_xact_lock($1)", connection))
        {
            take.AddParameters(Sql.Long(MonthLock));
            await take.ExecuteNonQueryAsync(cancellationToken);
        }

        await using (var last = new NpgsqlCommand("select max(month) from translation_months", connection))
        {
            if (await last.ExecuteScalarAsync(cancellationToken) is string closed && string.CompareOrdinal(month, closed) <= 0)
            {
                throw new CaseRefusedException(409, "month-closed", $"Les mois sont clos jusqu'à {closed} : ils ne changent plus. Une correction va au premier mois ouvert.");
            }
        }

        await using (var earlier = new NpgsqlCommand(
            "select min(month) from translation_costs where month < $1 and month > coalesce((select max(month) from translation_months), '')", connection))
        {
            earlier.AddParameters(Sql.Text(month));
            if (await earlier.ExecuteScalarAsync(cancellationToken) is string open)
            {
                throw new CaseRefusedException(409, "earlier-month-open", $"Le mois {open} a des dépenses et n'est pas clos : clôturez-le d'abord.");
            }
        }

        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.Add(
            """
            insert into translation_months (month, closed_at, closed_by, costs, total_cents)
            select $1, $2, $3, count(*), coalesce(sum(cents), 0) from translation_costs where month = $1
            """,
            Sql.Text(month), Sql.Time(now), Sql.Text(actor.Id));
        TrailSql.Append(batch, new TrailEntry(TrailIds.Administration, actor, "translation.month-closed", $"a clos le mois {month} des traductions"), now);
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return (await ListMonthsAsync(cancellationToken)).Single(row => row.Month == month);
    }

    /// <summary>Adds to or takes from what a case has cost; never to a closed month.</summary>
    /// <returns>The month it counts in.</returns>
    /// <exception cref="CaseRefusedException">No such request, no reason, or nothing to correct.</exception>
    public async Task<string> CorrectAsync(string caseId, int cents, string? reason, Actor actor, CancellationToken cancellationToken)
    {
        DemandManager(actor);
        if (string.IsNullOrWhiteSpace(reason) || cents == 0)
        {
            throw new CaseRefusedException(422, "reason-required", "Donnez un montant différent de zéro et dites pourquoi.");
        }

        var now = time.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            """
            insert into translation_costs (id, case_id, language, direction, month, cents, reason, recorded_at, recorded_by)
            select $1, case_id, language, direction, translation_open_month(to_char($5 at time zone 'Europe/Paris', 'YYYY-MM')), $3, $4, $5, $6
            from translation_requests where case_id = $2 returning month
            """,
            connection);
        command.AddParameters(Sql.Text(Engine.Ids.New()), Sql.Text(caseId), Sql.Int(cents), Sql.Text(reason.Trim()), Sql.Time(now), Sql.Text(actor.Id));
        var month = await command.ExecuteScalarAsync(cancellationToken) as string
            ?? throw new CaseRefusedException(404, "unknown-case", "Cette demande de traduction n'existe pas.");
        await using var batch = new NpgsqlBatch(connection, transaction);
        TrailSql.Append(
            batch, new TrailEntry(TrailIds.Case(caseId), actor, "translation.corrected", $"a corrigé la dépense de {TranslationMoney.Euros(cents)} sur le mois {month} : {reason.Trim()}"), now);
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return month;
    }

    /// <summary>Months with costs that are not closed, the oldest first.</summary>
    public async Task<IReadOnlyList<OpenMonth>> ListOpenMonthsAsync(CancellationToken cancellationToken)
    {
        var thisMonth = ParisDate.Of(time.GetUtcNow()).ToString("yyyy-MM", CultureInfo.InvariantCulture);
        await using var command = database.CreateCommand(
            """
            select month, count(*), sum(cents)::bigint from translation_costs
            where month > coalesce((select max(month) from translation_months), '') group by month order by month
            """);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var months = new List<OpenMonth>();
        while (await reader.ReadAsync(cancellationToken))
        {
            months.Add(new OpenMonth(reader.GetString(0), (int)reader.GetInt64(1), reader.GetInt64(2), string.CompareOrdinal(reader.GetString(0), thisMonth) < 0));
        }

        return months;
    }

    public async Task<IReadOnlyList<ClosedMonth>> ListMonthsAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select month, closed_at, closed_by, costs, total_cents from translation_months order by month desc");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var months = new List<ClosedMonth>();
        while (await reader.ReadAsync(cancellationToken))
        {
            months.Add(new ClosedMonth(reader.GetString(0), reader.GetFieldValue<DateTimeOffset>(1), reader.GetString(2), reader.GetInt32(3), reader.GetInt64(4)));
        }

        return months;
    }

    /// <summary>Spend by language of a year beside the year before, the largest fall first.</summary>
    public async Task<IReadOnlyList<LanguageSpend>> SpendAsync(int year, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            select language, coalesce(sum(cents) filter (where left(month, 4) = $1), 0)::bigint, coalesce(sum(cents) filter (where left(month, 4) = $2), 0)::bigint
            from translation_costs where left(month, 4) in ($1, $2) group by language
            """);
        command.AddParameters(Sql.Text((year - 1).ToString(CultureInfo.InvariantCulture)), Sql.Text(year.ToString(CultureInfo.InvariantCulture)));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var spends = new List<LanguageSpend>();
        while (await reader.ReadAsync(cancellationToken))
        {
            spends.Add(new LanguageSpend(reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2)));
        }

        return [.. spends.OrderBy(spend => spend.ChangeCents).ThenBy(spend => spend.Language, StringComparer.Ordinal)];
    }

    private static void DemandManager(Actor actor)
    {
        if (!MayManage(actor))
        {
            throw new CaseRefusedException(403, "not-allowed", "Seule la direction des services linguistiques clôt les mois et corrige les dépenses.");
        }
    }
}
