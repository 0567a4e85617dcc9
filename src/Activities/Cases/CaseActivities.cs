using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;
using Cleiss.Persistence.People;
using Cleiss.Persistence.Trails;

namespace Cleiss.Activities.Cases;

/// <summary>Says on the case's page what is going on now.</summary>
[Activity("Cleiss", "Cleiss", "Affiche sur le dossier où il en est.", DisplayName = "Indiquer l'avancement")]
public sealed class SetCaseStatus : CodeActivity
{
    [Input(DisplayName = "Avancement", Description = "Une courte phrase pour les agents, sans donnée personnelle.", IsRequired = true)]
    public Input<string>? Status { get; set; }

    protected override void Execute(ActivityExecutionContext context) => context.AddCompanion(new ChangeCase(null, context.Get(Status)));
}

/// <summary>Closes the case; its instance ends when nothing else is running.</summary>
[Activity("Cleiss", "Cleiss", "Clôt le dossier.", DisplayName = "Clore le dossier")]
public sealed class CloseCase : CodeActivity
{
    [Input(DisplayName = "Issue", Description = "Comment le dossier se termine, p. ex. « Réponse reçue ».", IsRequired = true)]
    public Input<string>? Status { get; set; }

    protected override void Execute(ActivityExecutionContext context)
    {
        var status = context.Get(Status) ?? "";
        context.AddCompanion(new ChangeCase(CaseState.Closed, status));
        if (context.WorkflowExecutionContext.CorrelationId is { } caseId)
        {
            context.AddCompanion(new TrailEntry(
                TrailIds.Case(caseId), Actor.System, "case.closed", $"a clos le dossier : {status}", new JsonObject { ["status"] = status }));
        }
    }
}
