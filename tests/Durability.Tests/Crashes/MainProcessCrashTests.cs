using System.Collections.Concurrent;
using Cleiss.Activities.Cases;
using Cleiss.Activities.Mail;
using Cleiss.Durability.Tests.Hosts;
using Cleiss.Persistence.Engine;
using Cleiss.Scripting.Workers;
using Cleiss.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Xunit;
using Xunit.Abstractions;

namespace Cleiss.Durability.Tests.Crashes;

/// <summary>
/// The main process on PostgreSQL, ended at each of its writes: by the death of the session in the middle of the statement, and by the death of
/// the host right before or after a commit. Each time the whole process is run: filled, sent back, filled again, validated, printed, mailed,
/// reminded, escalated, answered. Every case still ends alike, everything that must happen once has happened once, the outside saw no mail but
/// the recorded ones, and the database is sound. The normal run takes a write in twenty and a commit in five, others each time; the long one
/// takes all.
/// </summary>
public sealed class MainProcessCrashTests(ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly int WriteStride = Sizes.Long ? 1 : 20;
    private static readonly int CommitStride = Sizes.Long ? 1 : 5;

    private readonly ManualTimeProvider _time = new();
    private readonly MailsSeen _mails = new();
    private TestDatabase _database = null!;
    private InProcessHost _host = null!;
    private InProcessHost _first = null!;

    public async Task InitializeAsync()
    {
        _database = await PostgresServer.CreateDatabaseAsync();
        _first = _host = await InProcessHost.ProductAsync(_database.ConnectionString, _time, also: NoteMails);
        await _host.WorkAsync();
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        await _first.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_session_that_dies_in_any_write_of_a_case_changes_nothing_of_how_it_ends()
    {
        var office = await LiaisonOffice.OfAsync(_database, () => _host);
        office.WhileWaiting = () => _time.Advance(TimeSpan.FromSeconds(2));
        var whole = await RunAsync(office);
        var trap = await WriteTrap.SetAsync(_database);
        var deaths = 0;
        for (var write = 1 + (Sizes.Seed % WriteStride); ; write += WriteStride)
        {
            await trap.ArmAsync(write);
            var caseId = await RunAsync(office);
            if (!await trap.SprangAsync())
            {
                break;
            }

            deaths++;
            await AssertSameAsync(whole, caseId, $"write {write}");
        }

        await trap.DisarmAsync();
        output.WriteLine($"{deaths} deaths, one in every {WriteStride} writes; {office.Unanswered} calls without answer");
        Assert.True(deaths >= 100 / WriteStride, $"Only {deaths} writes were found: does the trap still see them?");
        await AssertMailsAsync();
        await Sound.AssertAsync(_host);
    }

    [Fact]
    public async Task A_host_that_dies_right_before_or_after_any_commit_of_a_case_is_replaced_by_another()
    {
        var office = await LiaisonOffice.OfAsync(_database, () => _host);
        office.WhileWaiting = () => _time.Advance(TimeSpan.FromSeconds(2));
        var whole = await RunAsync(office);
        for (var commit = 1 + (Sizes.Seed % CommitStride); ; commit += CommitStride)
        {
            var plans = new List<CrashPlan>();
            foreach (var after in new[] { false, true })
            {
                var plan = new CrashPlan(commit, after);
                plans.Add(plan);
                await ReplaceAsync(plan);
                office.AfterNoAnswer = () => plan.Happened ? ReplaceAsync(null) : Task.CompletedTask;
                var caseId = await RunAsync(office);
                await AssertSameAsync(whole, caseId, $"{(after ? "after" : "before")} commit {commit}");
            }

            if (plans.TrueForAll(plan => !plan.Happened))
            {
                // Opened, filled, sent back, filled, validated, printed, mailed; reminders and their mails; escalated, decided, answered.
                output.WriteLine($"at most {commit - 1} commits, one in every {CommitStride}");
                Assert.True(commit > 14, $"Only {commit - 1} commits were found.");
                break;
            }
        }

        await AssertMailsAsync();
        await Sound.AssertAsync(_host);
    }

    /// <summary>Everything that can happen to a case until its reply closes it.</summary>
    private async Task<string> RunAsync(LiaisonOffice office)
    {
        var caseId = await office.OpenAsync();
        await office.FillAsync(caseId);
        await office.SendBackAsync(caseId);
        await office.FillAsync(caseId);
        await office.ValidateAsync(caseId);
        await office.UntilAsync("the case waits for the reply", () => _host.Get<CaseService>().AwaitsReplyAsync(caseId, CancellationToken.None));
        for (var day = 0; day < 100; day += 20)
        {
            _time.Advance(TimeSpan.FromDays(20));
            await office.UntilAsync("all that was due has happened", () => IsQuietAsync(caseId));
        }

        await office.CompleteAsync(await office.OpenTaskAsync(caseId, "decider"), "Attendre encore");
        await office.ReplyAsync(caseId);
        await office.UntilClosedAsync(caseId);
        return caseId;
    }

    private Task<bool> IsQuietAsync(string caseId) => _database.ScalarAsync<bool>(
        $"""
        select not exists (select 1 from outbox where correlation_id = '{caseId}')
           and not exists (select 1 from bookmarks where correlation_id = '{caseId}' and due_at <= '{_time.GetUtcNow():O}')
        """);

    private void NoteMails(IServiceCollection services) => services.Replace(ServiceDescriptor.Singleton<IMailTransport>(_mails));

    /// <summary>The outside saw each recorded mail, no other, and none twice without the trail having said so before.</summary>
    private async Task AssertMailsAsync()
    {
        var times = _mails.MessageIds.CountBy(id => id).ToDictionary(StringComparer.Ordinal);
        Assert.Equal(await _database.ScalarAsync<string[]>("select array_agg(message_id order by message_id collate \"C\") from mails"), times.Keys.Order(StringComparer.Ordinal));
        foreach (var (id, repeated) in times.Where(pair => pair.Value > 1))
        {
            var announced = await _database.ScalarAsync<long>($"select count(*) from trail_entries where kind = 'mail.repeated' and facts->>'messageId' = '{id}'");
            Assert.True(announced >= repeated - 1, $"{id} left {repeated} times, and the trail announces {announced} repetitions.");
        }
    }

    private async Task ReplaceAsync(CrashPlan? plan)
    {
        var old = _host;
        _host = await InProcessHost.ProductAsync(_database.ConnectionString, _time, _first.Get<ScriptHost>(), seed: false, services =>
        {
            NoteMails(services);
            if (plan is not null)
            {
                services.AddSingleton<PostgresWorkflowStore>();
                services.Replace(ServiceDescriptor.Singleton(provider => FaultyStore.Over(provider.GetRequiredService<PostgresWorkflowStore>(), plan)));
            }
        });
        if (old != _first)
        {
            await old.DisposeAsync();
        }
        else
        {
            await old.RestAsync();
        }

        await _host.WorkAsync();
    }

    /// <summary>What happened to a case, without its ids and times: the same for every case, whatever died on the way.</summary>
    private async Task AssertSameAsync(string whole, string caseId, string where)
    {
        var (expected, actual) = (await StoryAsync(whole), await StoryAsync(caseId));
        Assert.True(expected == actual, $"A death at {where} changed the story of the case.\nExpected: {expected}\nActual:   {actual}");
    }

    private Task<string?> StoryAsync(string caseId) => _database.ScalarAsync<string>(
        $"""
        select jsonb_build_object(
            'case', (select jsonb_build_array(state, status) from cases where id = '{caseId}'),
            'instance', (select jsonb_build_array(status, sub_status, incident_count) from workflow_instances where correlation_id = '{caseId}'),
            'waits', (select count(*) from bookmarks where correlation_id = '{caseId}') + (select count(*) from outbox where correlation_id = '{caseId}'),
            -- A reminder's mail and the next timer may overtake each other: what happened how often, not in which order.
            'journal', (select jsonb_agg(event_name || ' ' || activity_id order by event_name, activity_id) from workflow_journal
                where workflow_instance_id = (select workflow_instance_id from cases where id = '{caseId}')),
            -- Time passes only while somebody waits: in a quick run all tasks begin at the same moment.
            'tasks', (select jsonb_agg(jsonb_build_array(activity_id, status, action_key, revision) order by activity_id, action_key) from user_tasks where case_id = '{caseId}'),
            'answers', (select jsonb_agg(form_key order by form_key) from form_answers where case_id = '{caseId}'),
            'documents', (select jsonb_agg(state) from documents where case_id = '{caseId}'),
            'mails', (select jsonb_agg(jsonb_build_array(template, state) order by template) from mails where case_id = '{caseId}'),
            -- A repeated attempt is told, and only that may differ.
            'trail', (select jsonb_agg(kind order by kind) from trail_entries where trail_id = 'case:{caseId}' and kind <> 'mail.repeated'))::text
        """);

    /// <summary>The mail server of all hosts: it takes everything and remembers it.</summary>
    private sealed class MailsSeen : IMailTransport
    {
        public ConcurrentQueue<string> MessageIds { get; } = [];

        public string Name => "outbox";

        public Task<TransportOutcome> SendAsync(OutgoingMail mail, CancellationToken cancellationToken)
        {
            MessageIds.Enqueue(mail.MessageId);
            return Task.FromResult<TransportOutcome>(new TransportOutcome.Accepted());
        }
    }
}
