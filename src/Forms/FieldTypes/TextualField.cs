using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cleiss.Forms.Definitions;

namespace Cleiss.Forms.FieldTypes;

/// <summary>What all fields kept as a text have in common: trimming, lengths, pattern; each type then judges the text.</summary>
public abstract class TextualField : FieldType
{
    public override string FormJsType => "textfield";

    public override Type View => typeof(LineInput);

    protected virtual bool KeepsLines => false;

    public sealed override FieldReading Read(FormField field, JsonNode value)
    {
        if (value is not JsonValue scalar || !scalar.TryGetValue(out string? raw))
        {
            return FieldReading.NotText();
        }

        var text = Tidy(raw);
        if (text.Length > 20_000)
        {
            return FieldReading.Wrong("maxLength", "Ce texte est trop long : 20 000 caractères au plus.", "Acest text este prea lung: cel mult 20 000 de caractere.");
        }

        if (field.MaxLength is { } longest && text.Length > longest)
        {
            return FieldReading.Wrong("maxLength", $"Raccourcissez ce texte : {longest} caractères au plus, il en compte {text.Length}.", $"Scurtați acest text: cel mult {longest} caractere, are {text.Length}.");
        }

        if (field.MinLength is { } shortest && text.Length < shortest)
        {
            return FieldReading.Wrong("minLength", $"Complétez ce texte : {shortest} caractères au moins.", $"Completați acest text: cel puțin {shortest} caractere.");
        }

        if (field.Pattern is { } pattern && !Matches(pattern, text))
        {
            var hint = field.Property("cleiss.pattern.message") ?? "Cette valeur n'a pas la forme attendue : relisez l'aide du champ.";
            return FieldReading.Wrong("pattern", hint, field.Property("cleiss.pattern.message.ro") ?? "Această valoare nu are forma așteptată: recitiți ajutorul câmpului.");
        }

        return ReadText(field, text);
    }

    protected virtual FieldReading ReadText(FormField field, string text) => FieldReading.Of(text);

    /// <summary>Only the letters and digits, in capitals: how people's numbers are compared.</summary>
    protected static string Compact(string text) =>
        string.Concat(text.Where(char.IsLetterOrDigit)).ToUpperInvariant();

    protected static string Group(string text, params ReadOnlySpan<int> lengths)
    {
        var result = new StringBuilder();
        var at = 0;
        foreach (var length in lengths)
        {
            if (at >= text.Length)
            {
                break;
            }

            result.Append(at == 0 ? "" : " ").Append(text.AsSpan(at, Math.Min(length, text.Length - at)));
            at += length;
        }

        return result.ToString();
    }

    private string Tidy(string raw)
    {
        var kept = new StringBuilder(raw.Length);
        foreach (var c in raw.ReplaceLineEndings("\n"))
        {
            if (!char.IsControl(c))
            {
                kept.Append(c);
            }
            else if (c is '\n' or '\t')
            {
                kept.Append(KeepsLines && c == '\n' ? '\n' : ' ');
            }
        }

        // Composed letters: « ș » typed as s + comma must equal the letter of the register.
        var text = kept.ToString().Trim();
        return text.IsNormalized(NormalizationForm.FormC) ? text : text.Normalize(NormalizationForm.FormC);
    }

    private static bool Matches(string pattern, string text)
    {
        try
        {
            return Regex.IsMatch(text, pattern, RegexOptions.CultureInvariant, TimeSpan.FromMilliseconds(200));
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }

    protected static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
