using System.Text.Json.Nodes;
using Cleiss.Forms.Catalogue;
using Cleiss.Forms.Definitions;
using Cleiss.Forms.Validation;
using Cleiss.Persistence.People;
using Cleiss.Persistence.Trails;
using Npgsql;

namespace Cleiss.Forms.Answers;

/// <summary>Shows one covered value of a recorded answer; who asked for which field stands in the history of the case before they see it.</summary>
public sealed class AnswerReveal(AnswerStore answers, FormStore forms, NpgsqlDataSource database, TimeProvider time)
{
    /// <returns>Null when the answer has no covered value at <paramref name="path"/>.</returns>
    public async Task<string?> ReadAsync(string answerId, string path, Actor actor, CancellationToken cancellationToken)
    {
        if (await answers.FindAsync(answerId, cancellationToken) is not { CaseId: { } caseId } answer
            || await forms.FindAsync(answer.FormKey, answer.FormVersion, cancellationToken) is not { } form
            || Find(form.Fields, answer.Data, path, "") is not var (field, value))
        {
            return null;
        }

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection, transaction);
        TrailSql.Append(
            batch,
            new TrailEntry(TrailIds.Case(caseId), actor, "answer.revealed", $"a affiché « {field.Label.Fr} » du formulaire {form.Code ?? form.Title.Fr}", new JsonObject { ["answerId"] = answerId, ["field"] = path }),
            time.GetUtcNow());
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return field.Type.Print(field, value, form.PartnerLanguage ?? "fr").Fr;
    }

    private static (FormField Field, JsonNode Value)? Find(IReadOnlyList<FormField> fields, JsonObject data, string path, string at)
    {
        foreach (var field in fields)
        {
            var here = FormPaths.Of(at, field);
            var value = field.Key.Length > 0 ? data[field.Key] : data;
            if (here == path)
            {
                return field.Type.IsSecret && value is not null ? (field, value) : null;
            }

            var found = value switch
            {
                JsonObject inner when field.Children.Count > 0 => Find(field.Children, inner, path, field.Key.Length > 0 ? here : at),
                JsonArray rows => rows.Select((row, i) => Find(field.Children, row as JsonObject ?? [], path, $"{here}[{i}]")).FirstOrDefault(inRow => inRow is not null),
                _ => null,
            };
            if (found is not null)
            {
                return found;
            }
        }

        return null;
    }
}
