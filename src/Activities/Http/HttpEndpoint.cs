using System.Globalization;
using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Triggers;

namespace Cleiss.Activities.Http;

/// <summary>
/// Waits for a request under <c>/workflows</c>; as a start, begins an instance with each. The request is read and checked before the flow is told:
/// one that breaks a limit reaches the flow only through the outcome exposed for it. Credentials are not passed on.
/// </summary>
[Activity("Elsa", "HTTP", "Attend une requête HTTP sous /workflows.", DisplayName = "Point d'entrée HTTP", Kind = ActivityKind.Trigger)]
public sealed class HttpEndpoint : Activity, ITrigger
{
    public const string BookmarkName = "Elsa.HttpEndpoint";

    internal const string RequestTooLarge = "Request too large";
    internal const string FileTooLarge = "File too large";
    internal const string InvalidFileExtension = "Invalid file extension";
    internal const string InvalidFileMimeType = "Invalid file MIME type";

    [Input(DisplayName = "Chemin", Description = "Après /workflows, avec des paramètres si besoin : demandes/{numero}.", IsRequired = true, Order = 0)]
    public Input<string>? Path { get; set; }

    [Input(DisplayName = "Méthodes", UIHint = "checklist", Options = ["GET", "POST", "PUT", "HEAD", "DELETE", "PATCH"], DefaultValue = new[] { "GET" }, Order = 1)]
    public Input<string[]>? SupportedMethods { get; set; }

    [Input(DisplayName = "Réservé aux personnes connectées", Description = "La requête doit porter un jeton d'accès.", UIHint = "checkbox", Category = "Sécurité", Order = 2)]
    public Input<bool>? Authorize { get; set; }

    [Input(DisplayName = "Droit exigé", Description = "Permission ou rôle que la personne doit avoir.", Category = "Sécurité", Order = 3)]
    public Input<string?>? Policy { get; set; }

    [Input(DisplayName = "Délai de réponse", Description = "Passé ce délai, l'appelant reçoit l'accusé 202 avec l'identifiant de l'instance.", Category = "Limites", Order = 4)]
    public Input<TimeSpan?>? RequestTimeout { get; set; }

    [Input(DisplayName = "Taille maximale de la requête", Description = "En octets.", Category = "Limites", Order = 5)]
    public Input<long?>? RequestSizeLimit { get; set; }

    [Input(DisplayName = "Taille maximale d'un fichier", Description = "En octets.", Category = "Limites", Order = 6)]
    public Input<long?>? FileSizeLimit { get; set; }

    [Input(DisplayName = "Extensions de fichier admises", Description = "Par exemple .pdf. Vide : toutes.", UIHint = "multitext", Category = "Limites", Order = 7)]
    public Input<string[]>? AllowedFileExtensions { get; set; }

    [Input(DisplayName = "Extensions de fichier refusées", UIHint = "multitext", Category = "Limites", Order = 8)]
    public Input<string[]>? BlockedFileExtensions { get; set; }

    [Input(DisplayName = "Types de fichier admis", Description = "Par exemple application/pdf. Vide : tous.", UIHint = "multitext", Category = "Limites", Order = 9)]
    public Input<string[]>? AllowedMimeTypes { get; set; }

    [Input(DisplayName = "Issue « Request too large »", UIHint = "checkbox", Category = "Issues", Order = 10)]
    public bool ExposeRequestTooLargeOutcome { get; set; }

    [Input(DisplayName = "Issue « File too large »", UIHint = "checkbox", Category = "Issues", Order = 11)]
    public bool ExposeFileTooLargeOutcome { get; set; }

    [Input(DisplayName = "Issue « Invalid file extension »", UIHint = "checkbox", Category = "Issues", Order = 12)]
    public bool ExposeInvalidFileExtensionOutcome { get; set; }

    [Input(DisplayName = "Issue « Invalid file MIME type »", UIHint = "checkbox", Category = "Issues", Order = 13)]
    public bool ExposeInvalidFileMimeTypeOutcome { get; set; }

    [Output(DisplayName = "Requête", Description = "Méthode et chemin de la requête.")]
    public Output<object?>? Result { get; set; }

    [Output(DisplayName = "Contenu", Description = "Le contenu lu : objet JSON, champs de formulaire ou texte.")]
    public Output<object?>? ParsedContent { get; set; }

    [Output(DisplayName = "Fichiers", Description = "Identifiant, nom, type et taille de chaque fichier joint.")]
    public Output<object?>? Files { get; set; }

    [Output(DisplayName = "Premier fichier")]
    public Output<object?>? File { get; set; }

    [Output(DisplayName = "Paramètres du chemin")]
    public Output<object?>? RouteData { get; set; }

    [Output(DisplayName = "Paramètres de la requête", Description = "Ce qui suit le point d'interrogation.")]
    public Output<object?>? QueryStringData { get; set; }

    [Output(DisplayName = "En-têtes", Description = "Sans ceux qui portent un secret.")]
    public Output<object?>? Headers { get; set; }

    internal static JsonObject Stimulus(string template, string method) =>
        new() { ["path"] = template.ToLowerInvariant(), ["method"] = method.ToUpperInvariant() };

    /// <inheritdoc />
    protected override IReadOnlyCollection<string> GetPossibleOutcomes() => ["Done", .. Exposed()];

