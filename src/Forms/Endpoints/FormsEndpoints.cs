using System.Text.Json.Nodes;
using Cleiss.Forms.Answers;
using Cleiss.Forms.Catalogue;
using Cleiss.Forms.Definitions;
using Cleiss.Forms.Validation;
using Cleiss.Persistence.Http;
using Cleiss.Persistence.People;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Cleiss.Forms.Endpoints;

/// <summary><c>/api/forms</c>: the catalogue, its drafts, publishing and judging answers.</summary>
public sealed class FormsEndpoints(FormStore forms, FormValidator validator, AnswerReveal answers) : IEndpointModule
{
    /// <summary>No form and no answer comes near it; what does is a mistake or an attack.</summary>
    public const int LargestBody = 1_048_576;

    public void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/forms").WithTags("Formulaires");
        group.MapGet("", async (CancellationToken cancellationToken) => Results.Ok(await forms.ListAsync(cancellationToken)))
            .RequirePermission(Permission.FormsRead).WithSummary("Lists the forms with their published and draft versions.");
        group.MapGet("{key}", GetAsync).RequirePermission(Permission.FormsRead).WithSummary("A form by version; without version the one in use, or else the draft.");
        group.MapPut("{key}", SaveAsync).RequirePermission(Permission.FormsWrite).WithSummary("Keeps the draft of a form: {schema, sample?, expectedRevision?}. 409 with who changed it when somebody did since that revision.");
        group.MapPost("{key}/publish", PublishAsync).RequirePermission(Permission.FormsWrite).WithSummary("Publishes a draft once nothing is missing in either language.");
        group.MapPost("{key}/validate", WithRules(ValidateAsync)).RequirePermission(Permission.FormsRead, Permission.TasksWork)
            .WithSummary("Judges an answer: {data, language?, version?, action?} → {valid, errors, hidden, required, computed}.");
        group.MapPost("{key}/move", WithRules(MoveAsync)).RequirePermission(Permission.FormsRead)
            .WithSummary("Carries an answer to another version: {data, from, to?} → {version, data, renamed, lost, errors}.");
        group.MapPost("answers/{answerId}/reveal", RevealAsync).RequirePermission(Permission.CasesRead)
            .WithSummary("A covered value of a recorded answer: {path} → {value}; noted in the history of the case.");
    }

    private async Task<IResult> GetAsync(string key, int? version, CancellationToken cancellationToken)
    {
        var form = await forms.FindAsync(key, version, cancellationToken)
            ?? (version is null ? await forms.FindNewestAsync(key, cancellationToken) : null);
        return form is null ? await UnknownAsync(key, version, cancellationToken) : Results.Ok(Show(form));
    }

    private async Task<IResult> SaveAsync(string key, HttpContext context, CancellationToken cancellationToken)
    {
        if (!FormStore.IsKey(key))
        {
            return Problem.Invalid("form-key", "Cette clé de formulaire n'est pas utilisable.", "Employez des minuscules sans accent, des chiffres et des traits d'union.");
        }

        var (body, problem) = await JsonBody.ReadAsync(context, cancellationToken);
        if (body is null)
        {
            return problem!;
        }

        if (body["schema"] is not JsonObject schema)
        {
            return Problem.Invalid("schema-missing", "Il manque le schéma du formulaire.", "Envoyez { \"schema\": { … }, \"sample\": { … } }.");
        }

        long? expected = body["expectedRevision"] is JsonValue known && known.TryGetValue(out long revision) ? revision : null;
        var saving = await forms.SaveDraftAsync(
            key, (JsonObject)schema.DeepClone(), body["sample"]?.DeepClone() as JsonObject, context.GetActor(), cancellationToken, expected);
        return saving switch
        {
            FormSaving.Saved { Draft: var draft } => Results.Ok(FormDesignEndpoints.Show(draft)),
            FormSaving.Conflict { Current: var current } => FormDesignEndpoints.Changed(current),
            FormSaving.Refused { Problems: var problems } =>
                Problem.Invalid("form-invalid", "Le formulaire ne peut pas être enregistré tel quel.", "Corrigez les problèmes nommés.", ("problems", problems)),
            _ => throw new InvalidOperationException($"{saving.GetType().Name} is no outcome of a save."),
        };
    }

    private async Task<IResult> PublishAsync(string key, int? version, HttpContext context, CancellationToken cancellationToken)
    {
        var publication = await forms.PublishAsync(key, version, context.GetActor(), cancellationToken);
        if (publication is null)
        {
            return (await forms.ListAsync(cancellationToken)).Any(form => form.Key == key)
                ? Problem.Conflict("no-draft", "Ce formulaire n'a pas de brouillon à publier.", "Enregistrez d'abord une modification.")
                : await UnknownAsync(key, version, cancellationToken);
        }

        return publication.Published is { } published
            ? Results.Ok(Show(published))
            : Problem.Invalid("form-incomplete", "Le formulaire ne peut pas encore être publié.", "Complétez ce qui est nommé.", ("problems", publication.Problems));
    }

    private async Task<IResult> ValidateAsync(string key, HttpContext context, CancellationToken cancellationToken)
    {
        var (body, problem) = await JsonBody.ReadAsync(context, cancellationToken);
        if (body is null)
        {
            return problem!;
        }

        var version = Version(body, "version");
        var form = await forms.FindAsync(key, version, cancellationToken);
        if (form is null)
        {
            return await UnknownAsync(key, version, cancellationToken);
        }

        if (body["data"] is not JsonObject data)
        {
            return Problem.Invalid("data-missing", "Il manque la réponse à vérifier.", "Envoyez { \"data\": { … }, \"language\": \"fr\" }.");
        }

        var judged = await validator.ValidateAsync(form, data, FormSchemaReader.Text(body, "language") ?? "fr", FormSchemaReader.Text(body, "action"), cancellationToken);
        return Results.Ok(new { judged.Valid, judged.Errors, judged.Hidden, judged.Required, judged.Computed });
    }

    private async Task<IResult> MoveAsync(string key, HttpContext context, CancellationToken cancellationToken)
    {
        var (body, problem) = await JsonBody.ReadAsync(context, cancellationToken);
        if (body is null)
        {
            return problem!;
        }

        if (body["data"] is not JsonObject data || Version(body, "from") is not { } from)
        {
            return Problem.Invalid("data-missing", "Il manque la réponse, ou sa version.", "Envoyez { \"data\": { … }, \"from\": 1 }.");
        }

        var (old, now) = (await forms.FindAsync(key, from, cancellationToken), await forms.FindAsync(key, Version(body, "to"), cancellationToken));
        if (old is null || now is null)
        {
            return await UnknownAsync(key, old is null ? from : Version(body, "to"), cancellationToken);
        }

        var moved = FormMove.Plan(old, now, data);
        var judged = await validator.ValidateAsync(now, moved.Data, "fr", cancellationToken);
        return Results.Ok(new { now.Version, moved.Data, moved.Renamed, moved.Lost, judged.Errors });
    }

    private static Func<string, HttpContext, CancellationToken, Task<IResult>> WithRules(Func<string, HttpContext, CancellationToken, Task<IResult>> judge) =>
        async (string key, HttpContext context, CancellationToken cancellationToken) =>
        {
            try
            {
                return await judge(key, context, cancellationToken);
            }
            catch (FormRulesStoppedException)
            {
                context.Response.Headers.RetryAfter = "5";
                return Problem.Of(StatusCodes.Status503ServiceUnavailable, FormRulesStoppedException.Code, FormRulesStoppedException.Words);
            }
        };

    private async Task<IResult> RevealAsync(string answerId, HttpContext context, CancellationToken cancellationToken)
    {
        var (body, problem) = await JsonBody.ReadAsync(context, cancellationToken);
        if (body is null)
        {
            return problem!;
        }

        context.Response.Headers.CacheControl = "no-store";
        return FormSchemaReader.Text(body, "path") is { } path && await answers.ReadAsync(answerId, path, context.GetActor(), cancellationToken) is { } value
            ? Results.Ok(new { value })
            : Problem.NotFound("value-not-found", "Cette valeur n'existe pas.");
    }

    private static int? Version(JsonObject body, string name) => body[name] is JsonValue number && number.TryGetValue(out int version) ? version : null;

    private async Task<IResult> UnknownAsync(string key, int? version, CancellationToken cancellationToken)
    {
        var known = (await forms.ListAsync(cancellationToken)).Select(form => form.Key).ToList();
        var title = version is null || !known.Contains(key) ? "Ce formulaire n'existe pas." : "Cette version du formulaire n'existe pas.";
        return Problem.Of(StatusCodes.Status404NotFound, "form-unknown", title, $"Formulaires connus : {string.Join(", ", known)}.", ("known", known));
    }

    internal static object Show(FormDefinition form) => new
    {
        form.Key,
        form.Version,
        State = form.State == FormState.Published ? "published" : "draft",
        form.Schema,
        form.Sample,
    };
}
