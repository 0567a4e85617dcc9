using System.Text.Json;
using System.Text.Unicode;

namespace Cleiss.Host.ElsaApi.Files;

/// <summary>Finds what JSON may hold by its own rules and no text of ours may: it would only be noticed by the database, or never.</summary>
internal static class JsonText
{
    /// <summary>What is wrong with the texts in it; null when nothing is, or when it is no JSON at all, which its reader will say.</summary>
    public static string? FaultOf(ReadOnlyMemory<byte> json)
    {
        if (!Utf8.IsValid(json.Span))
        {
            return "Le contenu n'est pas du texte UTF-8.";
        }

        var reader = new Utf8JsonReader(json.Span);
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

        try
        {
            // What got this far is JSON; all that this reader can still object to is a name that comes twice.
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return null;
        }
        catch (JsonException)
        {
            return "Un objet a deux membres du même nom. Retirez celui qui est de trop.";
        }
    }
}
