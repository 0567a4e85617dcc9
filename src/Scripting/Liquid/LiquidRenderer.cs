using System.Text.Json.Nodes;
using Cleiss.Scripting.JavaScript;
using Cleiss.Scripting.Workers;

namespace Cleiss.Scripting.Liquid;

public sealed class LiquidRenderer(ScriptHost host, TimeProvider time) : ILiquidRenderer
{
    public async Task<IReadOnlyList<string>> RenderAsync(IReadOnlyList<string> templates, JsonObject model, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(model);
        var request = new JsonObject
        {
            ["operation"] = "render",
            ["now"] = time.GetUtcNow().ToUnixTimeMilliseconds(),
            ["templates"] = new JsonArray([.. templates.Select(template => JsonValue.Create(template))]),
            ["model"] = model.DeepClone(),
        };
        var answer = await ScriptEvaluator.CallAsync(host.Texts, request, cancellationToken);
        return [.. answer.AsArray().Select(text => text!.GetValue<string>())];
    }
}
