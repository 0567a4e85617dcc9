using System.Text.Json.Nodes;
using Cleiss.Durability.Tests.Corpus;
using Cleiss.Durability.Tests.Hosts;
using Cleiss.Persistence.Verification;
using Cleiss.TestKit;
using Cleiss.TestKit.Product;
using Npgsql;
using Xunit;

namespace Cleiss.Durability.Tests.Verification;

public sealed class VerifyTests
{
    /// <summary>One way to break each rule. They are done one after the other, so each must break its own rule and find it whole before.</summary>
    private static readonly (string Code, string Damage)[] Damages =
    [
        ("trail-chain", "update trail_entries set sentence = sentence || '.' where trail_id = (select min(trail_id) from trail_entries where trail_id like 'case:%') and position = 2"),
        ("trail-head", "delete from trail_entries e using trails t where t.id = e.trail_id and t.id = (select max(id) from trails where length > 2) and e.position = t.length"),
        ("file-content", "update file_contents set content = content || '\\x00'::bytea"),
        ("journal-gap", "delete from workflow_journal_pages where first_sequence = 1"),
        ("trigger-version", "insert into workflow_triggers (id, definition_id, definition_version_id, activity_id, name, hash) values ('egare', 'aucune', 'aucune', 'a', 'Elsa.Event', 'x')"),
        ("trigger-missing", "update workflow_definitions set document = jsonb_set(document::jsonb, '{root,activities,0}', '{\"id\": \"e\", \"type\": \"Elsa.Event\", \"customProperties\": {\"canStartWorkflow\": true}}')::json where is_published"),
        ("definition-latest", "update workflow_definitions set is_latest = false"),
        ("task-revision", "update user_tasks set revision = revision + 1 where id = (select max(id) from user_tasks where completed_at is null)"),
        ("task-draft", "insert into form_drafts select id, 'se-151-08', 1, '{}', 1, 'agent1', 'Agent', created_at from user_tasks where completed_at is not null limit 1"),
        ("task-status", "update user_tasks set assignee = null where id = (select min(id) from user_tasks where status = 'Assigned' and completed_at is null)"),
        ("task-answer", "update user_tasks set answer_id = 'perdue' where id = (select min(id) from user_tasks where answer_id is not null)"),
        ("case-answer", "insert into form_answers select 'egaree', form_key, form_version, 'nulle-part', null, '{}', created_by, created_at from form_answers limit 1"),
        ("case-number", "update case_counters set last = last + 1"),
        ("case-instance", "update cases set workflow_instance_id = 'aucune' where id = (select min(id) from cases)"),
        ("case-state", "update cases set closed_at = null where state = 'closed'"),
        ("mail-effect", "update mails set state = 'queued' where id = (select min(id) from mails)"),
        ("mail-sent", "update mails set subject = null where id = (select max(id) from mails)"),
        ("mail-references", "update mails set documents = array['aucun'] where id = (select max(id) from mails)"),
        ("document-number", "update document_series set last_number = last_number + 1"),
        ("document-file", "update documents set sha256 = 'autre' where id = (select min(id) from documents where state = 'specimen')"),
        ("document-references", "update documents set answer_id = 'aucune' where id = (select max(id) from documents)"),
        ("translation-month", "insert into translation_months values ('2026-01', '2026-02-01', 'essai', 1, 5)"),
        ("translation-cost",
            """
            with l as (insert into translation_lots values (98, 'Essai', 'version', '{}', 1, 1, false, true) returning number),
            p as (insert into translation_providers values ('P98', 'Essai', null, 'Paris', 'France', '1', true) returning code),
            r as (insert into translation_requests (case_id, requested_at, kind, direction, language, requester, document_file, fingerprint)
              select min(id), '2026-01-01', 'traduction', 'version', 'ro', 'Essai', 'aucun', 'aucune' from cases returning case_id)
            insert into translation_orders select 'perdue', case_id, number, code, 1, 1, 1, 1, 'delivered', '2026-01-01', '2026-01-01', false, 'perdue' from l, p, r
            """),
        ("translation-ceiling", "insert into translation_lots values (99, 'Essai', 'version', '{}', 10, 5, false, true)"),
        ("document-pending", "update outbox set kind = 'document.autre' where kind = 'document.render'"),
        ("outbox-parked", "update outbox set parked_at = created_at"),
        ("outbox-bookmark", "delete from bookmarks where id in (select bookmark_id from outbox)"),
        ("outbox-instance", "insert into outbox (id, kind, idempotency_key, payload, workflow_instance_id, next_at, created_at) select 'perdu', kind, 'perdu', '{}', 'aucune', next_at, created_at from outbox limit 1"),
        ("task-bookmark", "delete from bookmarks where id = (select max(bookmark_id) from user_tasks where completed_at is null)"),
        ("bookmark-resumed-by", "insert into bookmarks select 'orphelin', workflow_instance_id, correlation_id, 'Cleiss.Rien', null, activity_id, activity_number, null, null, created_at, null, true from bookmarks limit 1"),
        ("task-closed", "update user_tasks set completed_at = created_at, status = 'Cancelled' where id = (select min(id) from user_tasks where completed_at is null)"),
        ("bookmark-instance", "update workflow_instances set status = 'Finished', sub_status = 'Finished', finished_at = updated_at where id = (select max(workflow_instance_id) from bookmarks)"),
        ("instance-status", "update workflow_instances set sub_status = 'Executing' where id = (select min(workflow_instance_id) from bookmarks)"),
        ("instance-definition", "update workflow_instances set definition_version_id = 'aucune' where status = 'Finished'"),
    ];

