using System.Text.Json.Nodes;
using Cleiss.Activities.Cases;
using Cleiss.Forms.Answers;
using Cleiss.Forms.Catalogue;
using Cleiss.Persistence;
using Cleiss.Persistence.People;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Cleiss.Activities.UserTasks;

/// <summary>Reads tasks and what belongs to them.</summary>
public sealed class UserTaskReader(
    NpgsqlDataSource database,
    IDbContextFactory<CleissDbContext> contexts,
    FormStore forms,
    AnswerStore answers,
    DraftStore drafts,
    PeopleStore people,
    TimeProvider time)
{
    private const string Columns =
        """
        id, case_id, workflow_definition_id, workflow_instance_id, activity_id, activity_instance_id, bookmark_id, title, summary, reference,
        instructions, legal_basis, task_data::text, status, assignee, candidate_users, candidate_groups, excluded_users, distinct_from, same_as,
        show_answers_of, priority, due_at, form_key, form_version, actions::text, cancellable, revision, created_at, updated_at, claimed_at,
        completed_at, completed_by, completed_by_name, action_key, answer_id, reason, exclusion_override
        """;

    public async Task<UserTaskRow?> FindAsync(string taskId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await FindAsync(connection, taskId, cancellationToken);
    }

    /// <summary>All tasks of a case, oldest first.</summary>
    public async Task<IReadOnlyList<UserTaskRow>> ListByCaseAsync(string caseId, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Set<UserTaskRow>().AsNoTracking().Where(task => task.CaseId == caseId).OrderBy(task => task.CreatedAt).ToListAsync(cancellationToken);
    }

    public async Task<UserTaskPage> ListAsync(UserTaskQuery query, Actor actor, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var all = context.Set<UserTaskRow>().AsNoTracking();
        var roles = actor.Roles.ToArray();
        var me = actor.Id;
        var manages = actor.Has(Permission.ManageUserTasks);
        var now = time.GetUtcNow();
        var tasks = query.Scope switch
        {
            "assigned" => all.Where(t => t.CompletedAt == null && t.Assignee == me),
            "available" => all.Where(t => t.CompletedAt == null && t.Assignee == null
                && (t.CandidateUsers.Contains(me) || t.CandidateGroups.Any(g => roles.Contains(g)))
                && (!t.ExcludedUsers.Contains(me) || manages && t.ExclusionOverride)
                && !all.Any(o => o.WorkflowInstanceId == t.WorkflowInstanceId && o.CompletedBy == me && o.Status == UserTaskStatus.Completed && t.DistinctFrom.Contains(o.ActivityId))),
            "history" => all.Where(t => t.CompletedAt != null && t.CompletedBy == me),
            "needsAttention" or "needs-attention" => all.Where(t => t.CompletedAt == null && (t.DueAt < now || t.Status == UserTaskStatus.Unassigned)),
            _ => query.Status is null ? all.Where(t => t.CompletedAt == null) : all,
        };
        if (!manages && !actor.Has(Permission.CasesRead))
        {
            tasks = tasks.Where(t => t.Assignee == me || t.CompletedBy == me || t.CandidateUsers.Contains(me) || t.CandidateGroups.Any(g => roles.Contains(g)));
        }

        var rows = Filter(tasks, query, now).GroupJoin(context.Set<Case>().AsNoTracking(), t => t.CaseId, c => c.Id, (t, cases) => new { t, cases })
            .SelectMany(x => x.cases.DefaultIfEmpty(), (x, c) => new { Task = x.t, Case = c });
        if (!string.IsNullOrWhiteSpace(query.Search))
        {
            var pattern = SearchPattern.Containing(query.Search.Trim());
            rows = rows.Where(x => EF.Functions.ILike(x.Task.Title, pattern, SearchPattern.Escape) || EF.Functions.ILike(x.Task.Reference!, pattern, SearchPattern.Escape)
                || EF.Functions.ILike(x.Case!.Reference, pattern, SearchPattern.Escape) || EF.Functions.ILike(x.Case.LastName!, pattern, SearchPattern.Escape) || EF.Functions.ILike(x.Case.Title, pattern, SearchPattern.Escape));
        }

        var total = await rows.CountAsync(cancellationToken);
        var ordered = (query.Sort, query.Descending) switch
        {
            ("createdAt", false) => rows.OrderBy(x => x.Task.CreatedAt),
            ("createdAt", true) => rows.OrderByDescending(x => x.Task.CreatedAt),
            ("priority", false) => rows.OrderBy(x => x.Task.Priority),
            ("priority", true) => rows.OrderByDescending(x => x.Task.Priority),
            ("title", false) => rows.OrderBy(x => x.Task.Title),
            ("title", true) => rows.OrderByDescending(x => x.Task.Title),
            ("case", false) => rows.OrderBy(x => x.Case!.Reference),
            ("case", true) => rows.OrderByDescending(x => x.Case!.Reference),
            ("person", false) => rows.OrderBy(x => x.Case!.LastName),
            ("person", true) => rows.OrderByDescending(x => x.Case!.LastName),
            ("completedAt", false) => rows.OrderBy(x => x.Task.CompletedAt),
            ("completedAt", true) => rows.OrderByDescending(x => x.Task.CompletedAt),
            (_, true) => rows.OrderByDescending(x => x.Task.DueAt),
            _ => rows.OrderBy(x => x.Task.DueAt == null).ThenBy(x => x.Task.DueAt),
        };
        var page = await ordered.ThenBy(x => x.Task.CreatedAt).ThenBy(x => x.Task.Id)
            .Skip(Math.Max(0, query.Offset)).Take(Math.Clamp(query.Limit, 1, 200)).ToListAsync(cancellationToken);
        var names = (await people.ListAsync(cancellationToken)).ToDictionary(p => p.Id, p => p.Name, StringComparer.Ordinal);
        return new UserTaskPage(
            [.. page.Select(x => new UserTaskListItem(x.Task, x.Case, x.Task.Assignee is { } id ? names.GetValueOrDefault(id, id) : null))], total);
    }

    public async Task<IReadOnlyList<UserTaskEvent>> ListEventsAsync(string taskId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "select at, kind, actor_id, actor_name, revision, facts::text from user_task_events where task_id = $1 order by position");
        command.AddParameters(Sql.Text(taskId));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var events = new List<UserTaskEvent>();
        while (await reader.ReadAsync(cancellationToken))
        {
            events.Add(new UserTaskEvent(
                reader.GetFieldValue<DateTimeOffset>(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetInt32(4),
                reader.IsDBNull(5) ? null : JsonNode.Parse(reader.GetString(5)) as JsonObject));
        }

        return events;
    }

    internal async Task<string?> CaseReferenceAsync(string? caseId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select reference from cases where id = $1");
        command.AddParameters(Sql.Text(caseId));
        return await command.ExecuteScalarAsync(cancellationToken) as string;
    }

    /// <summary>The draft, else the latest answer of the same activity, else what the opening of the case already says.</summary>
    internal async Task<(JsonObject? Data, bool IsDraft)> InitialDataAsync(UserTaskRow task, CancellationToken cancellationToken)
    {
        if (task.FormKey is null)
        {
            return (null, false);
        }

        if (task.AnswerId is { } given)
        {
            return ((await answers.FindAsync(given, cancellationToken))?.Data, false);
        }

        if (await drafts.FindAsync(task.Id, cancellationToken) is { } draft)
        {
            return (draft.Data, true);
        }

        if (await LatestAnswerIdAsync(task.WorkflowInstanceId, task.ActivityId, cancellationToken) is { } before)
        {
            return (await AsNowAsync(before, task, cancellationToken), false);
        }

        // A task that corrects another begins with what was filled in there.
        if (task.ShowAnswersOf is { } shown && await LatestAnswerIdAsync(task.WorkflowInstanceId, shown, cancellationToken) is { } other
            && await answers.FindAsync(other, cancellationToken) is { } original && original.FormKey == task.FormKey)
        {
            return (original.Data, false);
        }

        var opening = task.CaseId is null ? null : await answers.ListByCaseAsync(task.CaseId, cancellationToken) is [var first, ..] ? first : null;
        var form = await forms.FindAsync(task.FormKey, task.FormVersion, cancellationToken);
        var known = opening is null || form is null ? [] : Common(opening.Data, form);
        foreach (var (name, value) in UserTaskBinding.Of(task).Initial ?? [])
        {
            known[name] = value?.DeepClone();
        }

        return (known, false);
    }

    // Given on an older version of the form, perhaps: what the task's version has no place for stays with that answer.
    private async Task<JsonObject?> AsNowAsync(string answerId, UserTaskRow task, CancellationToken cancellationToken)
    {
        if (await answers.FindAsync(answerId, cancellationToken) is not { } answer)
        {
            return null;
        }

        return answer.FormVersion != task.FormVersion
            && answer.FormKey == task.FormKey
            && await forms.FindAsync(answer.FormKey, answer.FormVersion, cancellationToken) is { } given
            && await forms.FindAsync(answer.FormKey, task.FormVersion, cancellationToken) is { } now
            ? FormMove.Plan(given, now, answer.Data).Data
            : answer.Data;
    }

    internal async Task<string?> LatestAnswerIdAsync(string instanceId, string? activityId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            select coalesce(
              (select t.answer_id from user_tasks t join user_task_events e on e.task_id = t.id and e.kind = 'Completed'
               where t.workflow_instance_id = $1 and t.activity_id = $2 and t.answer_id is not null
               order by e.position desc limit 1),
              -- A step that a partner did through a link.
              (select answer_id from partner_links where workflow_instance_id = $1 and activity_id = $2 and answer_id is not null order by closed_at desc limit 1))
            """);
        command.AddParameters(Sql.Text(instanceId), Sql.Text(activityId));
        return await command.ExecuteScalarAsync(cancellationToken) as string;
    }

    /// <summary>The reason of the step completed last in the instance before this task was created.</summary>
    internal async Task<SentBackReason?> SentBackAsync(UserTaskRow task, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            select t.reason, t.completed_by_name, t.completed_at from user_tasks t
            join user_task_events e on e.task_id = t.id and e.kind = 'Completed'
            where t.workflow_instance_id = $1 and t.id <> $2 and t.completed_at <= $3
            order by e.position desc limit 1
            """);
        command.AddParameters(Sql.Text(task.WorkflowInstanceId), Sql.Text(task.Id), Sql.Time(task.CreatedAt));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) && !await reader.IsDBNullAsync(0, cancellationToken)
            ? new SentBackReason(reader.GetString(0), reader.GetString(1), await reader.GetFieldValueAsync<DateTimeOffset>(2, cancellationToken))
            : null;
    }

    internal static async Task<IReadOnlyCollection<(string ActivityId, string UserId)>> CompletersAsync(
        NpgsqlDataSource database, string instanceId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await CompletersAsync(connection, instanceId, cancellationToken);
    }

    internal static async Task<IReadOnlyCollection<(string ActivityId, string UserId)>> CompletersAsync(
        NpgsqlConnection connection, string instanceId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "select distinct activity_id, completed_by from user_tasks where workflow_instance_id = $1 and status = 'Completed'", connection);
        command.AddParameters(Sql.Text(instanceId));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var completers = new List<(string, string)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            completers.Add((reader.GetString(0), reader.GetString(1)));
        }

        return completers;
    }

    internal static async Task<UserTaskRow?> FindAsync(
        NpgsqlConnection connection, string taskId, CancellationToken cancellationToken, bool lockRow = false)
    {
        await using var command = new NpgsqlCommand($"select {Columns} from user_tasks where id = $1{(lockRow ? " for update" : "")}", connection);
        command.AddParameters(Sql.Text(taskId));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? Read(reader) : null;
    }

    private static IQueryable<UserTaskRow> Filter(IQueryable<UserTaskRow> tasks, UserTaskQuery query, DateTimeOffset now)
    {
        var today = ParisDate.Start(ParisDate.Of(now));
        tasks = query.Due switch
        {
            "overdue" => tasks.Where(t => t.DueAt < now),
            "today" => tasks.Where(t => t.DueAt >= today && t.DueAt < today.AddDays(1)),
            "thisWeek" => tasks.Where(t => t.DueAt >= today && t.DueAt < today.AddDays(7)),
            "noDueDate" => tasks.Where(t => t.DueAt == null),
            _ => tasks,
        };
        tasks = query.CaseId is { } caseId ? tasks.Where(t => t.CaseId == caseId) : tasks;
        tasks = query.Status is { } status ? tasks.Where(t => t.Status == status) : tasks;
        tasks = query.Reference is { } reference ? tasks.Where(t => t.Reference == reference) : tasks;
        tasks = query.WorkflowInstanceId is { } instance ? tasks.Where(t => t.WorkflowInstanceId == instance) : tasks;
        tasks = query.WorkflowDefinitionId is { } definition ? tasks.Where(t => t.WorkflowDefinitionId == definition) : tasks;
        tasks = query.PriorityFrom is { } low ? tasks.Where(t => t.Priority >= low) : tasks;
        tasks = query.PriorityTo is { } high ? tasks.Where(t => t.Priority <= high) : tasks;
        tasks = query.From is { } from ? tasks.Where(t => t.CreatedAt >= from.ToUniversalTime()) : tasks;
        return query.To is { } to ? tasks.Where(t => t.CreatedAt < to.ToUniversalTime()) : tasks;
    }

    private static JsonObject Common(JsonObject opening, Forms.Definitions.FormDefinition form)
    {
        var known = new JsonObject();
        foreach (var key in form.Fields.SelectMany(f => f.Key.Length == 0 ? f.Children.Select(c => c.Key) : [f.Key]).Where(k => k.Length > 0).Distinct())
        {
            if (opening.TryGetPropertyValue(key, out var value) && value is not null)
            {
                known[key] = value.DeepClone();
            }
        }

        return known;
    }

    private static UserTaskRow Read(NpgsqlDataReader reader)
    {
        return new UserTaskRow
        {
            Id = reader.GetString(0),
            CaseId = Text(1),
            WorkflowDefinitionId = reader.GetString(2),
            WorkflowInstanceId = reader.GetString(3),
            ActivityId = reader.GetString(4),
            ActivityInstanceId = reader.GetString(5),
            BookmarkId = reader.GetString(6),
            Title = reader.GetString(7),
            Summary = Text(8),
            Reference = Text(9),
            Instructions = Text(10),
            LegalBasis = Text(11),
            TaskData = Text(12),
            Status = reader.GetString(13),
            Assignee = Text(14),
            CandidateUsers = Texts(15),
            CandidateGroups = Texts(16),
            ExcludedUsers = Texts(17),
            DistinctFrom = Texts(18),
            SameAs = Texts(19),
            ShowAnswersOf = Text(20),
            Priority = reader.GetInt32(21),
            DueAt = Time(22),
            FormKey = Text(23),
            FormVersion = reader.IsDBNull(24) ? null : reader.GetInt32(24),
            Actions = reader.GetString(25),
            Cancellable = reader.GetBoolean(26),
            Revision = reader.GetInt32(27),
            CreatedAt = Time(28)!.Value,
            UpdatedAt = Time(29)!.Value,
            ClaimedAt = Time(30),
            CompletedAt = Time(31),
            CompletedBy = Text(32),
            CompletedByName = Text(33),
            ActionKey = Text(34),
            AnswerId = Text(35),
            Reason = Text(36),
            ExclusionOverride = reader.GetBoolean(37),
        };

        string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
        string[] Texts(int column) => reader.GetFieldValue<string[]>(column);
        DateTimeOffset? Time(int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);
    }
}
