using System.Text.Json.Nodes;
using Cleiss.Engine;
using Cleiss.Engine.Activities;

namespace Cleiss.Activities.Mail;

/// <summary>
/// Sends a mail from a template. The mail is a row of this burst and leaves afterwards, at least once, always under the same Message-ID; the
/// flow goes on when the transport has accepted it. A mail that cannot leave waits in <c>/courriers</c> for a person, and so does the flow.
/// </summary>
[Activity("Cleiss", "Cleiss", "Envoie un courriel au partenaire, avec des documents joints.", DisplayName = "Envoyer un courriel", Kind = ActivityKind.Task)]
public sealed class SendMail : Activity
{
    [Input(DisplayName = "Modèle", UIHint = "dropdown", Options = [], Refresh = true, Description = "Par exemple formulaire-de-liaison/lettre-accompagnement.", IsRequired = true, Order = 1)]
    public Input<string>? Template { get; set; }

    [Input(DisplayName = "Partenaire", UIHint = "dropdown", Options = [], Refresh = true, Description = "Code de l'accord ; le courriel va à son organisme de liaison.", Order = 2)]
    public Input<string>? Partner { get; set; }

    [Input(DisplayName = "Adresse", Description = "Adresse électronique, quand le destinataire n'est pas un partenaire de l'annuaire.", Order = 3)]
    public Input<string>? To { get; set; }

    [Input(DisplayName = "Documents joints", Description = "Identifiants des documents.", Order = 4)]
    public Input<string[]>? Documents { get; set; }

    [Input(DisplayName = "Numéro de relance", Description = "Pour une relance : 1, 2, 3…", Order = 5)]
    public Input<int?>? ReminderNumber { get; set; }

    [Input(DisplayName = "Champ de l'adresse", Description = "Champ d'un formulaire du dossier où se lit l'adresse du destinataire, quand c'est une personne : l'adresse n'entre pas dans le flux.", Order = 6)]
    public Input<string>? ToField { get; set; }

    [Input(DisplayName = "Cite la réponse", Description = "Résultat d'une tâche : le modèle lit ses champs sous « answer », sans les numéros d'identification.", Order = 7)]
    public Input<JsonObject>? AnswerOf { get; set; }

    [Input(DisplayName = "Champ de la pièce", Description = "Champ d'un formulaire du dossier dont le fichier est joint, p. ex. le document reçu.", Order = 8)]
    public Input<string>? AttachedField { get; set; }

    [Input(DisplayName = "Données du texte", UIHint = "json-editor", Description = "Ce que le modèle lit sous « data » ; jamais de données personnelles.", Order = 9)]
    public Input<JsonObject>? Data { get; set; }

    [Output(DisplayName = "Courriel", Description = "Identifiant du courriel.")]
    public Output<string>? MailId { get; set; }

    protected override void Execute(ActivityExecutionContext context)
    {
        var id = Ids.New();
        context.Set(MailId, id);
        context.AddCompanion(new QueueMail(
            id, context.WorkflowExecutionContext.CorrelationId, context.Get(Template)!, context.Get(Partner), context.Get(To),
            context.Get(Documents) ?? [], context.Get(ReminderNumber),
            context.Get(ToField), context.Get(AnswerOf)?["answerId"]?.GetValue<string>(), context.Get(AttachedField), context.Get(Data)));
        var sent = context.CreateBookmark(new CreateBookmarkArgs("Cleiss.MailSent"));
        context.AddEffect(SendMailHandler.EffectKind, new JsonObject { ["mailId"] = id }, sent, SendMailHandler.Key(id));
    }
}
