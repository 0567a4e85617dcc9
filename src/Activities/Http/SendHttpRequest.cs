using System.Globalization;
using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.Execution;

namespace Cleiss.Activities.Http;

/// <summary>
/// Calls another system after the commit, with an idempotency key that stays the same when the call is repeated (<c>Idempotency-Key</c>): it may
/// be repeated when a host dies between the call and its noting. Internal addresses are refused.
/// </summary>
public abstract class SendHttpRequestBase : Activity
{
    internal const string BookmarkName = "Elsa.SendHttpRequest";

    [Input(DisplayName = "Adresse", IsRequired = true, Order = 0)]
    public Input<string>? Url { get; set; }

    [Input(DisplayName = "Méthode", UIHint = "dropdown", Options = ["GET", "POST", "PUT", "HEAD", "DELETE", "PATCH", "OPTIONS"], DefaultValue = "GET", Order = 1)]
    public Input<string>? Method { get; set; }

    [Input(DisplayName = "Contenu", Description = "Un texte part tel quel, un objet en JSON.", UIHint = "multiline", Order = 2)]
    public Input<object?>? Content { get; set; }

    [Input(DisplayName = "Type de contenu", UIHint = "dropdown", Options = ["", "text/plain", "text/html", "application/json", "application/xml", "application/x-www-form-urlencoded"], Order = 3)]
    public Input<string?>? ContentType { get; set; }

    [Input(DisplayName = "Autorisation", Description = "Valeur de l'en-tête Authorization.", Category = "Sécurité", IsSensitive = true, Order = 4)]
    public Input<string?>? Authorization { get; set; }

    [Input(DisplayName = "Ne pas vérifier l'en-tête Authorization", UIHint = "checkbox", Category = "Sécurité", Order = 5)]
    public Input<bool>? DisableAuthorizationHeaderValidation { get; set; }

    [Input(DisplayName = "En-têtes", Description = "Objet JSON : nom et valeur.", UIHint = "json-editor", Category = "Avancé", IsSensitive = true, Order = 6)]
    public Input<JsonObject?>? RequestHeaders { get; set; }

    [Input(DisplayName = "Réessayer", Description = "Réessaie avec des pauses croissantes quand le système appelé est momentanément indisponible.", UIHint = "checkbox", Category = "Avancé", Order = 7)]
    public Input<bool>? EnableResiliency { get; set; }

    [Output(DisplayName = "Code d'état")]
    public Output<int>? StatusCode { get; set; }

    [Output(DisplayName = "Contenu lu", Description = "Objet JSON ou texte de la réponse.")]
    public Output<object?>? ParsedContent { get; set; }

    [Output(DisplayName = "En-têtes de la réponse")]
    public Output<object?>? ResponseHeaders { get; set; }

    [Output(DisplayName = "Réponse", Description = "StatusCode, Headers et Content.")]
    public Output<object?>? Result { get; set; }

    /// <summary>Goes on after an answer, whatever its status.</summary>
    protected abstract ValueTask OnResponseAsync(ActivityExecutionContext context, int statusCode);

    /// <summary>Goes on when nobody answered, or not in time.</summary>
    protected abstract ValueTask OnFailureAsync(ActivityExecutionContext context, bool timedOut);

