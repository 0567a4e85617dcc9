using System.Text.Json.Nodes;
using Cleiss.Persistence;
using Npgsql;

namespace Cleiss.Forms.Answers;

/// <param name="FormVersion">The version it was given on; it is read with that version for ever.</param>
public sealed record FormAnswer(
    string Id, string FormKey, int FormVersion, string? CaseId, string? TaskId, JsonObject Data, string CreatedBy, DateTimeOffset CreatedAt);

/// <summary>Reads recorded answers; callers have checked that the person may see the case.</summary>
public sealed class AnswerStore(NpgsqlDataSource database)
{
    private const string Columns = "select id, form_key, form_version, case_id, task_id, data::text, created_by, created_at from form_answers ";

    public async Task<FormAnswer?> FindAsync(string answerId, CancellationToken cancellationToken) =>
        await ReadAsync(Columns + "where id = $1", answerId, cancellationToken) is [var answer, ..] ? answer : null;

    /// <summary>All answers of a case, oldest first.</summary>
    public Task<IReadOnlyList<FormAnswer>> ListByCaseAsync(string caseId, CancellationToken cancellationToken) =>
        ReadAsync(Columns + "where case_id = $1 order by created_at, id", caseId, cancellationToken);

    private async Task<IReadOnlyList<FormAnswer>> ReadAsync(string sql, string parameter, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        command.AddParameters(Sql.Text(parameter));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var answers = new List<FormAnswer>();
        while (await reader.ReadAsync(cancellationToken))
        {
            answers.Add(new FormAnswer(
                reader.GetString(0),
                reader.GetString(1),
                reader.GetInt32(2),
                reader.IsDBNull(3) ? null : reader.GetString(3),
                reader.IsDBNull(4) ? null : reader.GetString(4),
                JsonNode.Parse(reader.GetString(5))!.AsObject(),
                reader.GetString(6),
                reader.GetFieldValue<DateTimeOffset>(7)));
        }

        return answers;
    }
}
