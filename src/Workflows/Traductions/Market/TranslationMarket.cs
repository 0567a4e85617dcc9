using Cleiss.Activities;
using Cleiss.Activities.Mail;
using Cleiss.Persistence;
using Npgsql;

namespace Cleiss.Workflows.Traductions.Market;

/// <summary>A lot as its page shows it.</summary>
public sealed record LotRow(
    int Number, string Label, string Direction, int CeilingWords, int OrderedWords, bool Unsuccessful, bool Modelled, IReadOnlyList<string> Providers)
{
    public int RemainingWords => CeilingWords - OrderedWords;
}

/// <summary>Who takes a request, and why nobody does.</summary>
/// <param name="Way"><see cref="InHouse"/>, <see cref="Provider"/>, <see cref="ToCount"/> or <see cref="Undecided"/>.</param>
/// <param name="Reason">French; set when the way is undecided.</param>
public sealed record Routing(string Way, string? OrderId = null, string? ProviderCode = null, string? Reason = null)
{
    public const string InHouse = "En interne";
    public const string Provider = "Prestataire";
    public const string ToCount = "À compter";
    public const string Undecided = "À décider";
}

/// <summary>The lots, their providers by rank, prices and in-house trays; places orders within the ceilings.</summary>
public sealed class TranslationMarket(NpgsqlDataSource database, TimeProvider time) : IPartnerDirectory
{
    private const string PartnerPrefix = "prestataire:";

    public static string PartnerOf(string provider) => PartnerPrefix + provider;

    /// <summary>French name of a language of the market; null when it is not one.</summary>
    public Task<string?> NameOfAsync(string language, CancellationToken cancellationToken) =>
        Task.FromResult(ModelledMarket.Languages.FirstOrDefault(known => known.Code == language)?.Name);

    public async Task<Partner?> FindAsync(string partner, CancellationToken cancellationToken)
    {
        if (!partner.StartsWith(PartnerPrefix, StringComparison.Ordinal))
        {
            return null;
        }

        await using var command = database.CreateCommand("select code, name, country, email from translation_providers where code = $1");
        command.AddParameters(Sql.Text(partner[PartnerPrefix.Length..]));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new Partner(PartnerOf(reader.GetString(0)), reader.GetString(1), reader.GetString(2), reader.IsDBNull(3) ? null : reader.GetString(3), "fr")
            : null;
    }

