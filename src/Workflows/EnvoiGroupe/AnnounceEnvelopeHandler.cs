using System.Text.Json.Nodes;
using Cleiss.Engine.Effects;
using Cleiss.Engine.Execution;
using Cleiss.Persistence.People;
using Cleiss.Persistence.Trails;

namespace Cleiss.Workflows.EnvoiGroupe;

/// <summary>Effect <c>envelope.announce</c>, payload <c>{envelopeId}</c>. Repeated after a kill, it finds the cases that went on already gone on.</summary>
internal sealed class AnnounceEnvelopeHandler(EnvelopeStore envelopes, WorkflowRuntime runtime) : IEffectHandler
{
    public const string EffectKind = "envelope.announce";

    public string Kind => EffectKind;

    public async Task<EffectResult> HandleAsync(Effect effect, CancellationToken cancellationToken)
    {
        var id = effect.Payload["envelopeId"]!.GetValue<string>();
        var envelope = await envelopes.FindAsync(id, cancellationToken)
            ?? throw new KeyNotFoundException($"Effect {effect.Id} announces envelope {id}, which does not exist.");
        foreach (var item in envelope.Items)
        {
            var told = new TrailEntry(
                TrailIds.Case(item.CaseId), Actor.System, "envelope.sent",
                $"Le document {item.Number} est parti avec l'envoi groupé {envelope.CaseReference}, qui compte {envelope.Items.Count} document{(envelope.Items.Count > 1 ? "s" : "")}.",
                new JsonObject { ["envelopeId"] = id, ["documentId"] = item.DocumentId, ["sendingCaseId"] = envelope.CaseId });
            await runtime.ResumeAsync(
                new ResumeBookmark(item.WorkflowInstanceId, item.BookmarkId, new JsonObject { ["envelopeId"] = id }, "system", [told]), cancellationToken);
        }

        return new EffectResult.Done(new JsonObject { ["envelopeId"] = id });
    }
}
