using System.Globalization;
using System.Text.Json.Nodes;
using Cleiss.Activities;
using Cleiss.Persistence;
using Cleiss.Workflows.Referentiels;
using Npgsql;

namespace Cleiss.Workflows.Traductions;

/// <summary>What purchase orders and certification pages print.</summary>
public sealed class TranslationPrints(NpgsqlDataSource database) : IPrintedData
{
    public const string OrderPrefix = "commande-traduction:";
    public const string CertificatePrefix = "certification-traduction:";

    private const int DeliveryDays = 10;

    public async Task<JsonObject?> FindAsync(string id, CancellationToken cancellationToken) =>
        id.StartsWith(OrderPrefix, StringComparison.Ordinal) ? await OrderAsync(id[OrderPrefix.Length..], cancellationToken)
        : id.StartsWith(CertificatePrefix, StringComparison.Ordinal) ? await CertificateAsync(id[CertificatePrefix.Length..], cancellationToken)
        : null;

    private async Task<JsonObject?> OrderAsync(string orderId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            select l.label, p.name, p.address, p.country, p.siret, c.reference, o.words, o.page_cents, o.amount_cents, o.ordered_at, r.direction, r.language, c.title
            from translation_orders o join translation_lots l on l.number = o.lot join translation_providers p on p.code = o.provider
              join translation_requests r on r.case_id = o.case_id join cases c on c.id = o.case_id
            where o.id = $1
            """);
        command.AddParameters(Sql.Text(orderId));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            return null;
        }

        var (words, amount, direction) = (reader.GetInt32(6), reader.GetInt32(8), reader.GetString(10));
        var language = reader.GetString(11);
        return new JsonObject
        {
            ["marche"] = "Accord-cadre multi-attributaire à bons de commande 2025-2028, traduction",
            ["lot"] = reader.GetString(0),
            ["delai"] = Day(reader.GetFieldValue<DateTimeOffset>(9).AddDays(DeliveryDays)),
            ["engagement"] = "sur l'accord-cadre, sans minimum",
            ["prestataire"] = new JsonObject
            {
                ["nom"] = reader.GetString(1),
                ["adresse"] = new JsonArray([.. reader.GetString(2).Split('\n').Append(reader.GetString(3)).Select(line => JsonValue.Create(line))]),
                ["siret"] = reader.GetString(4),
            },
            ["lignes"] = new JsonArray(new JsonObject
            {
                ["reference"] = reader.GetString(5),
                ["document"] = reader.GetString(12),
                ["langues"] = direction == TranslationDirection.Theme ? $"fr → {language}" : $"{language} → fr",
                ["sens"] = direction,
                ["mots"] = words,
                ["pages"] = TranslationMoney.Pages(words),
                ["prixPage"] = reader.GetInt32(7),
                ["montant"] = amount,
            }),
            ["total"] = amount,
        };
    }

    private async Task<JsonObject?> CertificateAsync(string caseId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            select r.kind, r.requester, d.name, d.sha256, t.name, t.sha256, k.completed_by_name, k.completed_at, c.title
            from translation_requests r join cases c on c.id = r.case_id join files d on d.id = r.document_file
              left join lateral (select completed_by_name, completed_at from user_tasks where case_id = r.case_id and action_key = 'Certifier' order by completed_at desc limit 1) k on true
              left join lateral (
                select coalesce(a.data -> 'traduction' ->> 'id', a.data -> 'traductionPresentee' ->> 'id') as file from form_answers a
                where a.case_id = r.case_id and (a.data::jsonb ? 'traduction' or a.data::jsonb ? 'traductionPresentee') order by a.created_at desc limit 1) f on true
              left join files t on t.id = f.file
            where r.case_id = $1
            """);
        command.AddParameters(Sql.Text(caseId));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            return null;
        }

        return new JsonObject
        {
            ["nature"] = reader.GetString(0),
            ["demandeur"] = reader.GetString(1),
            ["langues"] = reader.GetString(8),
            ["original"] = new JsonObject { ["nom"] = reader.GetString(2), ["empreinte"] = reader.GetString(3) },
            ["traduction"] = new JsonObject { ["nom"] = Text(4), ["empreinte"] = Text(5) },
            ["reviseur"] = Text(6),
            ["le"] = reader.IsDBNull(7) ? "" : Day(reader.GetFieldValue<DateTimeOffset>(7)),
        };

        string Text(int column) => reader.IsDBNull(column) ? "" : reader.GetString(column);
    }

    private static string Day(DateTimeOffset at) => ParisDate.Of(at).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
