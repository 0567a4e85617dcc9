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

/// <summary>Notes facts by which statistics count the case: each name keeps its last value.</summary>
[Activity("Cleiss", "Cleiss", "Note des faits par lesquels les statistiques comptent le dossier.", DisplayName = "Noter pour les statistiques")]
public sealed class RecordCaseFacts : CodeActivity
{
    [Input(DisplayName = "Faits", UIHint = "json-editor", Description = "Noms et valeurs, p. ex. {\"issue\": \"accord\"} ; jamais de données personnelles.", IsRequired = true)]
    public Input<JsonObject>? Facts { get; set; }

    protected override void Execute(ActivityExecutionContext context)
    {
        if (context.WorkflowExecutionContext.CorrelationId is { } caseId)
        {
            context.AddCompanion(new NoteCaseFacts(
                caseId, (context.Get(Facts) ?? []).Where(fact => fact.Value is not null).ToDictionary(fact => fact.Key, fact => fact.Value!.ToString(), StringComparer.Ordinal)));
        }
    }
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
