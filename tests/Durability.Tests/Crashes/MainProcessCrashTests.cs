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
/// the host right after a commit nobody heard of. Every case still ends, everything that must happen once has happened once, and the database
/// is sound. The normal run takes every second write and every commit; the long one takes all.
/// </summary>
public sealed class MainProcessCrashTests(ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly int Stride = Sizes.Long ? 1 : 2;

    private readonly ManualTimeProvider _time = new();
    private TestDatabase _database = null!;
    private InProcessHost _host = null!;
    private InProcessHost _first = null!;

    public async Task InitializeAsync()
    {
        _database = await PostgresServer.CreateDatabaseAsync();
        _first = _host = await InProcessHost.ProductAsync(_database.ConnectionString, _time);
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
        var whole = await office.RunAsync();
        var trap = await WriteTrap.SetAsync(_database);
        var deaths = 0;
        for (var write = 1 + (Sizes.Seed % Stride); ; write += Stride)
        {
            await trap.ArmAsync(write);
            var caseId = await office.RunAsync();
            if (!await trap.SprangAsync())
            {
                break;
            }

            deaths++;
            await AssertSameAsync(whole, caseId, $"write {write}");
        }

        await trap.DisarmAsync();
        output.WriteLine($"{deaths} deaths, one in every {Stride} writes; {office.Unanswered} calls without answer");
        Assert.True(deaths >= 50 / Stride, $"Only {deaths} writes were found: does the trap still see them?");
        await Sound.AssertAsync(_host);
    }

    [Fact]
    public async Task A_host_that_dies_right_before_or_after_any_commit_of_a_case_is_replaced_by_another()
    {
        var office = await LiaisonOffice.OfAsync(_database, () => _host);
        office.WhileWaiting = () => _time.Advance(TimeSpan.FromSeconds(2));
        var whole = await office.RunAsync();
        for (var commit = 1; ; commit++)
        {
            var plans = new List<CrashPlan>();
            foreach (var after in new[] { false, true })
            {
                var plan = new CrashPlan(commit, after);
                plans.Add(plan);
                await ReplaceAsync(plan);
                office.AfterNoAnswer = () => plan.Happened ? ReplaceAsync(null) : Task.CompletedTask;
                var caseId = await office.RunAsync();
                await AssertSameAsync(whole, caseId, $"{(after ? "after" : "before")} commit {commit}");
            }

            if (plans.TrueForAll(plan => !plan.Happened))
            {
                // Opened, filled, validated, printed, mailed, answered.
                Assert.True(commit > 6, $"Only {commit - 1} commits were found.");
                break;
            }
        }

        await Sound.AssertAsync(_host);
    }

    private async Task ReplaceAsync(CrashPlan? plan)
    {
        var old = _host;
        _host = await InProcessHost.ProductAsync(_database.ConnectionString, _time, _first.Get<ScriptHost>(), seed: false, services =>
        {
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
    private async Task AssertSameAsync(string whole, string caseId, string where) =>
        Assert.Equal((where, await StoryAsync(whole)), (where, await StoryAsync(caseId)));

    private Task<string?> StoryAsync(string caseId) => _database.ScalarAsync<string>(
        $"""
        select jsonb_build_object(
            'case', (select jsonb_build_array(state, status) from cases where id = '{caseId}'),
            'instance', (select jsonb_build_array(status, sub_status, incident_count) from workflow_instances where correlation_id = '{caseId}'),
            'waits', (select count(*) from bookmarks where correlation_id = '{caseId}') + (select count(*) from outbox where correlation_id = '{caseId}'),
            'journal', (select jsonb_agg(event_name || ' ' || activity_id order by sequence) from workflow_journal
                where workflow_instance_id = (select workflow_instance_id from cases where id = '{caseId}')),
            'tasks', (select jsonb_agg(jsonb_build_array(activity_id, status, action_key, revision) order by created_at, activity_id) from user_tasks where case_id = '{caseId}'),
            'answers', (select jsonb_agg(form_key order by form_key) from form_answers where case_id = '{caseId}'),
            'documents', (select jsonb_agg(state) from documents where case_id = '{caseId}'),
            'mails', (select jsonb_agg(jsonb_build_array(template, state) order by template) from mails where case_id = '{caseId}'),
            -- A repeated attempt is told, and only that may differ.
            'trail', (select jsonb_agg(kind order by position) from trail_entries where trail_id = 'case:{caseId}' and kind <> 'mail.repeated'))::text
        """);
}