    [Fact]
    public async Task A_sound_database_passes_and_every_damage_is_found_where_it_is()
    {
        await using var database = await RecordedAsync();
        await using var host = await InProcessHost.ProductAsync(database.ConnectionString, new ManualTimeProvider(), seed: false);
        var verifier = host.Get<DatabaseVerifier>();
        var sound = await verifier.VerifyAsync(CancellationToken.None);
        Assert.True(sound.Holds, sound.ToText());
        Assert.Equal((0, true), await VerifyByCommandAsync(database, "toutes tiennent"));

        // What the engine says of states, first: later damages would hide it.
        await DamageAsync(database, "update bookmarks set activity_number = activity_number + 1000 where id = (select min(bookmark_id) from user_tasks where completed_at is null)");
        AssertBroken(await verifier.VerifyAsync(CancellationToken.None), "instance-state");

        var broken = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (code, damage) in Damages)
        {
            var before = await verifier.VerifyAsync(CancellationToken.None);
            Assert.DoesNotContain(before.Broken, finding => finding.Code == code);
            await DamageAsync(database, damage);
            AssertBroken(await verifier.VerifyAsync(CancellationToken.None), code);
            broken.Add(code);
        }

        await DamageAsync(database, "delete from bookmarks");
        AssertBroken(await verifier.VerifyAsync(CancellationToken.None), "instance-waits");
        broken.UnionWith(["instance-waits", "instance-state"]);
        Assert.Equal((1, true), await VerifyByCommandAsync(database, "Remède"));

        // A rule nobody has seen broken may be a rule that never breaks.
        Assert.Equal([], (await verifier.VerifyAsync(CancellationToken.None)).Findings.Select(finding => finding.Code).Except(broken));
    }

    [Fact]
    public async Task A_database_of_another_release_is_not_judged()
    {
        await using var database = await PostgresServer.CreateEmptyDatabaseAsync();
        Assert.Equal((2, true), await VerifyByCommandAsync(database, "n’a pas le schéma"));
    }

    private static void AssertBroken(VerificationReport report, string code)
    {
        var finding = report.Findings.Single(finding => finding.Code == code);
        Assert.False(finding.Holds, $"{code} is broken and was not found.\n{report.ToText()}");
        Assert.All(finding.Where, where => Assert.NotEmpty(where));
    }

    /// <summary>The recorded cases of the main process, upgraded by today's migrations.</summary>
    private static async Task<TestDatabase> RecordedAsync()
    {
        var database = await PostgresServer.CreateEmptyDatabaseAsync();
        await DatabaseSnapshot.RestoreAsync(database, JsonNode.Parse(await File.ReadAllTextAsync(CorpusTests.NewestMainProcess()))!.AsObject());
        return database;
    }

    private static async Task DamageAsync(TestDatabase database, string sql)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await using var command = new NpgsqlCommand($"set session_replication_role = replica; {sql}; reset session_replication_role", connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<(int ExitCode, bool Says)> VerifyByCommandAsync(TestDatabase database, string words)
    {
        var (exitCode, said) = await VerifyCommand.RunAsync(database.ConnectionString);
        return (exitCode, said.Contains(words, StringComparison.Ordinal));
    }
}
