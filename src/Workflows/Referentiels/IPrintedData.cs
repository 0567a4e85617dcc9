using System.Text.Json.Nodes;

namespace Cleiss.Workflows.Referentiels;

/// <summary>
/// What a process prints that is no answer to a form: an order, a list, a table. Found by scan; asked for ids that have its prefix, which ends
/// with a colon, as no answer's id does.
/// </summary>
public interface IPrintedData
{
    /// <summary>Title of what is printed; null leaves it to the document.</summary>
    string? TitleFr => null;

    /// <summary>What templates read as <c>answer.data</c>; null when the id is not of this source.</summary>
    Task<JsonObject?> FindAsync(string id, CancellationToken cancellationToken);
}
