using System.Text.Json.Nodes;
using Cleiss.Workflows.Referentiels;

namespace Cleiss.Workflows.EnvoiGroupe;

/// <summary>What the covering note of an envelope prints: the list of what it holds.</summary>
internal sealed class EnvelopeNote(EnvelopeStore envelopes) : IPrintedData
{
    public string TitleFr => "Bordereau d'envoi";

    public async Task<JsonObject?> FindAsync(string id, CancellationToken cancellationToken) =>
        id.StartsWith(EnvelopeStore.AnswerPrefix, StringComparison.Ordinal)
            ? await envelopes.ReadNoteAsync(id[EnvelopeStore.AnswerPrefix.Length..], cancellationToken)
            : null;
}
