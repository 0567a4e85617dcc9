using System.Net.Mail;

namespace Cleiss.Activities.Mail;

/// <summary>Rules of mail addresses.</summary>
public static class MailAddressing
{
    /// <summary>Host name of the public address, for Message-IDs and the default sender.</summary>
    public static string HostOf(string publicUrl) => Uri.TryCreate(publicUrl, UriKind.Absolute, out var uri) ? uri.Host : "localhost";

    /// <summary>One plain address; anything that could smuggle a second recipient or a header is refused.</summary>
    public static bool IsUsable(string? address) =>
        address is { Length: > 2 and < 255 } && !address.Any(char.IsControl) && MailAddress.TryCreate(address, out var parsed) && parsed.Address == address;
}
