using Cleiss.Persistence;
using Npgsql;

namespace Cleiss.Activities.Mail;

/// <summary>One try to hand a mail over; without an end nobody knows whether it arrived.</summary>
public sealed record MailAttempt(int Attempt, DateTimeOffset BegunAt, DateTimeOffset? EndedAt, string? Outcome);

/// <summary>Mails and their attempts.</summary>
public sealed class MailStore(NpgsqlDataSource database)
{
    private const string Columns =
        """
        select id, message_id, case_id, workflow_instance_id, template, partner, reminder_number, documents, state, reason, to_address, to_name,
               from_address, subject, body, language, transport, specimen, created_at, sent_at, to_field, answer_id, attached_field, data::text
        from mails
        """;

    public async Task<MailRow?> FindAsync(string id, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Columns + " where id = $1");
        command.AddParameters(Sql.Text(id));
        return await ReadAsync(command, cancellationToken) is [var mail, ..] ? mail : null;
    }

    /// <summary>Newest first; of one case, or all when null.</summary>
    public async Task<IReadOnlyList<MailRow>> ListAsync(string? caseId, int skip, int take, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            Columns + " where $1::text is null or case_id = $1 order by created_at desc, id desc offset $2 limit $3");
        command.AddParameters(Sql.Text(caseId), Sql.Int(skip), Sql.Int(take));
        return await ReadAsync(command, cancellationToken);
    }

    public async Task<IReadOnlyList<MailAttempt>> AttemptsAsync(string mailId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "select attempt, begun_at, ended_at, outcome from mail_attempts where mail_id = $1 order by attempt");
        command.AddParameters(Sql.Text(mailId));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var attempts = new List<MailAttempt>();
        while (await reader.ReadAsync(cancellationToken))
        {
            attempts.Add(new MailAttempt(
                reader.GetInt32(0), reader.GetFieldValue<DateTimeOffset>(1), reader.IsDBNull(2) ? null : reader.GetFieldValue<DateTimeOffset>(2),
                reader.IsDBNull(3) ? null : reader.GetString(3)));
        }

        return attempts;
    }

    /// <summary>Keeps what was composed, so that every attempt sends the same words.</summary>
    internal async Task SaveComposedAsync(MailRow mail, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            update mails set to_address = $2, to_name = $3, from_address = $4, subject = $5, body = $6, language = $7, specimen = $8 where id = $1
            """);
        command.AddParameters(
            Sql.Text(mail.Id), Sql.Text(mail.ToAddress), Sql.Text(mail.ToName), Sql.Text(mail.FromAddress), Sql.Text(mail.Subject),
            Sql.Text(mail.Body), Sql.Text(mail.Language), Sql.Bool(mail.Specimen));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Notes that the transport is about to be spoken to, in a commit of its own.</summary>
    /// <returns>The attempt's number, and whether an earlier one has no end.</returns>
    internal async Task<(int Attempt, bool EarlierUnknown)> BeginAttemptAsync(string mailId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            with begun as (
                insert into mail_attempts (mail_id, attempt, begun_at)
                select $1, coalesce(max(attempt), 0) + 1, $2 from mail_attempts where mail_id = $1
                returning attempt),
            sending as (update mails set state = 'sending' where id = $1)
            select attempt, exists (select 1 from mail_attempts where mail_id = $1 and ended_at is null) from begun
            """);
        command.AddParameters(Sql.Text(mailId), Sql.Time(now));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt32(0), reader.GetBoolean(1));
    }

    /// <summary>Makes a blocked mail ready to be composed and sent again; false when it is not blocked.</summary>
    internal async Task<bool> UnblockAsync(string mailId, CancellationToken cancellationToken)
    {
        // A partner's mended address is read again; an address the flow gave stays.
        await using var command = database.CreateCommand(
            """
            update mails set state = 'queued', reason = null, subject = null, body = null,
                to_address = case when partner is null and to_field is null then to_address end
            where id = $1 and state = 'blocked'
            """);
        command.AddParameters(Sql.Text(mailId));
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    private static async Task<IReadOnlyList<MailRow>> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var mails = new List<MailRow>();
        while (await reader.ReadAsync(cancellationToken))
        {
            mails.Add(new MailRow
            {
                Id = reader.GetString(0),
                MessageId = reader.GetString(1),
                CaseId = Text(reader, 2),
                WorkflowInstanceId = Text(reader, 3),
                Template = reader.GetString(4),
                Partner = Text(reader, 5),
                ReminderNumber = reader.IsDBNull(6) ? null : reader.GetInt32(6),
                Documents = reader.GetFieldValue<string[]>(7),
                State = reader.GetString(8),
                Reason = Text(reader, 9),
                ToAddress = Text(reader, 10),
                ToName = Text(reader, 11),
                FromAddress = Text(reader, 12),
                Subject = Text(reader, 13),
                Body = Text(reader, 14),
                Language = Text(reader, 15),
                Transport = Text(reader, 16),
                Specimen = reader.GetBoolean(17),
                CreatedAt = reader.GetFieldValue<DateTimeOffset>(18),
                SentAt = reader.IsDBNull(19) ? null : reader.GetFieldValue<DateTimeOffset>(19),
                ToField = Text(reader, 20),
                AnswerId = Text(reader, 21),
                AttachedField = Text(reader, 22),
                Data = Text(reader, 23),
            });
        }

        return mails;
    }

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