    IEnumerable<TriggerStimulus> ITrigger.DescribeTriggers(TriggerIndexingContext context)
    {
        var listener = Listener(context.Activity);
        return Methods(context.Activity).Select(method => new TriggerStimulus(BookmarkName, Stimulus(listener.Template, method), listener.ToJson()));
    }

    protected override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.IsTriggerOfWorkflow())
        {
            return OnRequestAsync(context);
        }

        var listener = Listener(context);
        foreach (var method in Methods(context))
        {
            context.CreateBookmark(new CreateBookmarkArgs(BookmarkName, Stimulus(listener.Template, method), OnRequestAsync, Metadata: listener.ToJson()));
        }

        if (listener.Template.Contains('{', StringComparison.Ordinal))
        {
            context.AddCompanion(new RememberHttpRoute(listener.Template));
        }

        return ValueTask.CompletedTask;
    }

    private ValueTask OnRequestAsync(ActivityExecutionContext context)
    {
        var request = context.ResumeInput;
        HttpExchange.Remember(context, request);
        context.Set<object?>(Result, new JsonObject { ["Method"] = request["method"]?.DeepClone(), [nameof(Path)] = request["path"]?.DeepClone() });
        context.Set<object?>(ParsedContent, Values.Unwrap(request["content"]?.DeepClone()));
        context.Set<object?>(Files, request["files"]?.DeepClone());
        context.Set<object?>(File, (request["files"] as JsonArray)?.FirstOrDefault()?.DeepClone());
        context.Set<object?>(RouteData, request["routeData"]?.DeepClone());
        context.Set<object?>(QueryStringData, request["query"]?.DeepClone());
        context.Set<object?>(Headers, request["headers"]?.DeepClone());
        return request["outcome"]?.GetValue<string>() is { } outcome ? context.CompleteActivityWithOutcomesAsync(outcome) : context.CompleteActivityAsync();
    }

    private HttpListenerRules Listener(ActivityExecutionContext context)
    {
        var template = context.Get(Path)?.Trim('/', ' ') ?? "";
        if (template.Length == 0)
        {
            throw new FormatException("the path is empty.");
        }

        HttpRoutes.Check(template);
        return new HttpListenerRules(
            template, context.Get(Authorize), context.Get(Policy), context.Get(RequestTimeout), context.Get(RequestSizeLimit), context.Get(FileSizeLimit),
            context.Get(AllowedFileExtensions) ?? [], context.Get(BlockedFileExtensions) ?? [], context.Get(AllowedMimeTypes) ?? [], [.. Exposed()]);
    }

    private IEnumerable<string> Methods(ActivityExecutionContext context) =>
        context.Get(SupportedMethods) is { Length: > 0 } methods ? methods.Distinct(StringComparer.OrdinalIgnoreCase) : ["GET"];

    private IEnumerable<string> Exposed()
    {
        if (ExposeRequestTooLargeOutcome)
        {
            yield return RequestTooLarge;
        }

        if (ExposeFileTooLargeOutcome)
        {
            yield return FileTooLarge;
        }

        if (ExposeInvalidFileExtensionOutcome)
        {
            yield return InvalidFileExtension;
        }

        if (ExposeInvalidFileMimeTypeOutcome)
        {
            yield return InvalidFileMimeType;
        }
    }
}

/// <summary>What an endpoint demands of a request; kept with the bookmark or the trigger.</summary>
internal sealed record HttpListenerRules(
    string Template,
    bool Authorize,
    string? Policy,
    TimeSpan? RequestTimeout,
    long? RequestSizeLimit,
    long? FileSizeLimit,
    IReadOnlyList<string> AllowedFileExtensions,
    IReadOnlyList<string> BlockedFileExtensions,
    IReadOnlyList<string> AllowedMimeTypes,
    IReadOnlyList<string> ExposedOutcomes)
{
    public JsonObject ToJson() => System.Text.Json.JsonSerializer.SerializeToNode(this, Values.Json)!.AsObject();

    public static HttpListenerRules Read(JsonObject json) => System.Text.Json.JsonSerializer.Deserialize<HttpListenerRules>(json, Values.Json)!;
}

/// <summary>The request that an instance may still answer, kept in its properties.</summary>
internal static class HttpExchange
{
    private const string Property = "http";

    public static void Remember(ActivityExecutionContext context, JsonObject request)
    {
        if (request["requestId"] is { } id)
        {
            context.WorkflowExecutionContext.Properties[Property] = new JsonObject { ["requestId"] = id.DeepClone(), ["until"] = request["until"]?.DeepClone() };
        }
    }

    /// <summary>The request's id, and until when it waits; null when the instance never had one. It can be taken once.</summary>
    public static (string? RequestId, DateTimeOffset Until)? Take(ActivityExecutionContext context)
    {
        if (context.WorkflowExecutionContext.Properties[Property] is not JsonObject exchange)
        {
            return null;
        }

        var id = exchange["requestId"]?.GetValue<string>();
        exchange["requestId"] = null;
        return (id, DateTimeOffset.Parse(exchange["until"]?.GetValue<string>() ?? "0001-01-01T00:00:00Z", CultureInfo.InvariantCulture));
    }
}
