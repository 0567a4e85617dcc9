using System.Text.Json;
using Cleiss.Activities.UserTasks;
using Cleiss.Documents.Rendering;
using Cleiss.Engine.Activities;
using Cleiss.Persistence;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Cleiss.Activities.PartnerLinks;

/// <summary>Reads links, by token or by the mail that carries them.</summary>
public sealed class PartnerLinkStore(NpgsqlDataSource database, IOptions<PublicAddressOptions> address)
{
    /// <summary>Stands for the token in the stored body of a mail that leaves by SMTP.</summary>
    public const string Masked = "…";

    /// <summary>Files one link may bring in, refused answers included.</summary>
    private const int UploadLimit = 20;

    private const string Columns =
        """
        select id, case_id, workflow_instance_id, bookmark_id, partner, title, instructions, form_key, form_version, actions::text, files, expires_at,
            closed_at, closed_by_action
        from partner_links
        """;

    public string UrlOf(string token) => $"{address.Value.PublicUrl.TrimEnd('/')}/partenaire/{token}";

    public async Task<PartnerLink?> FindByTokenAsync(string token, CancellationToken cancellationToken)
    {
        if (token.Length is < 20 or > 100)
        {
            return null;
        }

        await using var command = database.CreateCommand(Columns + " where token_hash = $1");
        command.AddParameters(Sql.Text(PartnerToken.HashOf(token)));
        return await ReadAsync(command, cancellationToken);
    }

    /// <summary>The link as it is now, locked until the burst ends.</summary>
    internal static async Task<PartnerLink?> LockAsync(NpgsqlConnection connection, string id, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Columns + " where id = $1 for update", connection);
        command.AddParameters(Sql.Text(id));
        return await ReadAsync(command, cancellationToken);
    }

    /// <summary>The token that a mail carries and until when it opens; null for a mail without a link, or once it has left.</summary>
    public async Task<(string Token, DateTimeOffset ExpiresAt)?> FindOfMailAsync(string mailId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select pending_token, expires_at from partner_links where mail_id = $1 and pending_token is not null");
        command.AddParameters(Sql.Text(mailId));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? (reader.GetString(0), reader.GetFieldValue<DateTimeOffset>(1)) : null;
    }

    /// <summary>Why the step came back to the partner: the reason of what was completed last in the instance before the link was made.</summary>
    public async Task<string?> FindSentBackAsync(PartnerLink link, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            select case when t.action_key like 'Renvoyer%' then t.reason end from user_tasks t
            join partner_links l on l.workflow_instance_id = t.workflow_instance_id and t.completed_at <= l.created_at
            join user_task_events e on e.task_id = t.id and e.kind = 'Completed'
            where l.id = $1 order by e.position desc limit 1
            """);
        command.AddParameters(Sql.Text(link.Id));
        return await command.ExecuteScalarAsync(cancellationToken) as string;
    }

    /// <summary>Counts one more file; false when the link has brought in enough.</summary>
    public async Task<bool> CountUploadAsync(string id, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("update partner_links set uploads = uploads + 1 where id = $1 and uploads < $2");
        command.AddParameters(Sql.Text(id), Sql.Int(UploadLimit));
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    private static async Task<PartnerLink?> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            return null;
        }

        return new PartnerLink(
            reader.GetString(0), reader.GetString(1), reader.GetString(2), Text(3), Text(4), reader.GetString(5), Text(6), Text(7),
            reader.IsDBNull(8) ? null : reader.GetInt32(8),
            JsonSerializer.Deserialize<List<UserTaskAction>>(reader.GetString(9), Values.Json) ?? [],
            reader.GetFieldValue<string[]>(10), reader.GetFieldValue<DateTimeOffset>(11),
            reader.IsDBNull(12) ? null : reader.GetFieldValue<DateTimeOffset>(12), Text(13));

        string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
    }
}