    protected override void Execute(ActivityExecutionContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (!Uri.TryCreate(context.Get(Url), UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
        {
            throw new FaultException($"« {context.Get(Url)} » is not an absolute http or https address.");
        }

        var content = context.Get(Content);
        var payload = new JsonObject
        {
            ["url"] = url.AbsoluteUri,
            ["method"] = context.Get(Method, "GET"),
            ["content"] = content is null ? null : Values.ToText(content),
            ["contentType"] = context.Get(ContentType) is { Length: > 0 } type ? type : content is string ? "text/plain" : "application/json",
            ["authorization"] = context.Get(Authorization),
            ["validateAuthorization"] = !context.Get(DisableAuthorizationHeaderValidation),
            ["headers"] = context.Get(RequestHeaders)?.DeepClone(),
            ["resilient"] = context.Get(EnableResiliency),
        };
        context.AddEffect(SendHttpHandler.EffectKind, payload, context.CreateBookmark(new CreateBookmarkArgs(BookmarkName, Callback: OnSentAsync)));
    }

    private ValueTask OnSentAsync(ActivityExecutionContext context)
    {
        var answer = context.ResumeInput;
        switch (answer["failure"]?.GetValue<string>())
        {
            case SendHttpHandler.Refused:
                throw new FaultException(answer["message"]?.GetValue<string>() ?? "The request was refused.");
            case { } failure:
                context.AddJournalEntry("Error", answer["message"]?.GetValue<string>());
                return OnFailureAsync(context, failure == SendHttpHandler.TimedOut);
        }

        var statusCode = answer["statusCode"]!.GetValue<int>();
        var content = Values.Unwrap(answer["content"]?.DeepClone());
        context.Set(StatusCode, statusCode);
        context.Set(ParsedContent, content);
        context.Set<object?>(ResponseHeaders, answer["headers"]?.DeepClone());
        context.Set<object?>(Result, new JsonObject { [nameof(StatusCode)] = statusCode, ["Headers"] = answer["headers"]?.DeepClone(), [nameof(Content)] = answer["content"]?.DeepClone() });
        return OnResponseAsync(context, statusCode);
    }
}

/// <summary>Runs a nested activity according to the answer's status.</summary>
[Activity("Elsa", "HTTP", "Envoie une requête HTTP.", DisplayName = "Requête HTTP", Kind = ActivityKind.Task)]
public sealed class SendHttpRequest : SendHttpRequestBase, IReadsDefinition
{
    private readonly Dictionary<int, Activity?> _cases = [];

    [Input(DisplayName = "Codes d'état attendus", UIHint = "http-status-codes", Order = 8)]
    public JsonArray? ExpectedStatusCodes { get; set; }

    [Port(DisplayName = "Autre code d'état")]
    public Activity? UnmatchedStatusCode { get; set; }

    [Port(DisplayName = "Connexion impossible")]
    public Activity? FailedToConnect { get; set; }

    [Port(DisplayName = "Délai dépassé")]
    public Activity? Timeout { get; set; }

    void IReadsDefinition.Read(JsonObject json, string path, DefinitionReader reader)
    {
        var cases = json["expectedStatusCodes"] as JsonArray ?? [];
        for (var i = 0; i < cases.Count; i++)
        {
            if (cases[i]?["statusCode"] is { } code && int.TryParse(code.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var status))
            {
                _cases[status] = cases[i]!["activity"] is JsonObject nested ? reader.ReadActivity(nested, $"{path}.expectedStatusCodes[{i}].activity", this) : null;
            }
        }
    }

    protected override ValueTask OnResponseAsync(ActivityExecutionContext context, int statusCode) =>
        GoOnAsync(context, _cases.TryGetValue(statusCode, out var matching) ? matching : UnmatchedStatusCode);

    protected override ValueTask OnFailureAsync(ActivityExecutionContext context, bool timedOut) => GoOnAsync(context, timedOut ? Timeout : FailedToConnect);

    private ValueTask GoOnAsync(ActivityExecutionContext context, Activity? next)
    {
        if (next is null)
        {
            return context.CompleteActivityAsync();
        }

        context.ScheduleActivity(next, OnNextCompletedAsync);
        return ValueTask.CompletedTask;
    }

    private static ValueTask OnNextCompletedAsync(ActivityCompletedContext completed) => completed.TargetContext.CompleteActivityAsync();
}

/// <summary>Goes on, in a flowchart, from the port of the answer's status.</summary>
[Activity("Elsa", "HTTP", "Envoie une requête HTTP.", DisplayName = "Requête HTTP (organigramme)", Kind = ActivityKind.Task)]
public sealed class FlowSendHttpRequest : SendHttpRequestBase
{
    [Input(DisplayName = "Codes d'état attendus", UIHint = "multitext", DefaultValue = new[] { 200 }, Order = 8)]
    public Input<int[]>? ExpectedStatusCodes { get; set; }

    /// <inheritdoc />
    protected override IReadOnlyCollection<string>? GetPossibleOutcomes() => null;

    protected override ValueTask OnResponseAsync(ActivityExecutionContext context, int statusCode)
    {
        var expected = context.Get(ExpectedStatusCodes) ?? [];
        string[] outcomes = expected.Length == 0 ? ["Done"]
            : [expected.Contains(statusCode) ? statusCode.ToString(CultureInfo.InvariantCulture) : "Unmatched status code", "Done"];
        return context.CompleteActivityWithOutcomesAsync(outcomes);
    }

    protected override ValueTask OnFailureAsync(ActivityExecutionContext context, bool timedOut) =>
        context.CompleteActivityWithOutcomesAsync(timedOut ? "Timeout" : "Failed to connect");
}
