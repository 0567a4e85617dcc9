using System.Security.Cryptography;
using System.Text;

namespace Cleiss.Activities;

/// <summary>Tells a repeated request from another one under the same operation id.</summary>
internal static class RequestHash
{
    public static string Of(params string?[] parts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\u001f', parts))));
}
