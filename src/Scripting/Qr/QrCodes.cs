using System.Text.Json.Nodes;
using Cleiss.Scripting.JavaScript;
using Cleiss.Scripting.Workers;

namespace Cleiss.Scripting.Qr;

public sealed class QrCodes(ScriptHost host) : IQrCodes
{
    public async Task<string> DrawAsync(string text, CancellationToken cancellationToken)
    {
        var request = new JsonObject { ["operation"] = "qr", ["now"] = 0, ["text"] = text };
        return (await ScriptEvaluator.CallAsync(host.Texts, request, cancellationToken)).GetValue<string>();
    }
}
