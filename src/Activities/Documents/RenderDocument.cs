using System.Text.Json.Nodes;
using Cleiss.Documents.Issuing;
using Cleiss.Documents.Rendering;
using Cleiss.Engine;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Execution;

namespace Cleiss.Activities.Documents;

/// <summary>
/// Issues a numbered document and prints it. The number is taken in the commit of this burst; printing happens afterwards. A document that
/// cannot be printed is cancelled and keeps its number.
/// </summary>
[Activity("Cleiss", "Cleiss", "Numérote, imprime et scelle un document PDF bilingue.", DisplayName = "Produire le document", Kind = ActivityKind.Task)]
[FlowNode("Done", Failure)]
public sealed class RenderDocument : Activity
{
    public const string Failure = "Échec";

    [Input(DisplayName = "Modèle", UIHint = "dropdown", Options = [], Refresh = true, Description = "P. ex. « formulaire-de-liaison/formulaire-bilingue ».", IsRequired = true, Order = 1)]
    public Input<string>? Template { get; set; }

    [Input(DisplayName = "Résultat de tâche", Description = "Variable qui tient le résultat de la tâche dont on imprime la réponse.", Order = 2)]
    public Input<JsonObject>? AnswerOf { get; set; }

    [Input(DisplayName = "Réponse", Description = "Identifiant de la réponse, si aucun résultat de tâche n'est donné.", Order = 3)]
    public Input<string>? AnswerId { get; set; }

    [Input(DisplayName = "Série", UIHint = "dropdown", Options = [], Refresh = true, Description = "Code de l'accord, p. ex. MD : les numéros se suivent par série et par an.", IsRequired = true, Order = 4)]
    public Input<string>? Series { get; set; }

    [Input(DisplayName = "Titre", IsRequired = true, Order = 5)]
    public Input<string>? Title { get; set; }

    [Input(DisplayName = "Spécimen", UIHint = "checkbox", Description = "Vrai pour un cas d'essai : série à part et mention SPÉCIMEN. Tant que l'accord ou le formulaire n'est pas en vigueur, le document est un spécimen de toute façon.", Order = 6)]
    public Input<bool>? Specimen { get; set; }

    [Input(DisplayName = "Formulaire", UIHint = "dropdown", Options = [], Refresh = true, Order = 7)]
    public Input<string>? FormKey { get; set; }

    [Input(DisplayName = "Code du formulaire", Order = 8)]
    public Input<string>? FormCode { get; set; }

    [Input(DisplayName = "Code provisoire", UIHint = "checkbox", Order = 9)]
    public Input<bool>? ProvisionalCode { get; set; }

    [Input(DisplayName = "Langue du partenaire", DefaultValue = "fr", Order = 10)]
    public Input<string>? Language { get; set; }

    [Input(DisplayName = "Demandé par", Order = 11)]
    public Input<string>? RequestedBy { get; set; }

    [Input(DisplayName = "Remplace le document", Order = 12)]
    public Input<string>? PreviousDocumentId { get; set; }

    [Input(DisplayName = "Annule le document remplacé", UIHint = "checkbox", Description = "Vrai : le document remplacé est annulé ; faux : il est corrigé.", Order = 13)]
    public Input<bool>? CancelsPrevious { get; set; }

    [Input(DisplayName = "Poursuivre en cas d'échec", UIHint = "checkbox", Description = "Sinon, un échec arrête le dossier par un incident.", Order = 14)]
    public Input<bool>? ContinueOnFailure { get; set; }

    /// <summary>Documents that already exist and leave with this one; they follow it in <see cref="Documents"/>.</summary>
    [Input(DisplayName = "Joindre aussi", Description = "Identifiants de documents à envoyer avec celui-ci.", Order = 15)]
    public Input<string[]>? Joined { get; set; }

    [Output(DisplayName = "Document")]
    public Output<string>? DocumentId { get; set; }

    /// <summary>The same id as a list, followed by those that leave with it, ready to be attached to a mail.</summary>
    [Output(DisplayName = "Documents")]
    public Output<string[]>? Documents { get; set; }

    [Output(DisplayName = "Numéro")]
    public Output<string>? Number { get; set; }

    [Output(DisplayName = "Empreinte", Description = "SHA-256 du PDF, pour le faire signer.")]
    public Output<string>? Sha256 { get; set; }

    protected override void Execute(ActivityExecutionContext context)
    {
        var id = Ids.New();
        var answerId = context.Get(AnswerOf)?["answerId"]?.GetValue<string>() ?? context.Get(AnswerId);
        context.AddCompanion(new IssueDocument(
            id,
            context.Get(Series) ?? throw new FaultException("La série du document n'est pas renseignée."),
            context.Get(Specimen),
            context.WorkflowExecutionContext.CorrelationId,
            context.Get(Title) ?? "",
            context.Get(Template) ?? "",
            context.Get(FormKey),
            context.Get(FormCode),
            context.Get(ProvisionalCode),
            answerId,
            context.Get(Language, "fr"),
            VerificationCodes.New(),
            context.Get(RequestedBy, "system"),
            Blank(context.Get(PreviousDocumentId)),
            context.Get(CancelsPrevious)));
        context.Set(DocumentId, id);
        context.Set(Documents, [id, .. context.Get(Joined) ?? []]);
        var bookmark = context.CreateBookmark(new CreateBookmarkArgs("RenderDocument", Callback: OnRenderedAsync));
        context.AddEffect(RenderDocumentHandler.EffectKind, new JsonObject { ["documentId"] = id }, bookmark);
    }

    private ValueTask OnRenderedAsync(ActivityExecutionContext context)
    {
        context.Set(Number, context.ResumeInput["number"]?.GetValue<string>() ?? "");
        context.Set(Sha256, context.ResumeInput["sha256"]?.GetValue<string>() ?? "");
        if (context.ResumeInput["failed"]?.GetValue<string>() is not { } reason)
        {
            return context.CompleteActivityAsync();
        }

        return context.Get(ContinueOnFailure)
            ? context.CompleteActivityWithOutcomesAsync(Failure)
            : throw new FaultException($"Le document {context.ResumeInput["number"]} n'a pas pu être imprimé : {reason}");
    }

    private static string? Blank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
