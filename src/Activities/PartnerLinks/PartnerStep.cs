using System.Text.Json.Nodes;
using Cleiss.Activities.Mail;
using Cleiss.Engine;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Execution;

namespace Cleiss.Activities.PartnerLinks;

/// <summary>What the activities that write to a partner with a link have in common.</summary>
public abstract class PartnerStep : Activity
{
    [Input(DisplayName = "Modèle du courriel", UIHint = "dropdown", Options = [], Refresh = true, Description = "Son texte contient {{ link.url }}.", IsRequired = true, Order = 1)]
    public Input<string>? Template { get; set; }

    [Input(DisplayName = "Partenaire", UIHint = "dropdown", Options = [], Refresh = true, Description = "Code du partenaire dans l'annuaire.", Order = 2)]
    public Input<string>? Partner { get; set; }

    [Input(DisplayName = "Adresse", Description = "Adresse électronique, quand le destinataire n'est pas dans l'annuaire.", Order = 3)]
    public Input<string>? To { get; set; }

    [Input(DisplayName = "Champ de l'adresse", Description = "Champ d'un formulaire du dossier qui donne l'adresse électronique.", Order = 14)]
    public Input<string>? ToField { get; set; }

    [Input(DisplayName = "Titre", IsRequired = true, Order = 4, Description = "Ce que le partenaire lit en haut de la page.")]
    public Input<string>? Title { get; set; }

    [Input(DisplayName = "Consigne", Order = 5, UIHint = "multiline")]
    public Input<string>? Instructions { get; set; }

    [Input(DisplayName = "Documents joints", Order = 6, Description = "Documents joints au courriel.")]
    public Input<string[]>? Documents { get; set; }

    [Input(DisplayName = "Fichiers à remettre", Order = 7, Description = "Fichiers que le partenaire retire sur la page.")]
    public Input<string[]>? Files { get; set; }

    /// <summary>Queues the mail and leaves the link in the same commit.</summary>
    private protected void Send(ActivityExecutionContext context, string? bookmarkId, string? form, JsonArray actions, DateTimeOffset expiresAt)
    {
        var caseId = context.WorkflowExecutionContext.CorrelationId ?? throw new FaultException($"« {DisplayText} » n'a de sens que dans un dossier.");
        var mailId = Ids.New();
        context.AddCompanion(new QueueMail(
            mailId, caseId, context.Get(Template)!, Blank(context.Get(Partner)), Blank(context.Get(To)), context.Get(Documents) ?? [], null,
            Blank(context.Get(ToField))));
        context.AddCompanion(new CreatePartnerLink(
            Ids.New(), PartnerToken.New(), mailId, caseId, bookmarkId, Id, Blank(context.Get(Partner)), Blank(context.Get(Title)) ?? DisplayText,
            Blank(context.Get(Instructions)), form, actions, context.Get(Files) ?? [], expiresAt));
        context.AddEffect(SendMailHandler.EffectKind, new JsonObject { ["mailId"] = mailId }, null, SendMailHandler.Key(mailId));
    }

    private protected static string? Blank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
