using Cleiss.Persistence;
using Cleiss.Persistence.Startup;
using Npgsql;

namespace Cleiss.Workflows.Traductions.Market;

/// <summary>Brings the market of the release; rows that exist stay as their owners have them.</summary>
internal sealed class MarketSeed(NpgsqlDataSource database) : IStartupTask
{
    public int Order => 210;

    public string Title => "Marché des traductions";

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        foreach (var lot in ModelledMarket.Lots)
        {
            batch.Add(
                """
                insert into translation_lots (number, label, direction, languages, ceiling_words, unsuccessful, modelled) values ($1, $2, $3, $4, $5, $6, true)
                on conflict (number) do nothing
                """,
                Sql.Int(lot.Number), Sql.Text(lot.Label), Sql.Text(lot.Direction), Sql.Texts([.. lot.Languages]), Sql.Int(lot.CeilingWords), Sql.Bool(lot.Unsuccessful));
        }

        foreach (var provider in ModelledMarket.Providers)
        {
            batch.Add(
                """
                insert into translation_providers (code, name, email, address, country, siret, modelled) values ($1, $2, $3, $4, $5, $6, true)
                on conflict (code) do nothing
                """,
                Sql.Text(provider.Code), Sql.Text(provider.Name), Sql.Text(provider.Code.ToLowerInvariant() + "@traduction.example"), Sql.Text(provider.Address),
                Sql.Text(provider.Country), Sql.Text(provider.Siret));
        }

        foreach (var offer in ModelledMarket.Offers)
        {
            batch.Add(
                "insert into translation_offers (lot, provider, rank, modelled) values ($1, $2, $3, true) on conflict do nothing",
                Sql.Int(offer.Lot), Sql.Text(offer.Provider), Sql.Int(offer.Rank));
        }

        foreach (var price in ModelledMarket.Prices)
        {
            batch.Add(
                "insert into translation_prices (language, direction, valid_from, cents, modelled) values ($1, $2, $3, $4, $5) on conflict do nothing",
                Sql.Text(price.Language), Sql.Text(price.Direction), Sql.Date(price.From), Sql.Int(price.Cents), Sql.Bool(price.Modelled));
        }

        foreach (var language in ModelledMarket.Languages.Where(language => language.InternalRequests2023 > 0))
        {
            batch.Add(
                "insert into translation_inhouse (language, tray_limit, modelled) values ($1, $2, true) on conflict do nothing",
                Sql.Text(language.Code), Sql.Int(ModelledMarket.TrayLimit(language)));
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
    }
}
