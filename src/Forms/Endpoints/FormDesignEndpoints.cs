using System.Text.Json.Nodes;
using Cleiss.Forms.Catalogue;
using Cleiss.Forms.Definitions;
using Cleiss.Persistence.Http;
using Cleiss.Persistence.People;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Cleiss.Forms.Endpoints;

/// <summary>What the designer needs beside the catalogue: the draft with its revision, comparison, texts put aside.</summary>
public sealed class FormDesignEndpoints(FormStore forms, FormHistory history, FormSchemaReader schemaReader) : IEndpointModule
{
    public void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/forms").WithTags("Formulaires");
        group.MapGet("{key}/draft", DraftAsync).RequirePermission(Permission.FormsRead)
            .WithSummary("What an owner goes on editing, with its revision, what is missing and how far each language is.");
        group.MapDelete("{key}/draft", AbandonAsync).RequirePermission(Permission.FormsWrite).WithSummary("Gives the draft of this revision up; its text is kept aside.");
        group.MapPost("{key}/copies", PutAsideAsync).RequirePermission(Permission.FormsWrite).WithSummary("Keeps a text that gives way to another one: {schema, sample?}.");
        group.MapGet("{key}/versions", VersionsAsync).RequirePermission(Permission.FormsRead).WithSummary("Versions and drafts put aside, newest first.");
        group.MapGet("{key}/difference", DifferenceAsync).RequirePermission(Permission.FormsRead).WithSummary("What changed between two versions, in French sentences.");
        group.MapPost("{key}/difference", CompareAsync).RequirePermission(Permission.FormsRead).WithSummary("What changed between two texts: {from: {schema, sample?}, to: {schema, sample?}}.");
    }

    internal static object Show(DesignDraft draft) => new
    {
        draft.Form.Key,
        draft.Form.Version,
        State = draft.Form.State == FormState.Published ? "published" : "draft",
        draft.Form.Schema,
        draft.Form.Sample,
        draft.Revision,
        draft.SavedAt,
        draft.SavedBy,
        draft.Problems,
        Languages = Progress(draft),
    };

    internal static IResult Changed(DesignDraft? current) => current is { Revision: > 0 }
        ? Problem.Conflict(
            "draft-changed",
            $"{current.SavedBy} a modifié ce brouillon entre-temps.",
            "Comparez les deux textes, puis choisissez lequel garder ; l'autre est mis de côté.",
            ("revision", current.Revision),
            ("savedBy", current.SavedBy),
            ("savedAt", current.SavedAt))
        : Problem.Conflict(
            "draft-gone",
            "Ce brouillon n'existe plus : il a été publié ou abandonné entre-temps.",
            "Reprenez la version actuelle, ou gardez la vôtre comme nouveau brouillon.",
            ("revision", 0L),
            ("savedBy", current?.SavedBy),
            ("savedAt", current?.SavedAt));

    // How many texts each language has, of how many: what the designer's meter shows.
    private static IEnumerable<object> Progress(DesignDraft draft)
    {
        var unwritten = draft.Problems.Count(problem => problem.Code is "label-missing" or "title-missing");
        yield return new { Language = "fr", Name = "français", Done = draft.Form.TextCount, Total = draft.Form.TextCount + unwritten };
        if (draft.Form.PartnerLanguage is { } partner)
        {
            var missing = draft.Problems.Count(problem => problem.Code == "partner-text-missing");
            yield return new { Language = partner, Name = PartnerLanguages.NameOf(partner), Done = draft.Form.TextCount - missing, Total = draft.Form.TextCount };
        }
    }

    private async Task<IResult> DraftAsync(string key, CancellationToken cancellationToken) =>
        await forms.FindDraftAsync(key, cancellationToken) is { } draft ? Results.Ok(Show(draft)) : Unknown();

    private async Task<IResult> AbandonAsync(string key, long revision, HttpContext context, CancellationToken cancellationToken) =>
        await forms.AbandonDraftAsync(key, revision, context.GetActor(), cancellationToken)
            ? Results.NoContent()
            : Changed(await forms.FindDraftAsync(key, cancellationToken));

    private async Task<IResult> PutAsideAsync(string key, HttpContext context, CancellationToken cancellationToken)
    {
        var (body, problem) = await JsonBody.ReadAsync(context, cancellationToken);
        if (body?["schema"] is not JsonObject schema)
        {
            return problem ?? Problem.Invalid("schema-missing", "Il manque le schéma du formulaire.", "Envoyez { \"schema\": { … }, \"sample\": { … } }.");
        }

        if (await forms.FindDraftAsync(key, cancellationToken) is not { } draft)
        {
            return Unknown();
        }

        await forms.PutAsideAsync(key, draft.Form.Version, schema, body["sample"] as JsonObject, context.GetActor(), cancellationToken);
        return Results.NoContent();
    }

    private async Task<IResult> VersionsAsync(string key, CancellationToken cancellationToken)
    {
        var versions = await history.ListVersionsAsync(key, cancellationToken);
        return versions.Count == 0
            ? Unknown()
            : Results.Ok(new
            {
                Versions = versions.Select(v => new { v.Version, State = v.State == FormState.Published ? "published" : "draft", v.Shipped, v.SavedAt, v.SavedBy, v.PublishedAt, v.PublishedBy }),
                Copies = await history.ListCopiesAsync(key, cancellationToken),
            });
    }

    private async Task<IResult> DifferenceAsync(string key, int from, int to, CancellationToken cancellationToken)
    {
        var (before, after) = (await forms.FindAsync(key, from, cancellationToken), await forms.FindAsync(key, to, cancellationToken));
        return before is null || after is null ? Unknown() : Results.Ok(new { From = from, To = to, Changes = Show(FormDifference.Between(before, after)) });
    }

    private async Task<IResult> CompareAsync(string key, HttpContext context, CancellationToken cancellationToken)
    {
        var (body, problem) = await JsonBody.ReadAsync(context, cancellationToken);
        if (body is null)
        {
            return problem!;
        }

        return Read("from") is { } before && Read("to") is { } after
            ? Results.Ok(new { Changes = Show(FormDifference.Between(before, after)) })
            : Problem.Invalid("schema-missing", "Il manque un des deux textes à comparer.", "Envoyez { \"from\": { \"schema\": … }, \"to\": { \"schema\": … } }.");

        FormDefinition? Read(string side) => body[side] is JsonObject text && text["schema"] is JsonObject schema
            ? schemaReader.Check(key, 0, FormState.Draft, schema, text["sample"] as JsonObject).Definition
            : null;
    }

    private static IEnumerable<object> Show(IEnumerable<FormChange> changes) => changes.Select(change => new { Kind = change.Kind.ToString().ToLowerInvariant(), change.Sentence, change.FieldId });

    private static IResult Unknown() => Problem.NotFound("form-unknown", "Ce formulaire ou cette version n'existe pas.", "GET /api/forms liste les formulaires.");
}
