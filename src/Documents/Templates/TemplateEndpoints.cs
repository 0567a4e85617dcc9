using System.Text.RegularExpressions;
using Cleiss.Persistence.Http;
using Cleiss.Persistence.People;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Cleiss.Documents.Templates;

/// <summary><c>/api/templates</c>: the templates of documents and mails, their drafts, previews and publishing.</summary>
public sealed class TemplateEndpoints(TemplateStore templates, TemplateCheck check, TimeProvider time) : IEndpointModule
{
    private const string One = "{process}/{code}";

    public void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/templates").WithTags("Modèles");
        group.MapGet("", async (CancellationToken cancellationToken) => Results.Ok(await templates.SummariesAsync(cancellationToken)))
            .RequirePermission(Permission.TemplatesRead).WithSummary("Lists the templates with their published and draft versions.");
        group.MapGet(One, GetAsync).RequirePermission(Permission.TemplatesRead).WithSummary("A template by version; without version what an owner goes on editing.");
        group.MapGet(One + "/versions", VersionsAsync).RequirePermission(Permission.TemplatesRead).WithSummary("The versions of a template, newest first.");
        group.MapGet(One + "/difference", DifferenceAsync).RequirePermission(Permission.TemplatesRead).WithSummary("What changed between two versions, file by file and line by line.");
        group.MapPut(One, SaveAsync).RequirePermission(Permission.TemplatesWrite).WithSummary("Keeps the draft: {files, expectedHash?}.");
        group.MapDelete(One + "/draft", DiscardAsync).RequirePermission(Permission.TemplatesWrite).WithSummary("Throws the draft away.");
        group.MapPost(One + "/preview", PreviewAsync).RequirePermission(Permission.TemplatesRead).WithSummary("Tries files on their sample: {files} → {pdf?, picture?, subject?, body?, problems}.");
        group.MapPost(One + "/publish", PublishAsync).RequirePermission(Permission.TemplatesWrite).WithSummary("Publishes a draft that prints without a mistake.");
    }

    private async Task<IResult> GetAsync(string process, string code, int? version, CancellationToken cancellationToken)
    {
        var key = $"{process}/{code}";
        var found = version is null ? await templates.FindEditedAsync(key, cancellationToken) : await templates.FindAsync(key, version, cancellationToken);
        return found is null ? Unknown(key, version) : Results.Ok(found);
    }

    private async Task<IResult> VersionsAsync(string process, string code, CancellationToken cancellationToken)
    {
        var versions = await templates.VersionsAsync($"{process}/{code}", cancellationToken);
        return versions.Count == 0
            ? Unknown($"{process}/{code}", null)
            : Results.Ok(versions.Select(row => new { row.Version, row.State, row.Hash, row.Shipped, row.CreatedAt, row.CreatedBy, row.PublishedAt, row.PublishedBy }));
    }

    private async Task<IResult> DifferenceAsync(string process, string code, int from, int to, CancellationToken cancellationToken)
    {
        var key = $"{process}/{code}";
        var before = await templates.FindAsync(key, from, cancellationToken);
        var after = await templates.FindAsync(key, to, cancellationToken);
        return before is null || after is null
            ? Unknown(key, before is null ? from : to)
            : Results.Ok(TemplateRules.Compare(before, after).Select(file => new { file.File, file.Lines }));
    }

    private async Task<IResult> SaveAsync(string process, string code, TemplateBody body, HttpContext context, CancellationToken cancellationToken)
    {
        if (Refuse(process, code, body, out var files) is { } refused)
        {
            return refused;
        }

        var (saved, refusal) = await templates.SaveDraftAsync($"{process}/{code}", files, body.ExpectedHash, context.GetActor(), cancellationToken);
        return saved is null ? Refused(refusal) : Results.Ok(saved);
    }

    private async Task<IResult> DiscardAsync(string process, string code, HttpContext context, CancellationToken cancellationToken) =>
        await templates.DiscardDraftAsync($"{process}/{code}", context.GetActor(), cancellationToken) ? Results.NoContent() : Refused(TemplateRefusal.NoDraft);

    private async Task<IResult> PreviewAsync(string process, string code, TemplateBody body, CancellationToken cancellationToken)
    {
        if (Refuse(process, code, body, out var files) is { } refused)
        {
            return refused;
        }

        var preview = await check.TryAsync(Draft($"{process}/{code}", files), cancellationToken);
        return Results.Ok(preview);
    }

    private async Task<IResult> PublishAsync(string process, string code, int? version, HttpContext context, CancellationToken cancellationToken)
    {
        var key = $"{process}/{code}";
        var draft = version is null ? await templates.FindEditedAsync(key, cancellationToken) : await templates.FindAsync(key, version, cancellationToken);
        if (draft is not { State: TemplateState.Draft })
        {
            return draft is null ? Unknown(key, version) : Refused(TemplateRefusal.NoDraft);
        }

        var preview = await check.TryAsync(draft, cancellationToken);
        if (preview.Problems.Count > 0)
        {
            return Problem.Invalid("template-broken", "Le modèle ne peut pas être publié : il ne s'imprime pas.", "Corrigez les problèmes nommés.", ("problems", preview.Problems));
        }

        var (published, refusal) = await templates.PublishAsync(draft, context.GetActor(), cancellationToken);
        return published is null ? Refused(refusal) : Results.Ok(published);
    }

    private TemplateVersion Draft(string key, IReadOnlyDictionary<string, string> files) =>
        new(key, 0, TemplateState.Draft, files, "", Shipped: false, time.GetUtcNow(), "", null, null);

    private static IResult? Refuse(string process, string code, TemplateBody body, out IReadOnlyDictionary<string, string> files)
    {
        files = (body.Files ?? []).ToDictionary(file => file.Key, file => (file.Value ?? "").ReplaceLineEndings("\n"), StringComparer.Ordinal);
        return TemplateRules.Refuse($"{process}/{code}", files) is { } sentence ? Problem.Invalid("template-unusable", sentence) : null;
    }

    private static IResult Refused(TemplateRefusal? refusal) => refusal == TemplateRefusal.ChangedMeanwhile
        ? Problem.Conflict("template-changed", "Quelqu'un d'autre a modifié ce brouillon entre-temps.", "Rechargez la page, puis reportez vos changements.")
        : Problem.Conflict("no-draft", "Ce modèle n'a pas de brouillon.", "Enregistrez d'abord une modification.");

    private static IResult Unknown(string key, int? version) =>
        Problem.NotFound("unknown-template", version is null ? $"Le modèle « {key} » n'existe pas." : $"Le modèle « {key} » n'a pas de version {version}.");

    /// <param name="ExpectedHash">Hash of what the owner began from; a draft changed meanwhile is then not overwritten.</param>
    internal sealed record TemplateBody(Dictionary<string, string?>? Files, string? ExpectedHash);
}

