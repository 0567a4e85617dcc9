using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cleiss.Persistence;
using Cleiss.Persistence.Files;
using Npgsql;

namespace Cleiss.Workflows.EnvoiGroupe;

/// <summary>Reads envelopes, and closes one before it is sent.</summary>
public sealed partial class EnvelopeStore(NpgsqlDataSource database, FileStore files, TimeProvider time)
{
    /// <summary>Begins the id of the « answer » that a covering note prints: the list of what an envelope holds.</summary>
    public const string AnswerPrefix = "enveloppe:";

    private const int Shown = 50;

    /// <summary>Those that have not left, then the latest that have.</summary>
    public async Task<IReadOnlyList<Envelope>> ListAsync(CancellationToken cancellationToken) => await ReadAsync(null, cancellationToken);

    public async Task<Envelope?> FindAsync(string id, CancellationToken cancellationToken) => await ReadAsync(id, cancellationToken) is [var found] ? found : null;

    /// <summary>From now on it takes nothing more. Closing it again changes nothing.</summary>
    public async Task CloseAsync(string id, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("update envelopes set closed_at = $2 where id = $1 and closed_at is null");
        command.AddParameters(Sql.Text(id), Sql.Time(time.GetUtcNow()));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>What the covering note lists; null when there is no such envelope.</summary>
    public async Task<JsonObject?> ReadNoteAsync(string id, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken) is not { } envelope)
        {
            return null;
        }

        var lines = new JsonArray();
        foreach (var item in envelope.Items)
        {
            lines.Add(new JsonObject
            {
                ["numero"] = item.Number,
                ["code"] = item.FormCode,
                ["titreFr"] = item.Title,
                ["titrePartenaire"] = await PartnerTitleAsync(item.FormKey, cancellationToken),
                ["reference"] = item.CaseReference,
                ["pages"] = await CountPagesAsync(item.FileId, cancellationToken),
            });
        }

        return new JsonObject { ["lignes"] = lines, ["remarque"] = null };
    }

    private async Task<string?> PartnerTitleAsync(string? formKey, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select title_partner from form_catalogue where form_key = $1");
        command.AddParameters(Sql.Text(formKey));
        return await command.ExecuteScalarAsync(cancellationToken) as string;
    }

    /// <summary>Null when the file does not tell: then the note leaves the column out.</summary>
    private async Task<int?> CountPagesAsync(string? fileId, CancellationToken cancellationToken) =>
        fileId is not null && await files.ReadAsync(fileId, cancellationToken) is { } stored && PageObject().Count(Encoding.Latin1.GetString(stored.Content)) is > 0 and var pages
            ? pages
            : null;

    private async Task<IReadOnlyList<Envelope>> ReadAsync(string? id, CancellationToken cancellationToken)
    {
        var found = new List<Envelope>();
        await using var batch = database.CreateBatch();
        batch.Add(
            """
            select e.id, e.agreement_iso, a.partner, e.test, e.opened_at, e.closed_at, s.case_id, c.reference, s.at
            from envelopes e join agreements a on a.iso = e.agreement_iso
            left join envelope_sendings s on s.envelope_id = e.id left join cases c on c.id = s.case_id
            where ($1::text is null or e.id = $1) and ($1 is not null or exists (select from envelope_items i where i.envelope_id = e.id))
            order by s.at is not null, s.at desc, e.opened_at limit $2
            """,
            Sql.Text(id), Sql.Int(Shown));
        batch.Add(
            """
            select i.envelope_id, i.document_id, d.number, d.form_key, d.form_code, d.title, d.file_id, i.case_id, c.reference, i.workflow_instance_id,
                i.bookmark_id, i.added_at
            from envelope_items i join documents d on d.id = i.document_id join cases c on c.id = i.case_id
            where $1::text is null or i.envelope_id = $1 order by i.added_at, d.number
            """,
            Sql.Text(id));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            found.Add(new Envelope(
                reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetBoolean(3), reader.GetFieldValue<DateTimeOffset>(4), Moment(reader, 5),
                Text(reader, 6), Text(reader, 7), Moment(reader, 8), new List<EnvelopeItem>()));
        }

        await reader.NextResultAsync(cancellationToken);
        var byId = found.ToDictionary(envelope => envelope.Id, envelope => (List<EnvelopeItem>)envelope.Items, StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (byId.TryGetValue(reader.GetString(0), out var items))
            {
                items.Add(new EnvelopeItem(
                    reader.GetString(1), reader.GetString(2), Text(reader, 3), Text(reader, 4), reader.GetString(5), Text(reader, 6), reader.GetString(7),
                    reader.GetString(8), reader.GetString(9), reader.GetString(10), reader.GetFieldValue<DateTimeOffset>(11)));
            }
        }

        return found;
    }

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    private static DateTimeOffset? Moment(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);

    [GeneratedRegex(@"/Type\s*/Page\b", RegexOptions.CultureInvariant, 5000)]
    private static partial Regex PageObject();
}
