using Npgsql;
using Cleiss.Persistence;

namespace Cleiss.Documents.Issuing;

/// <summary>States of a document; the number is kept in every one of them.</summary>
public static class DocumentState
{
    /// <summary>Numbered, not printed yet.</summary>
    public const string Pending = "pending";
    public const string Valid = "valid";
    public const string Specimen = "specimen";
    public const string Cancelled = "cancelled";
    public const string Replaced = "replaced";
}

/// <summary>One issued document.</summary>
/// <param name="Number">E.g. <c>MD-2026-0042</c>, or <c>SPEC-MD-2026-0001</c> for a specimen.</param>
/// <param name="ProvisionalCode">True while the form's own code is not official: « numéro provisoire » is printed beside it.</param>
/// <param name="TemplateVersion">The version of the template that was published when it was issued; null for documents older than that rule.</param>
/// <param name="ReplacedBy">The document that corrects or withdraws this one, once it is printed.</param>
/// <param name="CancelsPrevious">True when it withdraws its predecessor instead of correcting it.</param>
/// <param name="Sha256">Of the PDF; null while pending.</param>
public sealed record Document(
    string Id,
    string Number,
    string State,
    bool Specimen,
    string? CaseId,
    string Title,
    string Template,
    string? FormKey,
    string? FormCode,
    bool ProvisionalCode,
    string? AnswerId,
    string Language,
    string VerificationCode,
    string? PreviousDocumentId,
    string? ReplacedBy,
    string? FileId,
    string? Sha256,
    string? CancelledReason,
    string RequestedBy,
    DateTimeOffset CreatedAt,
    DateTimeOffset? RenderedAt,
    int? TemplateVersion,
    bool CancelsPrevious);

/// <summary>Reads documents; who may see them is the caller's check.</summary>
public sealed class DocumentStore(NpgsqlDataSource database)
{
    private const string Columns =
        """
        select id, number, state, specimen, case_id, title, template, form_key, form_code, provisional_code, answer_id, language,
               verification_code, previous_document_id, replaced_by, file_id, sha256, cancelled_reason, requested_by, created_at, rendered_at,
               template_version, cancels_previous
        from documents
        """;

    public async Task<Document?> FindAsync(string id, CancellationToken cancellationToken) => await OneAsync("where id = $1", id, cancellationToken);

    public async Task<Document?> FindByCodeAsync(string verificationCode, CancellationToken cancellationToken) =>
        await OneAsync("where verification_code = $1", verificationCode, cancellationToken);

    public async Task<Document?> FindByNumberAsync(string number, CancellationToken cancellationToken) =>
        await OneAsync("where number = $1", number, cancellationToken);

    public async Task<Document?> FindByHashAsync(string sha256, CancellationToken cancellationToken) =>
        await OneAsync("where sha256 = $1 order by created_at limit 1", sha256, cancellationToken);

    /// <summary>Newest first; of one case, or all when null.</summary>
    public async Task<IReadOnlyList<Document>> ListAsync(string? caseId, int skip, int take, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            Columns + " where $1::text is null or case_id = $1 order by created_at desc, id desc offset $2 limit $3");
        command.AddParameters(Sql.Text(caseId), Sql.Int(skip), Sql.Int(take));
        return await ReadAsync(command, cancellationToken);
    }

    private async Task<Document?> OneAsync(string where, string parameter, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"{Columns} {where}");
        command.AddParameters(Sql.Text(parameter));
        return await ReadAsync(command, cancellationToken) is [var document, ..] ? document : null;
    }

    private static async Task<IReadOnlyList<Document>> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var documents = new List<Document>();
        while (await reader.ReadAsync(cancellationToken))
        {
            documents.Add(new Document(
                reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetBoolean(3), Text(reader, 4), reader.GetString(5),
                reader.GetString(6), Text(reader, 7), Text(reader, 8), reader.GetBoolean(9), Text(reader, 10), reader.GetString(11),
                reader.GetString(12), Text(reader, 13), Text(reader, 14), Text(reader, 15), Text(reader, 16), Text(reader, 17),
                reader.GetString(18), reader.GetFieldValue<DateTimeOffset>(19),
                reader.IsDBNull(20) ? null : reader.GetFieldValue<DateTimeOffset>(20),
                reader.IsDBNull(21) ? null : reader.GetInt32(21), reader.GetBoolean(22)));
        }

        return documents;
    }

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
