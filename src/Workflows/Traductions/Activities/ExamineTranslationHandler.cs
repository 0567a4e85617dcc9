using System.Text.Json.Nodes;
using Cleiss.Engine.Effects;
using Cleiss.Persistence;
using Cleiss.Persistence.Files;
using Cleiss.Scripting.Pdf;
using Cleiss.Workflows.Traductions.Words;
using Npgsql;

namespace Cleiss.Workflows.Traductions.Activities;

/// <summary>Effect <c>translation.examine</c>, payload <c>{caseId}</c>: reads the request's answer and its document.</summary>
internal sealed class ExamineTranslationHandler(NpgsqlDataSource database, FileStore files, IPdfText pdf) : IEffectHandler
{
    public const string EffectKind = "translation.examine";

    public string Kind => EffectKind;

    public async Task<EffectResult> HandleAsync(Effect effect, CancellationToken cancellationToken)
    {
        var caseId = effect.Payload["caseId"]!.GetValue<string>();
        var answer = await ReadAnswerAsync(caseId, cancellationToken);
        var fileId = answer["document"]!["id"]!.GetValue<string>();
        var (file, content) = await files.ReadAsync(fileId, cancellationToken) ?? throw new KeyNotFoundException($"Case {caseId} names file {fileId}, which does not exist.");
        var (kind, direction, language) = (Text(answer, "nature"), Text(answer, "sens"), Text(answer, "langue"));
        var text = file.MediaType == MediaSniffer.Pdf ? await pdf.ReadAsync(content, cancellationToken) : null;
        int? words = text is not null && WordCount.Count(text) is > 0 and var counted ? counted : WordCount.Of(file.MediaType, content);
        var earlier = kind == "traduction" ? await FindDuplicateAsync(caseId, file.Sha256, language, direction, cancellationToken) : null;
        var outcome = kind == "certification" ? ExamineTranslation.Certification
            : earlier is not null ? ExamineTranslation.Duplicate
            : ExamineTranslation.New;
        var output = new JsonObject
        {
            ["outcome"] = outcome,
            ["words"] = words,
            ["finding"] = earlier is { Reference: var reference }
                ? $"Le même document a déjà été traduit dans la demande {reference}. Reprenez cette traduction, ou dites qu'il faut le traduire à nouveau."
                : null,
            ["existing"] = earlier?.File,
        };
        return new EffectResult.Done(
            output, new RegisterTranslation(caseId, kind, direction, language, Text(answer, "organisme"), fileId, file.Sha256, words, earlier?.CaseId));
    }

    private static string Text(JsonObject answer, string name) => answer[name]?.GetValue<string>() ?? "";

    private async Task<JsonObject> ReadAnswerAsync(string caseId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select data::text from form_answers where case_id = $1 and form_key = 'demande-traduction' order by created_at limit 1");
        command.AddParameters(Sql.Text(caseId));
        return await command.ExecuteScalarAsync(cancellationToken) is string data
            ? JsonNode.Parse(data)!.AsObject()
            : throw new KeyNotFoundException($"Case {caseId} has no request to examine.");
    }

    private async Task<(string CaseId, string Reference, string File)?> FindDuplicateAsync(
        string caseId, string fingerprint, string language, string direction, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            select r.case_id, c.reference, r.translation_file from translation_requests r join cases c on c.id = r.case_id
            where r.fingerprint = $1 and r.language = $2 and r.direction = $3 and r.case_id <> $4 and r.kind = 'traduction' and r.translation_file is not null
              and c.test = (select test from cases where id = $4)
            order by r.delivered_at desc limit 1
            """);
        command.AddParameters(Sql.Text(fingerprint), Sql.Text(language), Sql.Text(direction), Sql.Text(caseId));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? (reader.GetString(0), reader.GetString(1), reader.GetString(2)) : null;
    }
}
