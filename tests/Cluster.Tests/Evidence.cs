using Cleiss.Persistence.Trails;
using Cleiss.TestKit;
using Cleiss.TestKit.Product;
using Xunit;

namespace Cleiss.Cluster.Tests;

/// <summary>What the database and the mail server must show when cases have ended, whatever the hosts went through.</summary>
internal static class Evidence
{
    public static async Task AssertAllClosedOnceAsync(TestDatabase database, SmtpReceiver receiver, int cases)
    {
        await NothingIsLeftAsync(database);
        await EachStepHappenedOnceAsync(database, cases);
        await NumbersHaveNoGapAsync(database, cases);
        await EachMailIsOneAsync(database, receiver, cases);
        await TrailsHoldAsync(database, cases);
        var (exitCode, said) = await VerifyCommand.RunAsync(database.ConnectionString);
        Assert.True(exitCode == 0, said);
    }

    private static async Task NothingIsLeftAsync(TestDatabase database)
    {
        Assert.Null(await database.ScalarAsync<string>("select string_agg(kind || ' ' || coalesce(last_error, ''), '; ') from outbox"));
        Assert.Equal(0, await CountAsync(
            database, "workflow_instances i where status = 'Running' and not exists (select 1 from bookmarks where workflow_instance_id = i.id)"));
        Assert.Equal(0, await CountAsync(database, "workflow_instances where status <> 'Finished' or sub_status <> 'Finished' or incident_count > 0"));
        Assert.Equal(0, await CountAsync(database, "bookmarks"));
        Assert.Equal(0, await CountAsync(database, "workflow_definitions where definition_id like '%-proposition'"));
    }

    private static async Task EachStepHappenedOnceAsync(TestDatabase database, int cases)
    {
        Assert.Equal(cases, await CountAsync(database, "cases where state = 'closed'"));
        Assert.Equal(cases, await CountAsync(database, "cases"));
        Assert.Equal(cases, await CountAsync(database, "workflow_instances"));
        Assert.Equal(2 * cases, await CountAsync(database, "user_tasks where status = 'Completed'"));
        Assert.Equal(2 * cases, await CountAsync(database, "user_tasks"));
        foreach (var (kind, times) in new[] { ("case.opened", 1), ("task.completed", 2), ("case.reply", 1), ("mail.sent", 1) })
        {
            Assert.Equal((kind, times * cases), (kind, (int)await CountAsync(database, $"trail_entries where kind = '{kind}'")));
            Assert.Equal(cases, await CountAsync(database, $"(select trail_id from trail_entries where kind = '{kind}' group by trail_id having count(*) = {times}) as even"));
        }
    }

    private static async Task NumbersHaveNoGapAsync(TestDatabase database, int cases)
    {
        Assert.Equal(cases, await CountAsync(database, "documents where rendered_at is not null and sha256 is not null"));
        Assert.Equal(cases, await database.ScalarAsync<long>("select count(distinct case_id) from documents"));
        Assert.Equal(cases, await database.ScalarAsync<long>("select count(distinct number) from documents"));
        Assert.Equal(0, await CountAsync(
            database,
            """
            document_series s where last_number <> (select count(*) from documents d where d.series = s.series and d.year = s.year)
                or last_number <> (select max(counter) from documents d where d.series = s.series and d.year = s.year)
            """));
        Assert.Equal(0, await CountAsync(database, "case_counters where last <> (select count(*) from cases)"));
    }

    private static async Task EachMailIsOneAsync(TestDatabase database, SmtpReceiver receiver, int cases)
    {
        Assert.Equal(cases, await CountAsync(database, "mails where state = 'sent' and transport = 'smtp'"));
        Assert.Equal(cases, await CountAsync(database, "mails"));
        Assert.Equal(cases, await database.ScalarAsync<long>("select count(distinct case_id) from mails"));
        var known = await database.ScalarAsync<string[]>("select array_agg(message_id order by message_id) from mails");
        var received = receiver.Mails.CountBy(mail => mail.MessageId ?? "none").ToDictionary(pair => pair.Key, pair => pair.Value);
        Assert.Equal(known, received.Keys.Order(StringComparer.Ordinal));
        foreach (var (id, times) in received)
        {
            var announced = await CountAsync(database, $"trail_entries where kind = 'mail.repeated' and facts->>'messageId' = '{id}'");
            Assert.True(announced >= times - 1, $"{id} came {times} times, and the trail announces {announced} repetitions.");
        }
    }

    private static async Task TrailsHoldAsync(TestDatabase database, int cases)
    {
        var trails = await database.ScalarAsync<string[]>("select array_agg(id) from trails") ?? [];
        Assert.True(trails.Length >= cases);
        var reader = new TrailReader(database.DataSource);
        foreach (var trail in trails)
        {
            var verdict = await reader.VerifyAsync(trail, CancellationToken.None);
            Assert.True(verdict.Intact, $"{trail}: {verdict.Reason}");
        }
    }

    private static Task<long> CountAsync(TestDatabase database, string from) => database.ScalarAsync<long>("select count(*) from " + from);
}
