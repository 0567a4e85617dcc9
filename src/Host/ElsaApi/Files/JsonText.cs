using System.Text.Json;
using System.Text.Unicode;

namespace Cleiss.Host.ElsaApi.Files;

/// <summary>Finds what JSON may hold by its own rules and no text of ours may: it would only be noticed by the database, or never.</summary>
internal static class JsonText
{
    /// <summary>What is wrong with the texts in it; null when nothing is, or when it is no JSON at all, which its reader will say.</summary>
    public static string? FaultOf(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json))
        {
            return "Le contenu n'est pas du texte UTF-8.";
        }

        var reader = new Utf8JsonReader(json);
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped
                    && reader.GetString()!.Contains('\0', StringComparison.Ordinal))
                {
                    return "Un texte contient le caractère nul (U+0000), qui ne peut pas être enregistré. Retirez-le.";
                }
            }
        }
        catch (InvalidOperationException)
        {
            return "Un texte contient la moitié d'un caractère (séquence \\uD800 à \\uDFFF incomplète). Corrigez-le.";
        }
        catch (JsonException)
        {
            return null;
        }

        return null;
    }
}
