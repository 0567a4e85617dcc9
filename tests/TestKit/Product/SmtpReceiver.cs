using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Cleiss.TestKit.Product;

/// <param name="MessageId">With angle brackets.</param>
/// <param name="Text">The whole mail as it came over the wire.</param>
public sealed record ReceivedMail(string? MessageId, IReadOnlyList<string> To, string Text);

/// <summary>A real SMTP server (npm <c>smtp-server</c>) that lives as long as the test.</summary>
public sealed class SmtpReceiver : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<ReceivedMail> _mails = [];
    private readonly Task _reading;
    private TaskCompletionSource _next = NewSignal();

    private SmtpReceiver(Process process, int port)
    {
        _process = process;
        Port = port;
        _reading = ReadAsync();
    }

    public int Port { get; }

    /// <summary>All mails received so far, repetitions included; the sender of one may have died before it heard « accepted ».</summary>
    public IReadOnlyList<ReceivedMail> Mails => [.. _mails];

    /// <summary>Ends when the next mail has come in, before it is accepted.</summary>
    public Task NextMail => Volatile.Read(ref _next).Task;

    /// <param name="acceptanceDelay">How long the server thinks before it says « accepted ».</param>
    public static async Task<SmtpReceiver> StartAsync(TimeSpan acceptanceDelay)
    {
        var root = RepositoryFolder.Path;
        var start = new ProcessStartInfo("node") { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        start.ArgumentList.Add(Path.Combine(root, "tests", "TestKit", "Product", "smtp-receiver.mjs"));
        start.ArgumentList.Add(root);
        start.ArgumentList.Add(((int)acceptanceDelay.TotalMilliseconds).ToString(CultureInfo.InvariantCulture));
        var process = Process.Start(start) ?? throw new InvalidOperationException("node did not start.");
        var first = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The SMTP receiver ended at once; has npm ci been run?");
        return new SmtpReceiver(process, JsonNode.Parse(first)!["port"]!.GetValue<int>());
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _reading;
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            var mail = JsonNode.Parse(line)!;
            _mails.Enqueue(new ReceivedMail(
                mail["id"]?.GetValue<string>(), [.. mail["to"]!.AsArray().Select(to => to!.GetValue<string>())], mail["text"]!.GetValue<string>()));
            Interlocked.Exchange(ref _next, NewSignal()).TrySetResult();
        }
    }
}
