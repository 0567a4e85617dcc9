using System.Text.Json.Nodes;
using Cleiss.Engine.Expressions;
using Cleiss.Scripting.JavaScript;
using Cleiss.Scripting.Workers;

namespace Cleiss.Scripting.Pdf;

/// <summary>Reads the text of PDF files.</summary>
public interface IPdfText
{
    /// <returns>The words of all pages, one space or line between them; null when the file cannot be read: damaged, locked, or too much for the worker.</returns>
    Task<string?> ReadAsync(byte[] pdf, CancellationToken cancellationToken);
}

public sealed class PdfText(ScriptHost host) : IPdfText
{
    public async Task<string?> ReadAsync(byte[] pdf, CancellationToken cancellationToken)
    {
        var request = new JsonObject { ["operation"] = "pdf", ["now"] = 0, ["content"] = Convert.ToBase64String(pdf) };
        try
        {
            return (await ScriptEvaluator.CallAsync(host.Texts, request, cancellationToken))?.GetValue<string>();
        }
        catch (ScriptException)
        {
            return null;
        }
    }
}
