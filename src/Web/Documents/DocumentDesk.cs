using Cleiss.Documents.Issuing;
using Npgsql;

namespace Cleiss.Web.Documents;

/// <summary>Reads documents for their pages.</summary>
internal sealed class DocumentDesk(NpgsqlDataSource database)
{
    private const string Columns =
        """
        select d.id, d.number, d.title, d.form_code, d.provisional_code, d.case_id, c.reference, d.state, d.specimen, d.created_at, d.rendered_at,
          d.sha256, d.verification_code, f.size, p.number, r.number, d.cancelled_reason, p.id, r.id
        from documents d
          left join cases c on c.id = d.case_id
          left join files f on f.id = d.file_id
          left join documents p on p.id = d.previous_document_id
          left join documents r on r.id = d.replaced_by
        """;

    // A search looks at the beginning of words people copy: a number or a reference.
    private const string Filter = "where $1::text is null or strpos(lower(d.number), lower($1)) > 0 or strpos(lower(c.reference), lower($1)) > 0";

    public async Task<DocumentPage> ListAsync(string? search, int page, int pageSize, CancellationToken cancellationToken)
    {
        var asked = string.IsNullOrWhiteSpace(search) ? (object)DBNull.Value : search;
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"select count(*) from documents d left join cases c on c.id = d.case_id {Filter}")
        {
            Parameters = { new() { Value = asked, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text } },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"{Columns} {Filter} order by d.created_at desc, d.id desc offset $2 limit $3")
        {
            Parameters =
            {
                new() { Value = asked, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text },
                new() { Value = (page - 1) * pageSize },
                new() { Value = pageSize },
            },
        });
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var total = reader.GetInt64(0);
        await reader.NextResultAsync(cancellationToken);
        return new DocumentPage(await ReadAsync(reader, cancellationToken), total);
    }

    public async Task<DocumentRow?> FindAsync(string id, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"{Columns} where d.id = $1");
        command.Parameters.Add(new() { Value = id });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return (await ReadAsync(reader, cancellationToken)).FirstOrDefault();
    }

    /// <summary>Oldest first, as they were issued.</summary>
    public async Task<IReadOnlyList<DocumentRow>> ListByCaseAsync(string caseId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"{Columns} where d.case_id = $1 order by d.created_at, d.id");
        command.Parameters.Add(new() { Value = caseId });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await ReadAsync(reader, cancellationToken);
    }

    /// <summary>State of a document in words and colour.</summary>
    public static (string Words, string? Kind) StateOf(string state) => state switch
    {
        DocumentState.Pending => ("en préparation", "wait"),
        DocumentState.Valid => ("établi", "good"),
        DocumentState.Specimen => ("établi", "good"),
        DocumentState.Cancelled => ("annulé", "bad"),
        DocumentState.Replaced => ("remplacé", "wait"),
        _ => (state, null),
    };

    private static async Task<List<DocumentRow>> ReadAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        var rows = new List<DocumentRow>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var (words, kind) = StateOf(reader.GetString(7));
            rows.Add(new DocumentRow(
                reader.GetString(0),
                reader.GetString(1),
                reader.GetString(2),
                Text(3) is { } code ? code + (reader.GetBoolean(4) ? " (numéro provisoire)" : "") : null,
                Text(5),
                Text(6),
                words,
                kind,
                reader.GetBoolean(8),
                reader.GetFieldValue<DateTimeOffset>(9),
                reader.IsDBNull(10) ? null : reader.GetFieldValue<DateTimeOffset>(10),
                Text(11),
                Text(12),
                reader.IsDBNull(13) ? null : reader.GetInt64(13),
                Text(14),
                Text(15),
                Text(16))
            {
                ReplacesId = Text(17),
                ReplacedById = Text(18),
            });
        }

        return rows;

        string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
    }
}
