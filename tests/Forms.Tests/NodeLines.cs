using System.Diagnostics;
using System.Text.Json.Nodes;
using Cleiss.TestKit;

namespace Cleiss.Forms.Tests;

/// <summary>A Node process that answers each line of JSON with one.</summary>
internal sealed class NodeLines : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Process _node;

    /// <param name="arguments">Of node, run in the repository's root.</param>
    public NodeLines(params string[] arguments)
    {
        var start = new ProcessStartInfo("node") { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false, WorkingDirectory = RepositoryFolder.Path };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        _node = Process.Start(start) ?? throw new InvalidOperationException("Node did not start.");
    }

    public async Task<JsonNode> AskAsync(JsonNode question, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await _node.StandardInput.WriteLineAsync(question.ToJsonString());
            await _node.StandardInput.FlushAsync(cancellationToken);
            var answer = await _node.StandardOutput.ReadLineAsync(cancellationToken)
                ?? throw new InvalidOperationException("The Node process ended; run npm ci.");
            return JsonNode.Parse(answer)!;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose()
    {
        _node.StandardInput.Close();
        if (!_node.WaitForExit(5000))
        {
            _node.Kill();
        }

        _node.Dispose();
        _turn.Dispose();
    }
}
