namespace Cleiss.Forms.Definitions;

/// <summary>A text in French and in the partner's language; <paramref name="Partner"/> is null where nobody has translated it yet.</summary>
public sealed record Bilingual(string Fr, string? Partner = null)
{
    public static readonly Bilingual Empty = new("", "");

    /// <summary>The text in <paramref name="language"/>; French when the partner's text is missing.</summary>
    public string In(string language) => language == "fr" || string.IsNullOrEmpty(Partner) ? Fr : Partner;
}
