using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Execution;

namespace Cleiss.Workflows.EnvoiGroupe;

/// <summary>
/// Puts a printed document into the open envelope of its agreement and waits until the envelope has been sent. When the case is cancelled
/// before the envelope is closed, the document leaves it.
/// </summary>
[Activity("Cleiss", "Cleiss", "Met le document dans l'enveloppe du partenaire et attend qu'elle parte.", DisplayName = "Attendre l'enveloppe", Kind = ActivityKind.Task)]
public sealed class AwaitEnvelope : Activity
{
    private const string DocumentProperty = "documentId";

    [Input(DisplayName = "Accord", Description = "Code de l'accord ; l'enveloppe va à son organisme de liaison.", IsRequired = true, Order = 1)]
    public Input<string>? Agreement { get; set; }

    [Input(DisplayName = "Spécimen", UIHint = "checkbox", Description = "Vrai pour un cas d'essai : les spécimens ont leurs propres enveloppes.", Order = 2)]
    public Input<bool>? Specimen { get; set; }

    [Input(DisplayName = "Document", Description = "Identifiant du document imprimé.", IsRequired = true, Order = 3)]
    public Input<string>? DocumentId { get; set; }

    protected override void Execute(ActivityExecutionContext context)
    {
        var document = context.Get(DocumentId) ?? throw new FaultException("Aucun document n'est à mettre dans l'enveloppe.");
        var bookmark = context.CreateBookmark(new CreateBookmarkArgs("AwaitEnvelope"));
        context.Properties[DocumentProperty] = document;
        context.AddCompanion(new PutIntoEnvelope(
            context.Get(Agreement) ?? throw new FaultException("L'accord de l'enveloppe n'est pas renseigné."),
            context.Get(Specimen), context.WorkflowExecutionContext.CorrelationId ?? "", document, bookmark.Id));
    }

    protected override ValueTask CancelAsync(ActivityExecutionContext context)
    {
        if (context.Properties[DocumentProperty]?.GetValue<string>() is { } document)
        {
            context.AddCompanion(new TakeOutOfEnvelope(document));
        }

        return ValueTask.CompletedTask;
    }
}

/// <summary>Makes this case the one that sends the envelope. Of two cases begun at once for one envelope, one is not opened.</summary>
[Activity("Cleiss", "Cleiss", "Prend une enveloppe fermée pour l'envoyer, une seule fois.", DisplayName = "Prendre l'enveloppe")]
public sealed class TakeEnvelope : CodeActivity
{
    [Input(DisplayName = "Enveloppe", Description = "Identifiant de l'enveloppe.", IsRequired = true)]
    public Input<string>? EnvelopeId { get; set; }

    protected override void Execute(ActivityExecutionContext context) => context.AddCompanion(new ClaimEnvelope(
        context.Get(EnvelopeId) ?? throw new FaultException("L'enveloppe n'est pas renseignée."), context.WorkflowExecutionContext.CorrelationId ?? ""));
}

/// <summary>Tells every case whose document was in the envelope that it has left; each goes on, once.</summary>
[Activity("Cleiss", "Cleiss", "Fait savoir à chaque dossier que l'enveloppe est partie : il attend sa réponse.", DisplayName = "Annoncer le départ de l'enveloppe", Kind = ActivityKind.Task)]
public sealed class AnnounceEnvelope : Activity
{
    [Input(DisplayName = "Enveloppe", Description = "Identifiant de l'enveloppe.", IsRequired = true)]
    public Input<string>? EnvelopeId { get; set; }

    protected override void Execute(ActivityExecutionContext context)
    {
        var announced = context.CreateBookmark(new CreateBookmarkArgs("Cleiss.EnvelopeAnnounced"));
        context.AddEffect(AnnounceEnvelopeHandler.EffectKind, new JsonObject { ["envelopeId"] = context.Get(EnvelopeId) }, announced);
    }
}
