using System.Text.Json.Nodes;
using Cleiss.Activities.Cases;
using Cleiss.Engine.Storage;
using Cleiss.Persistence.People;
using Cleiss.Persistence.Trails;

namespace Cleiss.Host.ElsaApi;

/// <summary>A change by hand leaves its entry in the trail of the case, or of the administration when the instance belongs to no case.</summary>
internal static class AlterationTrail
{
    public static async Task<IReadOnlyList<object>> EntriesAsync(
        CaseService cases, InstanceRecord instance, IReadOnlyList<string> log, Actor actor, CancellationToken cancellationToken)
    {
        var ofCase = instance.CorrelationId is { } caseId && await cases.FindAsync(caseId, cancellationToken) is not null;
        return
        [
            new TrailEntry(
                ofCase ? TrailIds.Case(instance.CorrelationId!) : TrailIds.Administration, actor, "instance.altered",
                "a modifié le déroulement : " + string.Join(" ", log), new JsonObject { ["workflowInstanceId"] = instance.Id }),
        ];
    }
}