/// <param name="Lines">Only files that changed are listed.</param>
public sealed record FileDifference(string File, IReadOnlyList<DifferenceLine> Lines);

/// <summary>What a template may be, before anything is compiled.</summary>
public static partial class TemplateRules
{
    private const int MostFiles = 20;
    private const int LargestText = 512 * 1024;

    /// <returns>A French sentence; null when nothing is wrong.</returns>
    public static string? Refuse(string code, IReadOnlyDictionary<string, string> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        if (!Code().IsMatch(code))
        {
            return "Ce nom de modèle n'est pas utilisable : « processus/code », en minuscules sans accent, chiffres et traits d'union.";
        }

        if (files.Keys.FirstOrDefault(name => !FileName().IsMatch(name)) is { } bad)
        {
            return $"« {bad} » n'est pas un nom de fichier utilisable : minuscules, chiffres et traits d'union, puis .typ, .liquid, .json ou .svg.";
        }

        return files.Count is 0 or > MostFiles || files.Values.Any(text => text.Length > LargestText)
            ? $"Un modèle a entre 1 et {MostFiles} fichiers, de 512 Ko au plus chacun."
            : null;
    }

    /// <summary>The files that differ, with all their lines.</summary>
    public static IReadOnlyList<FileDifference> Compare(TemplateVersion before, TemplateVersion after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        return [.. before.Files.Keys.Union(after.Files.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .Select(name => (name, old: before.Files.GetValueOrDefault(name, ""), now: after.Files.GetValueOrDefault(name, "")))
            .Where(file => file.old != file.now)
            .Select(file => new FileDifference(file.name, TextDifference.Between(file.old, file.now)))];
    }

    [GeneratedRegex("^[a-z0-9]+(-[a-z0-9]+)*/[a-z0-9]+(-[a-z0-9]+)*$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Code();

    [GeneratedRegex(@"^[a-z0-9]+(-[a-z0-9]+)*\.(typ|liquid|json|svg)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FileName();
}
