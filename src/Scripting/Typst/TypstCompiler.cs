using System.Text.Json.Nodes;
using Cleiss.Scripting.Workers;

namespace Cleiss.Scripting.Typst;

public sealed class TypstCompiler(ScriptHost host) : ITypstCompiler
{
    public async Task<byte[]> CompileAsync(TypstJob job, CancellationToken cancellationToken) => Pdf(await CallAsync(job, picture: false, cancellationToken));

    public async Task<TypstPreview> PreviewAsync(TypstJob job, CancellationToken cancellationToken)
    {
        var answer = await CallAsync(job, picture: true, cancellationToken);
        return new TypstPreview(Pdf(answer), answer["svg"]!.GetValue<string>());
    }

    private static byte[] Pdf(JsonNode answer) => Convert.FromBase64String(answer["pdf"]!.GetValue<string>());

    private async Task<JsonNode> CallAsync(TypstJob job, bool picture, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(job);
        var request = new JsonObject
        {
            ["files"] = new JsonObject(job.Files.Select(file =>
                KeyValuePair.Create<string, JsonNode?>(file.Key, Convert.ToBase64String(file.Value)))),
            ["mainFile"] = job.MainFile,
            ["data"] = job.Data.DeepClone(),
            ["standard"] = job.Standard,
            ["createdAt"] = job.CreatedAt.ToUnixTimeSeconds(),
            ["picture"] = picture,
        };
        try
        {
            return (await host.Typst.CallAsync(request, cancellationToken))!;
        }
        catch (WorkerException failure) when (failure.Fault == WorkerFault.Author)
        {
            var diagnostics = failure.Details?["diagnostics"]?.AsArray().Select(one => new TypstDiagnostic(
                one!["message"]!.GetValue<string>(), one["file"]?.GetValue<string>(), one["line"]?.GetValue<int>(), one["hint"]?.GetValue<string>())).ToArray() ?? [];
            var first = diagnostics.FirstOrDefault();
            var where = first is { Line: { } line } ? $"{first.File ?? job.MainFile}, line {line}: " : "";
            throw new TypstException($"{where}{failure.Message}", diagnostics);
        }
        catch (WorkerException failure) when (failure.Fault is WorkerFault.TimeLimit or WorkerFault.MemoryLimit)
        {
            throw new TypstStoppedException($"The compilation was stopped: {failure.Message}.", failure);
        }
    }
}
