using System.Net;
using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Execution;

namespace Cleiss.Activities.Http;

/// <summary>
/// Answers the request that the instance received last. The answer is part of the burst's commit and reaches a caller who still waits at most
/// once; a caller who was already told 202 gets no second answer, and the journal says so.
/// </summary>
[Activity("Elsa", "HTTP", "Répond à la requête HTTP reçue.", DisplayName = "Réponse HTTP")]
public sealed class WriteHttpResponse : CodeActivity
{
    [Input(DisplayName = "Code d'état", UIHint = "dropdown", Options = ["OK", "Created", "Accepted", "NoContent", "BadRequest", "Unauthorized", "Forbidden", "NotFound", "Conflict", "UnprocessableEntity", "InternalServerError"], DefaultValue = HttpStatusCode.OK, Order = 0)]
    public Input<HttpStatusCode>? StatusCode { get; set; }

    [Input(DisplayName = "Contenu", Description = "Un texte part tel quel, un objet en JSON.", UIHint = "multiline", Order = 1)]
    public Input<object?>? Content { get; set; }

    [Input(DisplayName = "Type de contenu", UIHint = "dropdown", Options = ["", "text/plain", "text/html", "application/json", "application/xml"], Order = 2)]
    public Input<string?>? ContentType { get; set; }

    [Input(DisplayName = "En-têtes", Description = "Objet JSON : nom et valeur.", UIHint = "json-editor", Category = "Avancé", Order = 3)]
    public Input<JsonObject?>? ResponseHeaders { get; set; }

    protected override void Execute(ActivityExecutionContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (HttpExchange.Take(context) is not { } exchange)
        {
            throw new FaultException("There is no HTTP request to answer: this instance was not started or resumed by one.");
        }

        if (exchange.RequestId is null || exchange.Until <= context.Now)
        {
            context.AddJournalEntry("Unanswered", "The caller of the HTTP request no longer waits; it was answered before.");
            return;
        }

        var content = context.Get(Content);
        var text = content is null ? null : Values.ToText(content);
        var type = context.Get(ContentType) is { Length: > 0 } chosen ? chosen
            : content is null or string ? "text/plain; charset=utf-8"
            : "application/json";
        context.AddCompanion(new AnswerHttpRequest(
            exchange.RequestId, (int)context.Get(StatusCode, HttpStatusCode.OK), text is null ? null : type, context.Get(ResponseHeaders)?.DeepClone().AsObject(), text, exchange.Until));
    }
}
