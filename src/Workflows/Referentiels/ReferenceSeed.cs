using System.Globalization;
using Cleiss.Persistence;
using Cleiss.Persistence.Startup;
using Npgsql;

namespace Cleiss.Workflows.Referentiels;

/// <summary>Brings the reference data of the release; rows that exist stay as their owners have them.</summary>
internal sealed class ReferenceSeed(NpgsqlDataSource database, TimeProvider time) : IStartupTask
{
    public int Order => 200;

    public string Title => "Accords et organismes de liaison";

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        foreach (var row in Csv.Read("agreements.csv"))
        {
            batch.Add(
                "insert into agreements (iso, partner, kind, year, status, source_note) values ($1, $2, $3, $4, $5, $6) on conflict (iso) do nothing",
                Sql.Text(row["iso"]), Sql.Text(row["partner"]), Sql.Text(row["kind"]),
                Sql.Int(int.TryParse(row["year"], CultureInfo.InvariantCulture, out var year) ? year : null), Sql.Text(row["status"]), Sql.Text(row["source_note"]));
        }

        AddBodies(batch);
        AddInstruments(batch);
        foreach (var row in Csv.Read("moldova-forms.csv"))
        {
            // The eighteen forms were validated by the liaison bodies in October 2025 and wait for the authorities' notification.
            batch.Add(
                """
                insert into form_catalogue (form_key, code, agreement_iso, partner_code, family, title_fr, title_partner, direction, life)
                values ($1, $2, 'MD', $3, $4, $5, $6, $7, 'validated') on conflict (form_key) do nothing
                """,
                Sql.Text(row["code"].ToLowerInvariant().Replace(' ', '-')), Sql.Text(row["code"]), Sql.Text(row["partner_code"]), Sql.Text(row["family"]),
                Sql.Text(row["title_fr"]), Sql.Text(row["title_ro"]), Sql.Text(row["direction"]));
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private static void AddInstruments(NpgsqlBatch batch)
    {
        foreach (var row in Csv.Read("european-instruments.csv"))
        {
            // Which authority agrees to derogations is not in the sources: modelled, with addresses that lead nowhere.
            batch.Add(
                """
                insert into european_instruments (iso, country, instrument, posting_months, derogation, remark, authority, email, language)
                values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (iso) do nothing
                """,
                Sql.Text(row["iso"]), Sql.Text(row["country"]), Sql.Text(row["instrument"]),
                Sql.Int(int.Parse(row["posting_months"], CultureInfo.InvariantCulture)), Sql.Bool(row["derogation"] != "none"), Sql.Text(row["remark"]),
                Sql.Text($"Autorité désignée pour les dérogations – {row["country"]} (modélisé)"),
                Sql.Text($"derogation-{row["iso"].ToLowerInvariant()}@autorite.example"), Sql.Text(row["iso"] is "BE" or "LU" or "CH" ? "fr" : "en"));
        }

        foreach (var row in Csv.Read("posting-durations.csv"))
        {
            batch.Add(
                "insert into posting_durations (iso, country, initial_months, extension_months, remark) values ($1, $2, $3, $4, $5) on conflict (iso) do nothing",
                Sql.Text(row["iso"]), Sql.Text(row["country"]), Sql.Int(int.Parse(row["initial_months"], CultureInfo.InvariantCulture)),
                Sql.Int(int.TryParse(row["extension_months"], CultureInfo.InvariantCulture, out var extension) ? extension : null), Sql.Text(row["remark"]));
        }
    }

    private void AddBodies(NpgsqlBatch batch)
    {
        foreach (var body in LiaisonBodySeed.All)
        {
            batch.Add(
                """
                insert into liaison_bodies (agreement_iso, name, country, address, email, language, agreement_fr, agreement_partner, modelled, updated_at, updated_by)
                select $1, $2, $3, $4, $5, $6, $7, $8, true, $9, 'system' where exists (select from agreements where iso = $1)
                on conflict (agreement_iso) do nothing
                """,
                Sql.Text(body.Iso), Sql.Text(body.Name), Sql.Text(body.Country), Sql.Text(body.Address), Sql.Text(body.Email), Sql.Text(body.Language),
                Sql.Text(body.AgreementFr), Sql.Text(body.AgreementPartner), Sql.Time(time.GetUtcNow()));
        }
    }
}

/// <summary>Liaison bodies as modelled: names are public, addresses and e-mail addresses are to be checked by the owner.</summary>
internal static class LiaisonBodySeed
{
    public sealed record Body(string Iso, string Name, string Country, string Address, string? Email, string Language, string AgreementFr, string? AgreementPartner);

    public static IReadOnlyList<Body> All { get; } =
    [
        new("MD", "Casa Națională de Asigurări Sociale (CNAS)", "Moldavie", "Strada Gheorghe Tudor 3\nMD-2028 Chișinău", "liaison@cnas.example", "ro",
            "Accord de sécurité sociale entre la République française et la République de Moldavie du 10 mars 2025",
            "Acordul de securitate socială dintre Republica Franceză și Republica Moldova din 10 martie 2025"),
        new("AR", "Administración Nacional de la Seguridad Social (ANSES)", "Argentine", "Buenos Aires", null, "es",
            "Accord de sécurité sociale entre la France et l'Argentine", null),
        new("SN", "Institution de prévoyance retraite du Sénégal (IPRES)", "Sénégal", "Dakar", null, "fr", "Convention de sécurité sociale entre la France et le Sénégal", null),
        new("CI", "Caisse nationale de prévoyance sociale (CNPS)", "Côte d'Ivoire", "Abidjan", null, "fr", "Convention de sécurité sociale entre la France et la Côte d'Ivoire", null),
        new("CM", "Caisse nationale de prévoyance sociale (CNPS)", "Cameroun", "Yaoundé", "liaison@cnps-cm.example", "fr",
            "Convention générale de sécurité sociale entre la France et le Cameroun", null),
        new("DZ", "Direction générale de la sécurité sociale (modélisé)", "Algérie", "Alger", "liaison@dgss-dz.example", "fr",
            "Convention générale sur la sécurité sociale entre la France et l'Algérie", null),
        new("BR", "Instituto Nacional do Seguro Social (INSS)", "Brésil", "Brasília", "liaison@inss-br.example", "pt",
            "Accord de sécurité sociale entre la France et le Brésil", null),
        new("BJ", "Caisse nationale de sécurité sociale (CNSS)", "Bénin", "Cotonou", "liaison@cnss-bj.example", "fr",
            "Convention générale de sécurité sociale entre la France et le Bénin", null),
    ];
}

/// <summary>Reads the comma-separated files of the release: quotes allowed, no line breaks in values.</summary>
internal static class Csv
{
    public static IEnumerable<IReadOnlyDictionary<string, string>> Read(string name, string folder = "Referentiels/")
    {
        using var stream = typeof(Csv).Assembly.GetManifestResourceStream(folder + name)
            ?? throw new FileNotFoundException($"The reference data file {name} is not part of this build.");
        using var reader = new StreamReader(stream);
        var header = Split(reader.ReadLine() ?? "");
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0)
            {
                var values = Split(line);
                yield return header.Zip(values).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);
            }
        }
    }

    private static List<string> Split(string line)
    {
        var values = new List<string>();
        var value = new System.Text.StringBuilder();
        var quoted = false;
        foreach (var c in line)
        {
            if (c == '"')
            {
                quoted = !quoted;
            }
            else if (c == ',' && !quoted)
            {
                values.Add(value.ToString());
                value.Clear();
            }
            else
            {
                value.Append(c);
            }
        }

        values.Add(value.ToString());
        return values;
    }
}
