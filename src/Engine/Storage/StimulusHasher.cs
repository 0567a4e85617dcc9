using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Cleiss.Engine.Storage;

/// <summary>Makes the key under which a waiting bookmark is found by whoever sends the stimulus.</summary>
public static class StimulusHasher
{
    /// <summary>Equal for equal names and stimuli whatever the order of the stimulus's properties.</summary>
    public static string Hash(string bookmarkName, JsonObject stimulus)
    {
        var text = new StringBuilder(bookmarkName).Append('\n');
        foreach (var (key, value) in stimulus.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            text.Append(key).Append('=').Append(value?.ToJsonString()).Append('\n');
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, 16));
    }
}
