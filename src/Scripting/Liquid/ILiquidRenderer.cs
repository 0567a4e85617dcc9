using System.Text.Json.Nodes;

namespace Cleiss.Scripting.Liquid;

/// <summary>Renders Liquid templates (mails, texts) in a supervised worker: no file access, output escaping as the template asks.</summary>
public interface ILiquidRenderer
{
    /// <summary>Renders several templates over one model in one call; results in the same order.</summary>
    /// <exception cref="Engine.Expressions.ScriptException">A template does not parse or fails; the message names its index and line.</exception>
    Task<IReadOnlyList<string>> RenderAsync(IReadOnlyList<string> templates, JsonObject model, CancellationToken cancellationToken);
}
