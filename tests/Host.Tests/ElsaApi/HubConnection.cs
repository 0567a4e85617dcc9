using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace Cleiss.Host.Tests.ElsaApi;

/// <summary>Speaks SignalR's JSON protocol as Studio does: negotiate with a bearer token, then a WebSocket with the token in its address.</summary>
internal sealed class HubConnection : IDisposable
{
    private const char End = '\u001e';
    private readonly ClientWebSocket _socket = new();
    private readonly Queue<string> _received = [];
    private string _rest = "";

    public static async Task<HubConnection> OpenAsync(Uri host, string token)
    {
        var connection = new HubConnection();
        await connection._socket.ConnectAsync(
            new UriBuilder(new Uri(host, "elsa/hubs/workflow-instance")) { Scheme = "ws", Query = "access_token=" + Uri.EscapeDataString(token) }.Uri, CancellationToken.None);
        await connection.SendAsync(new JsonObject { ["protocol"] = "json", ["version"] = 1 });
        Assert.Equal("{}", await connection.ReceiveAsync());
        return connection;
    }

    public Task ObserveAsync(string instanceId) => SendAsync(new JsonObject
    {
        ["type"] = 1,
        ["target"] = "ObserveInstanceAsync",
        ["arguments"] = new JsonArray(instanceId),
    });

    /// <summary>The arguments of the next call of this name; others are passed over.</summary>
    public async Task<JsonObject> NextAsync(string target)
    {
        while (true)
        {
            var message = JsonNode.Parse(await ReceiveAsync())!;
            if (message["target"]?.GetValue<string>() == target)
            {
                return message["arguments"]![0]!.AsObject();
            }
        }
    }

    public void Dispose() => _socket.Dispose();

    private Task SendAsync(JsonObject message) =>
        _socket.SendAsync(Encoding.UTF8.GetBytes(message.ToJsonString() + End), WebSocketMessageType.Text, true, CancellationToken.None);

    private async Task<string> ReceiveAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var buffer = new byte[65536];
        while (_received.Count == 0)
        {
            var read = await _socket.ReceiveAsync(buffer, patience.Token);
            Assert.NotEqual(WebSocketMessageType.Close, read.MessageType);
            var parts = (_rest + Encoding.UTF8.GetString(buffer, 0, read.Count)).Split(End);
            _rest = parts[^1];
            parts[..^1].ToList().ForEach(_received.Enqueue);
        }

        return _received.Dequeue();
    }
}
