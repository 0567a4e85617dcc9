using System.Net;
using System.Net.Sockets;

namespace Cleiss.Activities.Http;

/// <summary>Refused: an address that only this network can reach.</summary>
public sealed class InternalAddressException : IOException
{
    public InternalAddressException()
    {
    }

    public InternalAddressException(string message)
        : base(message)
    {
    }

    public InternalAddressException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>Connects to public addresses only: the name is resolved once, every address is checked, and the connection goes to a checked one.</summary>
public static class OutgoingAddresses
{
    public static async ValueTask<Stream> ConnectAsync(DnsEndPoint target, IReadOnlyList<string> allowedInternalHosts, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(allowedInternalHosts);
        var addresses = IPAddress.TryParse(target.Host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(target.Host, cancellationToken);
        if (!allowedInternalHosts.Contains(target.Host, StringComparer.OrdinalIgnoreCase)
            && Array.Find(addresses, address => !IsPublic(address)) is { } inside)
        {
            throw new InternalAddressException($"The host « {target.Host} » has the internal address {inside}; flows may not call it (setting HttpActivities:AllowedInternalHosts).");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, target.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>True for addresses that are routed on the internet; anything reserved, local, shared or unknown is not.</summary>
    public static bool IsPublic(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        var bytes = address.GetAddressBytes();
        return address.AddressFamily == AddressFamily.InterNetwork ? IsPublic4(bytes) : IsPublic6(bytes);
    }

    private static bool IsPublic4(ReadOnlySpan<byte> a) => a[0] switch
    {
        0 or 10 or 127 or >= 224 => false,
        100 => a[1] is < 64 or > 127,
        169 => a[1] != 254,
        172 => a[1] is < 16 or > 31,
        192 => !(a[1] == 168 || a[1] == 0 && a[2] is 0 or 2 || a[1] == 88 && a[2] == 99),
        198 => !(a[1] is 18 or 19 || a[1] == 51 && a[2] == 100),
        203 => !(a[1] == 0 && a[2] == 113),
        _ => true,
    };

    private static bool IsPublic6(ReadOnlySpan<byte> a)
    {
        // Addresses that carry an IPv4 one are as public as that is: 64:ff9b::/96 (NAT64) and 2002::/16 (6to4).
        if (a is [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0, ..])
        {
            return IsPublic4(a[12..]);
        }

        if (a[0] == 0x20 && a[1] == 0x02)
        {
            return IsPublic4(a[2..6]);
        }

        // Only 2000::/3 is given out; in it, 2001::/23 (Teredo and the like), 2001:db8::/32 and 3fff::/20 (documentation) are not.
        return (a[0] & 0xe0) == 0x20
            && !(a[0] == 0x20 && a[1] == 0x01 && a[2] is 0 or 1)
            && !(a[0] == 0x20 && a[1] == 0x01 && a[2] == 0x0d && a[3] == 0xb8)
            && !(a[0] == 0x3f && a[1] == 0xff && a[2] < 0x10);
    }
}
