using System.Text.Json.Nodes;
using Cleiss.Documents.Issuing;
using Cleiss.Engine.Effects;
using Cleiss.Persistence.People;
using Cleiss.Persistence.Trails;
using Cleiss.Scripting.Typst;

namespace Cleiss.Documents.Rendering;

/// <summary>
/// Effect <c>document.render</c> with payload <c>{documentId}</c>. Output: <c>{documentId, number, sha256}</c>, or <c>{documentId, number,
/// failed: reason}</c> when the template cannot print this document: then it is cancelled and keeps its number. A compilation that was stopped
/// for its time or memory is tried again with back-off, then parked: the document keeps its number and waits for a person.
/// </summary>
public sealed class RenderDocumentHandler(DocumentStore documents, DocumentRenderer renderer) : IEffectHandler
{
    public const string EffectKind = "document.render";

    // Each costs a whole time limit of one core, so fewer than for other effects.
    private const int StoppedLimit = 4;

    public string Kind => EffectKind;

    public async Task<EffectResult> HandleAsync(Effect effect, CancellationToken cancellationToken)
    {
        var id = effect.Payload["documentId"]!.GetValue<string>();
        var document = await documents.FindAsync(id, cancellationToken)
            ?? throw new KeyNotFoundException($"Effect {effect.Id} prints document {id}, which does not exist.");
        try
        {
            var pdf = await renderer.RenderAsync(document, cancellationToken);
            return new EffectResult.Done(
                new JsonObject { ["documentId"] = id, ["number"] = document.Number, ["sha256"] = Persistence.Files.FileStore.HashOf(pdf) },
                [new DocumentRendered(id, document.Number + ".pdf", pdf), .. Trail(document, "document.rendered", $"Le document {document.Number} est généré et scellé.")]);
        }
        catch (TypstStoppedException e) when (effect.Attempt < StoppedLimit)
        {
            return new EffectResult.Retry(e.Message);
        }
        catch (TypstStoppedException e)
        {
            return new EffectResult.Park(
                e.Message,
                [.. Trail(document, "document.waiting", $"Le document {document.Number} n'a pas pu être imprimé à temps ; il garde son numéro et attend qu'on relance son impression.")]);
        }
        catch (Exception e) when (e is TypstException or KeyNotFoundException)
        {
            return new EffectResult.Done(
                new JsonObject { ["documentId"] = id, ["number"] = document.Number, ["failed"] = e.Message },
                [new DocumentCancelled(id, e.Message), .. Trail(document, "document.cancelled", $"Le document {document.Number} n'a pas pu être imprimé ; il est annulé et garde son numéro.")]);
        }
    }

    private static TrailEntry[] Trail(Document document, string kind, string sentence) => document.CaseId is null
        ? []
        : [new TrailEntry(TrailIds.Case(document.CaseId), Actor.System, kind, sentence, new JsonObject { ["documentId"] = document.Id, ["number"] = document.Number })];
}
