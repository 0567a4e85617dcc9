using Cleiss.Activities.Mail;
using Npgsql;

namespace Cleiss.Web.Mails;

/// <summary>Reads mails for their pages and puts parked ones back to sending.</summary>
internal sealed class MailDesk(NpgsqlDataSource database, Microsoft.Extensions.Configuration.IConfiguration configuration)
{
    private const string Columns =
        """
        select m.id, m.to_name, m.to_address, m.subject, m.case_id, c.reference, m.state, m.message_id, m.created_at, m.sent_at, m.reason,
          (select count(*) from mail_attempts a where a.mail_id = m.id), m.from_address, m.body, m.documents
        from mails m left join cases c on c.id = m.case_id
        """;

    public bool LeavesBySmtp => !string.IsNullOrWhiteSpace(configuration["Mail:Smtp:Host"]);

    public async Task<MailListPage> ListAsync(int page, int pageSize, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand("select count(*) from mails"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"{Columns} order by m.created_at desc, m.id desc offset $1 limit $2")
        {
            Parameters = { new() { Value = (page - 1) * pageSize }, new() { Value = pageSize } },
        });
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var total = reader.GetInt64(0);
        await reader.NextResultAsync(cancellationToken);
        var rows = new List<MailRow>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(ReadRow(reader));
        }

        return new MailListPage(rows, total);
    }

    public async Task<IReadOnlyList<MailRow>> ListByCaseAsync(string caseId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"{Columns} where m.case_id = $1 order by m.created_at, m.id");
        command.Parameters.Add(new() { Value = caseId });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<MailRow>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(ReadRow(reader));
        }

        return rows;
    }

    public async Task<MailView?> FindAsync(string id, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"{Columns} where m.id = $1");
        command.Parameters.Add(new() { Value = id });
        MailRow row;
        string? from;
        string? text;
        string[] documents;
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            if (!await reader.ReadAsync(cancellationToken))
            {
                return null;
            }

            row = ReadRow(reader);
            from = reader.IsDBNull(12) ? null : reader.GetString(12);
            text = reader.IsDBNull(13) ? null : reader.GetString(13);
            documents = reader.GetFieldValue<string[]>(14);
        }

        return new MailView(row, from, text, await ListPartsAsync(documents, cancellationToken));
    }

    private async Task<IReadOnlyList<MailPart>> ListPartsAsync(string[] documents, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "select d.id, d.number, f.name, f.size from documents d left join files f on f.id = d.file_id where d.id = any($1) order by d.created_at, d.id");
        command.Parameters.Add(new() { Value = documents });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var parts = new List<MailPart>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var stored = !reader.IsDBNull(2);
            parts.Add(new MailPart(
                stored ? reader.GetString(2) : reader.GetString(1),
                stored ? reader.GetInt64(3) : null,
                stored ? $"/api/documents/{reader.GetString(0)}/content" : null));
        }

        return parts;
    }

    private static MailRow ReadRow(NpgsqlDataReader reader)
    {
        var state = reader.GetString(6);
        var (words, kind) = state switch
        {
            MailState.Queued => ("à envoyer", "wait"),
            MailState.Sending => ("envoi en cours", "wait"),
            MailState.Sent => ("parti", "good"),
            MailState.Blocked => ("mis de côté", "bad"),
            _ => (state, (string?)null),
        };
        return new MailRow(
            reader.GetString(0),
            (Text(1), Text(2)) switch
            {
                (null, null) => "destinataire pas encore connu",
                ({ } name, { } address) => $"{name} <{address}>",
                var (name, address) => name ?? address!,
            },
            Text(3) ?? "Objet en préparation",
            Text(4),
            Text(5),
            words,
            kind,
            state == MailState.Blocked,
            (int)reader.GetInt64(11),
            reader.GetString(7),
            reader.GetFieldValue<DateTimeOffset>(8),
            reader.IsDBNull(9) ? null : reader.GetFieldValue<DateTimeOffset>(9),
            Text(10));

        string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
    }
}
