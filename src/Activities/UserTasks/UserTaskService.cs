using System.Text.Json;
using System.Text.Json.Nodes;
using Cleiss.Engine;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Execution;
using Cleiss.Engine.Storage;
using Cleiss.Forms.Answers;
using Cleiss.Forms.Catalogue;
using Cleiss.Forms.Validation;
using Cleiss.Persistence;
using Cleiss.Persistence.People;
using Cleiss.Persistence.Trails;
using Npgsql;

namespace Cleiss.Activities.UserTasks;

/// <summary>
/// Commands on user tasks. Whatever the route (page, HTTP, another service), the rules are checked again under the lock of the instance, on
/// the row as it is in that transaction.
/// </summary>
public sealed class UserTaskService(
    NpgsqlDataSource database,
    UserTaskReader reader,
    WorkflowRuntime runtime,
    FormStore forms,
    FormValidator validator,
    DraftStore drafts,
    PeopleStore people,
    TimeProvider time)
{
    private const int LargestPayload = 256 * 1024;

    /// <summary>The task, or null when there is none or the person may not see it.</summary>
    public async Task<UserTaskRow?> FindAsync(string taskId, Actor actor, CancellationToken cancellationToken) =>
        await reader.FindAsync(taskId, cancellationToken) is { } task && UserTaskAccess.MaySee(task, actor) ? task : null;

    /// <summary>All a person needs to work on the task; null when absent or denied.</summary>
    public async Task<UserTaskDetail?> GetAsync(string taskId, Actor actor, CancellationToken cancellationToken)
    {
        if (await FindAsync(taskId, actor, cancellationToken) is not { } task)
        {
            return null;
        }

        var completers = await UserTaskReader.CompletersAsync(database, task.WorkflowInstanceId, cancellationToken);
        var exclusion = UserTaskAccess.Exclusion(task, actor, completers);
        var (data, isDraft) = await reader.InitialDataAsync(task, cancellationToken);
        return new UserTaskDetail(
            task,
            await reader.CaseReferenceAsync(task.CaseId, cancellationToken),
            ActionsOf(task),
            data,
            isDraft,
            UserTaskBinding.Of(task).ShownAnswerId ?? await reader.LatestAnswerIdAsync(task.WorkflowInstanceId, task.ShowAnswersOf, cancellationToken),
            await reader.SentBackAsync(task, cancellationToken),
            exclusion,
            RightsOf(task, actor, exclusion));
    }

    public Task<UserTaskPage> ListAsync(UserTaskQuery query, Actor actor, CancellationToken cancellationToken) =>
        reader.ListAsync(query, actor, cancellationToken);

    public Task<IReadOnlyList<UserTaskEvent>> ListEventsAsync(string taskId, CancellationToken cancellationToken) =>
        reader.ListEventsAsync(taskId, cancellationToken);

    public static IReadOnlyList<UserTaskAction> ActionsOf(UserTaskRow task) =>
        JsonSerializer.Deserialize<List<UserTaskAction>>(task.Actions, Values.Json) ?? [];

    public Task<UserTaskCommandResult> ClaimAsync(string taskId, int? expectedRevision, string? operationId, Actor actor, CancellationToken cancellationToken) =>
        ChangeAsync(taskId, "Claimed", RequestHash.Of("claim", actor.Id), expectedRevision, operationId, actor, (task, completers) =>
        {
            if (task.Assignee is { } holder && holder != actor.Id)
            {
                throw new UserTaskRefusedException(409, "not-claimable", $"La tâche est déjà entre les mains de « {holder} ».");
            }

            UserTaskAccess.Demand(task, actor, completers);
            task.Assignee = actor.Id;
            task.ClaimedAt = time.GetUtcNow();
            return "a pris la tâche";
        }, cancellationToken);

    public Task<UserTaskCommandResult> ReleaseAsync(string taskId, int? expectedRevision, string? operationId, Actor actor, CancellationToken cancellationToken) =>
        ChangeAsync(taskId, "Released", RequestHash.Of("release", actor.Id), expectedRevision, operationId, actor, (task, _) =>
        {
            if (task.Assignee != actor.Id && !actor.Has(Permission.AssignUserTasks))
            {
                throw new UserTaskRefusedException(403, "not-assignee", "Seule la personne qui a pris la tâche peut la rendre.");
            }

            task.Assignee = null;
            task.ClaimedAt = null;
            return "a rendu la tâche";
        }, cancellationToken);

    /// <summary>Gives the task to somebody; the candidates and a four-eyes rule hold for that person too.</summary>
    public async Task<UserTaskCommandResult> AssignAsync(
        string taskId, string? assignee, int? expectedRevision, string? operationId, Actor actor, CancellationToken cancellationToken)
    {
        var person = assignee is null ? null : await people.FindActorAsync(assignee, cancellationToken)
            ?? throw new UserTaskRefusedException(422, "unknown-assignee", $"La personne « {assignee} » n'existe pas ou son compte est bloqué.");
        return await ChangeAsync(taskId, "Assigned", RequestHash.Of("assign", assignee), expectedRevision, operationId, actor, (task, completers) =>
        {
            if (!actor.Has(Permission.AssignUserTasks))
            {
                throw new UserTaskRefusedException(403, "forbidden", "Vos rôles ne permettent pas d'attribuer des tâches.");
            }

            if (person is not null)
            {
                UserTaskAccess.DemandAssignable(task, person, completers);
            }

            task.Assignee = person?.Id;
            return person is null ? "a remis la tâche en commun" : $"a attribué la tâche à {person.Name}";
        }, cancellationToken);
    }

    public Task<UserTaskCommandResult> UpdateAsync(
        string taskId, int? priority, DateTimeOffset? dueAt, bool clearDueAt, int? expectedRevision, string? operationId, Actor actor, CancellationToken cancellationToken) =>
        ChangeAsync(taskId, "Updated", RequestHash.Of("update", $"{priority}", $"{dueAt:O}", $"{clearDueAt}"), expectedRevision, operationId, actor, (task, _) =>
        {
            if (!actor.Has(Permission.UpdateUserTasks))
            {
                throw new UserTaskRefusedException(403, "forbidden", "Vos rôles ne permettent pas de modifier des tâches.");
            }

            if (priority is < 0 or > 100)
            {
                throw new UserTaskRefusedException(422, "invalid-priority", "La priorité va de 0 à 100.");
            }

            task.Priority = priority ?? task.Priority;
            task.DueAt = clearDueAt ? null : dueAt ?? task.DueAt;
            return "a modifié la priorité ou l'échéance de la tâche";
        }, cancellationToken);

    /// <summary>Completes the task: validates the form, then moves the flow, in one commit.</summary>
    /// <exception cref="UserTaskRefusedException">Refused with a code; nothing was written.</exception>
    public async Task<UserTaskCommandResult> CompleteAsync(CompleteUserTask command, Actor actor, CancellationToken cancellationToken)
    {
        var task = await FindAsync(command.TaskId, actor, cancellationToken) ?? throw NotFound();
        command = command with { Data = command.Data is null ? null : SafeJson.Copy(command.Data) };
        var hash = RequestHash.Of("complete", actor.Id, command.ActionKey, command.Data?.ToJsonString(), command.Reason);
        if (await FindOperationAsync(task, command.OperationId, hash, null, cancellationToken) is { } repeated)
        {
            return repeated;
        }

        await DemandAsync(database, task, actor, command.ExpectedRevision, cancellationToken);
        var action = FindAction(task, command.ActionKey);
        var reason = ReasonOf(command, task, action);
        var form = task.FormKey is null ? null : await forms.FindAsync(task.FormKey, task.FormVersion, cancellationToken)
            ?? throw new UserTaskRefusedException(422, "form-unknown", $"Le formulaire « {task.FormKey} » n'a pas de version publiée.");
        var data = form is not null && action.ValidatesForm ? await ValidateAsync(form, command, cancellationToken) : null;
        var answerId = data is null ? null : Ids.New();
        var now = time.GetUtcNow();
        var input = new JsonObject
        {
            ["actionKey"] = action.Key,
            ["answerId"] = answerId,
            ["completedBy"] = actor.Id,
            ["completedAt"] = now,
            ["data"] = data is null ? new JsonObject() : form!.SelectVisibleToFlow(data),
        };
        List<object> companions = [];
        if (data is not null)
        {
            companions.Add(new RecordAnswer(answerId!, form!.Key, form.Version, task.CaseId, task.Id, data, actor.Id));
        }

        companions.Add(new CloseUserTask(task.Id, UserTaskStatus.Completed, actor, action.Key, answerId, reason));
        if (task.CaseId is not null)
        {
            companions.Add(new TrailEntry(
                TrailIds.Case(task.CaseId), actor, "task.completed", Sentence(task, action, form, reason),
                new JsonObject { ["taskId"] = task.Id, ["actionKey"] = action.Key, ["answerId"] = answerId, ["formVersion"] = form?.Version }));
        }

        return await ResumeAsync(task, command.ExpectedRevision, command.OperationId, hash, UserTaskStatus.Completed, input, companions, actor, action, cancellationToken);
    }

    /// <summary>Ends the task by its outcome « Cancelled », when the flow allows it.</summary>
    public async Task<UserTaskCommandResult> CancelAsync(
        string taskId, string? reason, int? expectedRevision, string? operationId, Actor actor, CancellationToken cancellationToken)
    {
        var task = await FindAsync(taskId, actor, cancellationToken) ?? throw NotFound();
        var hash = RequestHash.Of("cancel", reason);
        if (await FindOperationAsync(task, operationId, hash, null, cancellationToken) is { } repeated)
        {
            return repeated;
        }

        if (!actor.Has(Permission.CancelUserTasks))
        {
            throw new UserTaskRefusedException(403, "forbidden", "Vos rôles ne permettent pas d'annuler des tâches.");
        }

        if (!task.IsClosed && !task.Cancellable)
        {
            throw new UserTaskRefusedException(422, "cancellation-disabled", "Le processus ne prévoit pas d'annuler cette tâche. Annulez le dossier, s'il le faut.");
        }

        if (string.IsNullOrWhiteSpace(reason))
        {
            throw new UserTaskRefusedException(422, "reason-required", "Dites pourquoi la tâche est annulée.");
        }

        var input = new JsonObject { ["actionKey"] = UserTask.Cancelled, ["completedBy"] = actor.Id, ["completedAt"] = time.GetUtcNow() };
        List<object> companions = [new CloseUserTask(task.Id, UserTaskStatus.Cancelled, actor, UserTask.Cancelled, null, reason)];
        if (task.CaseId is not null)
        {
            companions.Add(new TrailEntry(TrailIds.Case(task.CaseId), actor, "task.cancelled", $"a annulé la tâche « {task.Title} » : {reason}"));
        }

        return await ResumeAsync(task, expectedRevision, operationId, hash, UserTaskStatus.Cancelled, input, companions, actor, completing: null, cancellationToken);
    }

    public async Task<FormDraft?> FindDraftAsync(string taskId, Actor actor, CancellationToken cancellationToken)
    {
        _ = await FindAsync(taskId, actor, cancellationToken) ?? throw NotFound();
        return await drafts.FindAsync(taskId, cancellationToken);
    }

    /// <summary>Keeps what has been typed so far; it may be incomplete and wrong.</summary>
    /// <param name="draftRevision">Of the draft, not of the task; 0 when the page knows of none.</param>
    public async Task<DraftSaving> SaveDraftAsync(string taskId, JsonObject data, long draftRevision, Actor actor, CancellationToken cancellationToken)
    {
        var task = await FindAsync(taskId, actor, cancellationToken) ?? throw NotFound();
        data = SafeJson.Copy(data);
        DemandSize(data);
        await DemandAsync(database, task, actor, null, cancellationToken);
        return task is { FormKey: { } form, FormVersion: { } version }
            ? await drafts.SaveAsync(taskId, form, version, data, draftRevision, actor, cancellationToken)
            : throw new UserTaskRefusedException(422, "form-missing", "Cette tâche n'a pas de formulaire.");
    }

    /// <summary>What the task would gain and lose on the version of its form in use; null when it already has that one.</summary>
    public async Task<FormMovePlan?> PlanFormMoveAsync(UserTaskRow task, JsonObject? data, CancellationToken cancellationToken) =>
        task is { IsClosed: false, FormKey: { } key, FormVersion: { } version }
        && await forms.FindAsync(key, null, cancellationToken) is { } now
        && now.Version > version
        && await forms.FindAsync(key, version, cancellationToken) is { } old
            ? new FormMovePlan(version, now.Version, FormMove.Plan(old, now, data ?? []))
            : null;

    /// <summary>The task takes the version of its form in use, and what was typed goes with it as far as that version has a place for it.</summary>
    /// <param name="data">As typed on the task's present version.</param>
    /// <param name="draftRevision">Of the draft the person saw; 0 when there was none.</param>
    /// <exception cref="UserTaskRefusedException">Refused with a code; nothing was written.</exception>
    public async Task<FormMovePlan> MoveFormAsync(string taskId, JsonObject data, long draftRevision, Actor actor, CancellationToken cancellationToken)
    {
        var task = await FindAsync(taskId, actor, cancellationToken) ?? throw NotFound();
        data = SafeJson.Copy(data);
        DemandSize(data);
        var plan = await PlanFormMoveAsync(task, data, cancellationToken)
            ?? throw new UserTaskRefusedException(409, "form-current", "Cette tâche a déjà la version actuelle de son formulaire.");
        await ChangeAsync(
            taskId, "FormMoved", RequestHash.Of("form", $"{plan.To}"), task.Revision, null, actor,
            (row, completers) =>
            {
                UserTaskAccess.Demand(row, actor, completers);
                row.FormVersion = plan.To;
                return $"a fait passer de la version {plan.From} à la version {plan.To} du formulaire la tâche";
            },
            cancellationToken,
            batch => DraftStore.Replace(batch, taskId, task.FormKey!, plan.To, plan.Moving.Data, draftRevision, actor, time.GetUtcNow()));
        return plan;
    }

    private static UserTaskRights RightsOf(UserTaskRow task, Actor actor, string? exclusion)
    {
        var open = !task.IsClosed;
        var mayWork = open && exclusion is null && actor.Has(Permission.CompleteUserTasks);
        var mine = task.Assignee == actor.Id;
        var mayHold = UserTaskAccess.MayHold(task, actor);
        return new UserTaskRights(
            CanClaim: mayWork && task.Assignee is null && mayHold && actor.Has(Permission.ClaimUserTasks),
            CanRelease: open && task.Assignee is not null && (mine || actor.Has(Permission.AssignUserTasks)),
            CanAssign: open && actor.Has(Permission.AssignUserTasks),
            CanUpdate: open && actor.Has(Permission.UpdateUserTasks),
            CanComplete: mayWork && mayHold && (mine || task.Assignee is null),
            CanCancel: open && task.Cancellable && actor.Has(Permission.CancelUserTasks));
    }

    private static async Task DemandAsync(NpgsqlDataSource database, UserTaskRow task, Actor actor, int? expectedRevision, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await DemandAsync(connection, task, actor, expectedRevision, cancellationToken);
    }

    private static async Task DemandAsync(NpgsqlConnection connection, UserTaskRow task, Actor actor, int? expectedRevision, CancellationToken cancellationToken)
    {
        if (task.IsClosed)
        {
            throw UserTaskAccess.Closed(task);
        }

        UserTaskAccess.Demand(task, actor, await UserTaskReader.CompletersAsync(connection, task.WorkflowInstanceId, cancellationToken));
        UserTaskAccess.DemandRevision(task, expectedRevision);
    }

    private static UserTaskAction FindAction(UserTaskRow task, string key)
    {
        if (key is UserTask.Timeout or UserTask.Cancelled)
        {
            throw new UserTaskRefusedException(422, "reserved-action", $"L'action « {key} » est réservée au moteur.");
        }

        var actions = ActionsOf(task);
        return actions.FirstOrDefault(action => action.Key == key)
            ?? throw new UserTaskRefusedException(422, "invalid-action", $"L'action « {key} » n'existe pas sur cette tâche. Actions : {string.Join(", ", actions.Select(a => a.Key))}.");
    }

    private static string? ReasonOf(CompleteUserTask command, UserTaskRow task, UserTaskAction action)
    {
        // A task without form may carry the reason in its data, as Elsa's clients do.
        var reason = command.Reason ?? (task.FormKey is null && command.Data?["reason"] is JsonValue value ? value.ToString() : null);
        reason = string.IsNullOrWhiteSpace(reason) ? null : reason.Trim();
        return !action.ReasonRequired || reason is not null
            ? reason
            : throw new UserTaskRefusedException(422, "reason-required", $"Dites pourquoi : l'action « {action.Label} » demande un motif.", [new FormFault("reason", "required", "Écrivez le motif.")]);
    }

    private async Task<JsonObject> ValidateAsync(Forms.Definitions.FormDefinition form, CompleteUserTask command, CancellationToken cancellationToken)
    {
        var data = command.Data ?? [];
        DemandSize(data);
        var validation = await JudgeAsync(form, data, command.ActionKey, cancellationToken);
        return validation.Valid
            ? validation.Data
            : throw new UserTaskRefusedException(
                422, "form-invalid", "Des champs sont à corriger.", [.. validation.Errors.Select(e => new FormFault(e.Path, e.Code, e.Message))]);
    }

    private async Task<FormValidation> JudgeAsync(Forms.Definitions.FormDefinition form, JsonObject data, string action, CancellationToken cancellationToken)
    {
        try
        {
            return await validator.ValidateAsync(form, data, "fr", action, cancellationToken);
        }
        catch (FormRulesStoppedException)
        {
            throw new UserTaskRefusedException(503, FormRulesStoppedException.Code, FormRulesStoppedException.Words);
        }
    }

    private static void DemandSize(JsonObject data)
    {
        if (JsonSerializer.SerializeToUtf8Bytes(data).Length > LargestPayload)
        {
            throw new UserTaskRefusedException(422, "payload-too-large", "Les données dépassent 256 Kio. Joignez les documents comme fichiers.");
        }
    }

    private static string Sentence(UserTaskRow task, UserTaskAction action, Forms.Definitions.FormDefinition? form, string? reason)
    {
        var on = form is null ? "" : $" sur le formulaire {form.Code ?? form.Title.Fr} (version {form.Version})";
        return $"a terminé « {task.Title} »{on} : {action.Label}{(reason is null ? "" : $" — motif : {reason}")}";
    }

    private async Task<UserTaskCommandResult> ResumeAsync(
        UserTaskRow task, int? expectedRevision, string? operationId, string hash, string status, JsonObject input, List<object> companions,
        Actor actor, UserTaskAction? completing, CancellationToken cancellationToken)
    {
        UserTaskCommandResult? repeated = null;
        async Task<IReadOnlyList<object>> GuardAsync(IBurstTransaction transaction, CancellationToken token)
        {
            var connection = (NpgsqlConnection)transaction.Connection!;
            var current = await UserTaskReader.FindAsync(connection, task.Id, token) ?? throw NotFound();
            repeated = await FindOperationAsync(current, operationId, hash, connection, token);
            if (repeated is not null)
            {
                throw new RepeatedException();
            }

            List<object> written = [.. companions];
            if (completing is not null)
            {
                await DemandAsync(connection, current, actor, expectedRevision, token);
                if (UserTaskBinding.Of(current).Signs is { } document && await document.SignAsync(connection, current, completing, actor, token) is { } signed)
                {
                    written.Add(signed);
                }
            }
            else if (current.IsClosed)
            {
                throw UserTaskAccess.Closed(current);
            }
            else
            {
                UserTaskAccess.DemandRevision(current, expectedRevision);
            }

            if (transaction.Bookmarks.All(bookmark => bookmark.Id != current.BookmarkId))
            {
                throw new UserTaskRefusedException(409, "terminal", "Le dossier n'attend plus cette tâche. Rien n'a été enregistré.");
            }

            if (operationId is not null)
            {
                written.Add(new RememberUserTaskOperation(task.Id, operationId, hash, status, current.Revision + 1));
            }

            return written;
        }

        try
        {
            var result = await runtime.ResumeAsync(
                new ResumeBookmark(task.WorkflowInstanceId, task.BookmarkId, input, actor.Id, Guard: GuardAsync), cancellationToken);
            if (!result.Executed)
            {
                throw new UserTaskRefusedException(409, "terminal", "Le dossier n'attend plus cette tâche. Rien n'a été enregistré.");
            }
        }
        catch (RepeatedException)
        {
            return repeated!;
        }

        var closed = (await reader.FindAsync(task.Id, cancellationToken))!;
        return new UserTaskCommandResult(operationId, closed.Status, closed.Revision, closed);
    }

    /// <summary>A change of the row alone, the flow does not move. Locks in the product's order: the case's trail, then the task.</summary>
    private async Task<UserTaskCommandResult> ChangeAsync(
        string taskId, string kind, string hash, int? expectedRevision, string? operationId, Actor actor,
        Func<UserTaskRow, IReadOnlyCollection<(string ActivityId, string UserId)>, string> change, CancellationToken cancellationToken,
        Func<NpgsqlBatch, NpgsqlBatchCommand>? also = null)
    {
        var seen = await FindAsync(taskId, actor, cancellationToken) ?? throw NotFound();
        var now = time.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (seen.CaseId is not null)
        {
            await using var trail = new NpgsqlCommand("select 1 from trails where id = $1 for update", connection);
            trail.AddParameters(Sql.Text(TrailIds.Case(seen.CaseId)));
            await trail.ExecuteNonQueryAsync(cancellationToken);
        }

        var task = await UserTaskReader.FindAsync(connection, taskId, cancellationToken, lockRow: true) ?? throw NotFound();
        if (await FindOperationAsync(task, operationId, hash, connection, cancellationToken) is { } repeated)
        {
            return repeated;
        }

        if (task.IsClosed)
        {
            throw UserTaskAccess.Closed(task);
        }

        UserTaskAccess.DemandRevision(task, expectedRevision);
        var sentence = change(task, await UserTaskReader.CompletersAsync(connection, task.WorkflowInstanceId, cancellationToken));
        task.Status = task.Assignee is not null ? UserTaskStatus.Assigned
            : task.CandidateUsers.Length + task.CandidateGroups.Length > 0 ? UserTaskStatus.Available : UserTaskStatus.Unassigned;
        task.Revision++;
        task.UpdatedAt = now;
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.Add(
            "update user_tasks set status = $2, assignee = $3, claimed_at = $4, priority = $5, due_at = $6, revision = $7, updated_at = $8, form_version = $9 where id = $1",
            Sql.Text(task.Id), Sql.Text(task.Status), Sql.Text(task.Assignee), Sql.Time(task.ClaimedAt), Sql.Int(task.Priority), Sql.Time(task.DueAt),
            Sql.Int(task.Revision), Sql.Time(now), Sql.Int(task.FormVersion));
        var one = also?.Invoke(batch);
        UserTaskSql.Event(batch, task.Id, kind, actor, now, null);
        if (operationId is not null)
        {
            UserTaskSql.Remember(batch, new RememberUserTaskOperation(task.Id, operationId, hash, task.Status, task.Revision), now);
        }

        if (task.CaseId is not null)
        {
            TrailSql.Append(batch, new TrailEntry(TrailIds.Case(task.CaseId), actor, "task." + kind.ToLowerInvariant(), $"{sentence} « {task.Title} »"), now);
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
        if (one is { RecordsAffected: 0 })
        {
            throw new UserTaskRefusedException(409, "draft-conflict", "Quelqu'un a modifié ce brouillon entre-temps. Relisez-le, puis recommencez.");
        }

        await transaction.CommitAsync(cancellationToken);
        return new UserTaskCommandResult(operationId, task.Status, task.Revision, task);
    }

    /// <summary>The stored answer to a repeated command; null for a new one.</summary>
    private async Task<UserTaskCommandResult?> FindOperationAsync(
        UserTaskRow task, string? operationId, string hash, NpgsqlConnection? connection, CancellationToken cancellationToken)
    {
        if (operationId is null)
        {
            return null;
        }

        const string Text = "select request_hash, status, revision from user_task_operations where task_id = $1 and operation_id = $2";
        await using var command = connection is null ? database.CreateCommand(Text) : new NpgsqlCommand(Text, connection);
        command.AddParameters(Sql.Text(task.Id), Sql.Text(operationId));
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        if (!await row.ReadAsync(cancellationToken))
        {
            return null;
        }

        return row.GetString(0) == hash
            ? new UserTaskCommandResult(operationId, row.GetString(1), row.GetInt32(2), task)
            : throw new UserTaskRefusedException(409, "idempotency-conflict", "Cet identifiant d'opération a déjà servi pour une autre demande.");
    }

    private static UserTaskRefusedException NotFound() => new(404, "not-found", "Cette tâche n'existe pas ou ne vous est pas ouverte.");

    /// <summary>Leaves the burst of a command that turned out to be a repetition.</summary>
    private sealed class RepeatedException : Exception;
}
