using System.Security.Cryptography;

namespace Cleiss.Documents.Issuing;

/// <summary>Codes like <c>7K2M-9QXA-4TWD</c>: 60 random bits, no letters that read like digits.</summary>
public static class VerificationCodes
{
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    public static string New()
    {
        var letters = RandomNumberGenerator.GetString(Alphabet, 12);
        return $"{letters[..4]}-{letters[4..8]}-{letters[8..]}";
    }

    /// <summary>What a person typed, as the code is stored: separators are free, O reads as 0, I and L as 1. Null when it cannot be a code.</summary>
    public static string? Normalize(string? typed)
    {
        var letters = new string([.. (typed ?? "").ToUpperInvariant().Where(char.IsLetterOrDigit).Select(c => c switch
        {
            'O' => '0',
            'I' or 'L' => '1',
            _ => c,
        })]);
        return letters.Length == 12 && letters.All(Alphabet.Contains) ? $"{letters[..4]}-{letters[4..8]}-{letters[8..]}" : null;
    }
}
