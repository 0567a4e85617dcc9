using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Cleiss.Host.Tests;

/// <summary>A system that flows call: it gives the same answer, right or not, to every request and counts them.</summary>
internal sealed class OtherSystem : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly byte[] _answer;
    private int _requests;

    public OtherSystem(string header, string content)
    {
        _answer = Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\n{header}\r\nContent-Length: {content.Length}\r\nConnection: close\r\n\r\n{content}");
        _listener.Start();
        _ = AnswerAsync();
    }

    public string Url => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/";

    public int Requests => Volatile.Read(ref _requests);

    public void Dispose() => _listener.Dispose();

    private async Task AnswerAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync();
                var stream = client.GetStream();
                using var reader = new StreamReader(stream, leaveOpen: true);
                while (await reader.ReadLineAsync() is { Length: > 0 })
                {
                    // Up to the empty line; what it asks does not matter.
                }

                Interlocked.Increment(ref _requests);
                await stream.WriteAsync(_answer);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