    public async Task<IReadOnlyList<LotRow>> ListLotsAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            select l.number, l.label, l.direction, l.ceiling_words, l.ordered_words, l.unsuccessful, l.modelled,
                array(select p.name from translation_offers o join translation_providers p on p.code = o.provider where o.lot = l.number order by o.rank)
            from translation_lots l order by l.number
            """);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var lots = new List<LotRow>();
        while (await reader.ReadAsync(cancellationToken))
        {
            lots.Add(new LotRow(
                reader.GetInt32(0), reader.GetString(1), reader.GetString(2), reader.GetInt32(3), reader.GetInt32(4), reader.GetBoolean(5), reader.GetBoolean(6),
                reader.GetFieldValue<string[]>(7)));
        }

        return lots;
    }

    /// <summary>
    /// Decides who takes the request and holds it in the same transaction: a place in the in-house tray, or words of the lot's ceiling. Under the
    /// lock of the language's tray, then of the lot, so that however many decide at once neither is exceeded. The same key again gives the same answer.
    /// </summary>
    public async Task<Routing> RouteAsync(string caseId, string key, int? countedWords, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var now = time.GetUtcNow();

        // A case that is being closed waits for this decision, or this decision sees it closed.
        if (await ScalarAsync<string>(connection, "select state from cases where id = $1 for share", cancellationToken, Sql.Text(caseId)) is not ("open" or "waiting"))
        {
            return new Routing(Routing.Undecided, Reason: "Le dossier est clos.");
        }

        if (countedWords is { } counted)
        {
            await ScalarAsync<object>(connection, "update translation_requests set words = $2 where case_id = $1", cancellationToken, Sql.Text(caseId), Sql.Int(counted));
        }

        var routing = await FindEarlierAsync(connection, caseId, key, cancellationToken) ?? await DecideAsync(connection, caseId, key, now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return routing;
    }

    private static async Task<Routing?> FindEarlierAsync(NpgsqlConnection connection, string caseId, string key, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            select o.id, o.provider from translation_orders o where o.effect_key = $1
            union all select null, null from translation_requests r where r.case_id = $2 and r.route_key = $1
            """,
            connection);
        command.AddParameters(Sql.Text(key), Sql.Text(caseId));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return !await reader.ReadAsync(cancellationToken) ? null
            : reader.IsDBNull(0) ? new Routing(Routing.InHouse)
            : new Routing(Routing.Provider, reader.GetString(0), reader.GetString(1));
    }

    private static async Task<Routing> DecideAsync(NpgsqlConnection connection, string caseId, string key, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var request = await ReadRequestAsync(connection, caseId, cancellationToken);
        if (request.Words is null)
        {
            return new Routing(Routing.ToCount, Reason: "Le document ne contient pas de texte lisible par un programme. Comptez ses mots, ou estimez-les à 300 mots la page.");
        }

        // Once it has gone out, a request that comes back goes to the next provider, not into the tray.
        var tried = await ScalarAsync<long>(connection, "select count(*) from translation_orders where case_id = $1", cancellationToken, Sql.Text(caseId)) > 0;
        if (!tried && await TakeInHouseAsync(connection, caseId, key, request, cancellationToken))
        {
            return new Routing(Routing.InHouse);
        }

        return await OrderAsync(connection, caseId, key, request, request.Words.Value, now, cancellationToken);
    }

    private sealed record Asked(string Language, string Direction, int? Words, bool Test);

    private static async Task<Asked> ReadRequestAsync(NpgsqlConnection connection, string caseId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select language, direction, words, test from translation_requests where case_id = $1", connection);
        command.AddParameters(Sql.Text(caseId));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new Asked(reader.GetString(0), reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetInt32(2), reader.GetBoolean(3))
            : throw new KeyNotFoundException($"Case {caseId} has no translation request.");
    }

    private static async Task<bool> TakeInHouseAsync(NpgsqlConnection connection, string caseId, string key, Asked request, CancellationToken cancellationToken)
    {
        var limit = await ScalarAsync<int?>(connection, "select tray_limit from translation_inhouse where language = $1 for update", cancellationToken, Sql.Text(request.Language)) ?? 0;
        if (limit == 0)
        {
            return false;
        }

        var inTray = await ScalarAsync<long>(
            connection, "select count(*) from translation_requests where language = $1 and route = 'inhouse' and ended_at is null and not test", cancellationToken,
            Sql.Text(request.Language));
        if (inTray >= limit && !request.Test)
        {
            return false;
        }

        await ScalarAsync<object>(
            connection, "update translation_requests set route = 'inhouse', route_key = $2 where case_id = $1", cancellationToken, Sql.Text(caseId), Sql.Text(key));
        return true;
    }

    private static async Task<Routing> OrderAsync(
        NpgsqlConnection connection, string caseId, string key, Asked request, int words, DateTimeOffset now, CancellationToken cancellationToken)
    {
        int lot;
        int remaining;
        await using (var command = new NpgsqlCommand(
            "select number, unsuccessful, ceiling_words - ordered_words from translation_lots where direction = $1 and $2 = any (languages) order by number limit 1 for update", connection))
        {
            command.AddParameters(Sql.Text(request.Direction), Sql.Text(request.Language));
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            if (!await reader.ReadAsync(cancellationToken))
            {
                return new Routing(Routing.Undecided, Reason: "Aucun lot du marché ne couvre cette langue dans ce sens.");
            }

            (lot, remaining) = (reader.GetInt32(0), reader.GetInt32(2));
            if (reader.GetBoolean(1))
            {
                return new Routing(Routing.Undecided, Reason: $"Le lot {lot} est infructueux : aucun prestataire n'a été retenu.");
            }
        }

        if (remaining < words && !request.Test)
        {
            return new Routing(Routing.Undecided, Reason: $"Le plafond du lot {lot} est atteint : il reste {remaining} mots, la demande en compte {words}.");
        }

        var price = await ScalarAsync<int?>(
            connection, "select cents from translation_prices where language = $1 and direction = $2 and valid_from <= $3 order by valid_from desc limit 1", cancellationToken,
            Sql.Text(request.Language), Sql.Text(request.Direction), Sql.Date(ParisDate.Of(now)));
        if (price is not { } pageCents)
        {
            return new Routing(Routing.Undecided, Reason: "Aucun prix de page n'est en vigueur aujourd'hui pour cette langue dans ce sens.");
        }

        string provider;
        int rank;
        await using (var command = new NpgsqlCommand(
            """
            select provider, rank from translation_offers where lot = $1 and provider not in (select provider from translation_orders where case_id = $2)
            order by rank limit 1
            """,
            connection))
        {
            command.AddParameters(Sql.Int(lot), Sql.Text(caseId));
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            if (!await reader.ReadAsync(cancellationToken))
            {
                return new Routing(Routing.Undecided, Reason: $"Tous les prestataires du lot {lot} ont décliné ou n'ont pas répondu.");
            }

            (provider, rank) = (reader.GetString(0), reader.GetInt32(1));
        }

        var id = Engine.Ids.New();
        await ScalarAsync<object>(
            connection,
            """
            with held as (update translation_lots set ordered_words = ordered_words + case when $11 then 0 else $5 end where number = $3 returning number),
            way as (update translation_requests set route = 'provider' where case_id = $2)
            insert into translation_orders (id, case_id, lot, provider, rank, words, page_cents, amount_cents, state, ordered_at, changed_at, effect_key, test)
            select $1, $2, number, $4, $6, $5, $7, $8, 'proposed', $9, $9, $10, $11 from held
            """,
            cancellationToken,
            Sql.Text(id), Sql.Text(caseId), Sql.Int(lot), Sql.Text(provider), Sql.Int(words), Sql.Int(rank), Sql.Int(pageCents),
            Sql.Int(TranslationMoney.AmountCents(words, pageCents)), Sql.Time(now), Sql.Text(key), Sql.Bool(request.Test));
        return new Routing(Routing.Provider, id, provider);
    }

    private static async Task<T?> ScalarAsync<T>(NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.AddParameters(parameters);
        return await command.ExecuteScalarAsync(cancellationToken) is T value ? value : default;
    }
}
