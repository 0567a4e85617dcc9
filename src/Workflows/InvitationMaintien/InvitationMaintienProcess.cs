using System.Text.Json.Nodes;
using Cleiss.Activities.Cases;
using Cleiss.Persistence.People;

namespace Cleiss.Workflows.InvitationMaintien;

/// <summary>
/// A scheme fills in its request for a maintien dérogatoire itself, through a one-time link; what it sends opens the case of the request.
/// Apart from that process, because the day the request arrives chooses the version under which it is judged.
/// </summary>
public sealed class InvitationMaintienProcess : IProcess
{
    public const string ProcessKey = "invitation-maintien";

    public string Key => ProcessKey;

    public string Title => "Maintien dérogatoire : inviter le régime";

    public string ReferencePrefix => "INV";

    public string StartForm => "invitation-regime";

    public IReadOnlyList<string> Roles { get; } = [Role.Agent];

    public Task<CaseOpening> PrepareAsync(JsonObject data, bool test, DateOnly receivedOn, Actor actor, CancellationToken cancellationToken)
    {
        var scheme = data["regime"]!.GetValue<string>();
        return Task.FromResult(new CaseOpening($"Invitation du régime – {scheme}", new JsonObject { ["regime"] = scheme }));
    }
}
