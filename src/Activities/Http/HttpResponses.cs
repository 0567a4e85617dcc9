using System.Text.Json.Nodes;
using Cleiss.Persistence;
using Cleiss.Persistence.Bursts;
using Npgsql;

namespace Cleiss.Activities.Http;

internal sealed record AnswerHttpRequest(string RequestId, int StatusCode, string? ContentType, JsonObject? Headers, string? Content, DateTimeOffset ExpiresAt);

internal sealed record RememberHttpRoute(string Template);

internal sealed class HttpParticipant : IBurstParticipant
{
    public bool TryWrite(object companion, BurstScope scope, NpgsqlBatch batch)
    {
        switch (companion)
        {
            case AnswerHttpRequest answer:
                batch.Add("delete from http_responses where expires_at < $1", Sql.Time(scope.Now));
                batch.Add(
                    """
                    insert into http_responses (request_id, workflow_instance_id, status_code, content_type, headers, content, expires_at)
                    values ($1, $2, $3, $4, $5, $6, $7)
                    """,
                    Sql.Text(answer.RequestId), Sql.Text(scope.WorkflowInstanceId), Sql.Int(answer.StatusCode), Sql.Text(answer.ContentType),
                    Sql.Json(answer.Headers), Sql.Text(answer.Content), Sql.Time(answer.ExpiresAt));
                return true;
            case RememberHttpRoute route:
                batch.Add("insert into http_routes (template) values ($1) on conflict do nothing", Sql.Text(route.Template));
                return true;
            default:
                return false;
        }
    }
}

/// <summary>Where the host that holds a request finds the answer that some host's burst has written.</summary>
public sealed class HttpResponses(NpgsqlDataSource database)
{
    /// <summary>Takes the answer out, so that nobody can send it a second time.</summary>
    internal async Task<AnswerHttpRequest?> TakeAsync(string requestId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "delete from http_responses where request_id = $1 returning status_code, content_type, headers::text, content, expires_at");
        command.AddParameters(Sql.Text(requestId));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new AnswerHttpRequest(
                requestId, reader.GetInt32(0), reader.IsDBNull(1) ? null : reader.GetString(1),
                reader.IsDBNull(2) ? null : JsonNode.Parse(reader.GetString(2)) as JsonObject, reader.IsDBNull(3) ? null : reader.GetString(3),
                reader.GetFieldValue<DateTimeOffset>(4))
            : null;
    }

    /// <summary>An instance's status and sub-status.</summary>
    internal async Task<(string Status, string SubStatus)> StateAsync(string workflowInstanceId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select status, sub_status from workflow_instances where id = $1");
        command.AddParameters(Sql.Text(workflowInstanceId));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? (reader.GetString(0), reader.GetString(1)) : ("Finished", "Finished");
    }
}
