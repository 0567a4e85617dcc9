using System.Text.Json.Nodes;
using Cleiss.Engine;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Execution;
using Cleiss.Forms.Answers;
using Cleiss.Forms.Catalogue;
using Cleiss.Persistence.People;

namespace Cleiss.Workflows.BudgetRectificatif.Preparation;

/// <summary>An answer that the flow itself gives: computed, kept with the case, never changed.</summary>
internal static class CaseAnswer
{
    /// <returns>Its id; the answer is there when the burst has been committed.</returns>
    public static async Task<string> RecordAsync(ActivityExecutionContext context, string formKey, JsonObject data)
    {
        var form = await context.GetRequiredService<FormStore>().FindAsync(formKey, null, CancellationToken.None)
            ?? throw new FaultException($"Le formulaire « {formKey} » n'a pas de version publiée.");
        var id = Ids.New();
        context.AddCompanion(new RecordAnswer(id, form.Key, form.Version, context.WorkflowExecutionContext.CorrelationId, null, data, Actor.System.Id));
        return id;
    }
}
