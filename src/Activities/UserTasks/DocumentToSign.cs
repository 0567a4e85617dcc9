using System.Text.Json.Nodes;
using Cleiss.Documents.Issuing;
using Cleiss.Persistence;
using Cleiss.Persistence.People;
using Cleiss.Persistence.Trails;
using Npgsql;

namespace Cleiss.Activities.UserTasks;

/// <summary>A document as it was when the task was given. What has changed since is not signed, whoever changed it and by whatever way.</summary>
/// <param name="Sha256">Of the PDF; lower-case hexadecimal.</param>
internal sealed record DocumentToSign(string DocumentId, string Sha256)
{
    /// <summary>Who signed what, for the case's history; sending the document back signs nothing.</summary>
    /// <exception cref="UserTaskRefusedException">The document is no longer the one that was given to sign.</exception>
    public async Task<TrailEntry?> SignAsync(NpgsqlConnection connection, UserTaskRow task, UserTaskAction action, Actor actor, CancellationToken cancellationToken)
    {
        if (action.ReasonRequired)
        {
            return null;
        }

        // Locked until the commit: nothing may replace the document between this look and the signature.
        await using var command = new NpgsqlCommand(
            """
            select d.number, d.state in ($3, $4) and d.sha256 = $2 and f.sha256 = $2 and encode(sha256(c.content), 'hex') = $2
            from documents d left join files f on f.id = d.file_id left join file_contents c on c.sha256 = f.sha256
            where d.id = $1 for share of d
            """,
            connection);
        command.AddParameters(Sql.Text(DocumentId), Sql.Text(Sha256), Sql.Text(DocumentState.Valid), Sql.Text(DocumentState.Specimen));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = await reader.ReadAsync(cancellationToken);
        var number = found ? reader.GetString(0) : DocumentId;
        if (!found || await reader.IsDBNullAsync(1, cancellationToken) || !reader.GetBoolean(1))
        {
            throw new UserTaskRefusedException(
                409, "document-changed",
                $"Le document {number} n'est plus celui qui vous a été soumis (empreinte SHA-256 attendue : {Sha256}). Rien n'est signé. Renvoyez-le pour qu'il soit établi de nouveau.");
        }

        return task.CaseId is null ? null : new TrailEntry(
            TrailIds.Case(task.CaseId), actor, "document.signed", $"a signé le document {number} (« {action.Label} »), empreinte SHA-256 {Sha256}",
            new JsonObject { ["documentId"] = DocumentId, ["number"] = number, ["sha256"] = Sha256, ["taskId"] = task.Id, ["actionKey"] = action.Key });
    }
}
