namespace Cleiss.Forms.FieldTypes;

/// <summary>How personal numbers of some countries are checked; of others we know no rule.</summary>
public static class ForeignIdRules
{
    private static readonly Dictionary<string, ForeignIdRule> ByCountry = new(StringComparer.OrdinalIgnoreCase)
    {
        ["BE"] = new("numéro national", "11 chiffres dont deux de contrôle", "11 cifre, din care două de control", Belgian),
        ["BG"] = new("EGN", "10 chiffres dont un de contrôle", "10 cifre, din care una de control", number => Digits(number, 10) && Weighted(number, 2, 4, 8, 5, 10, 9, 7, 3, 6) % 11 % 10 == number[9] - '0'),
        ["ES"] = new("DNI ou NIE", "8 chiffres, ou X, Y, Z et 7 chiffres, puis une lettre de contrôle", "8 cifre, sau X, Y, Z și 7 cifre, apoi o literă de control", Spanish),
        ["MD"] = new("IDNP", "13 chiffres dont un de contrôle", "13 cifre, din care una de control", Idnp.IsValid),
        ["PL"] = new("PESEL", "11 chiffres dont un de contrôle", "11 cifre, din care una de control", number => Digits(number, 11) && (10 - (Weighted(number, 1, 3, 7, 9, 1, 3, 7, 9, 1, 3) % 10)) % 10 == number[10] - '0'),
        ["PT"] = new("NISS", "11 chiffres dont un de contrôle", "11 cifre, din care una de control", number => Digits(number, 11) && 9 - (Weighted(number, 29, 23, 19, 17, 13, 11, 7, 5, 3, 2) % 10) == number[10] - '0'),
        ["RO"] = new("CNP", "13 chiffres dont un de contrôle", "13 cifre, din care una de control", number => Digits(number, 13) && Weighted(number, 2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9) % 11 is var rest && (rest == 10 ? 1 : rest) == number[12] - '0'),
    };

    public static ForeignIdRule? Of(string? country) => country is null ? null : ByCountry.GetValueOrDefault(country);

    private static bool Digits(string number, int count) => number.Length == count && number.All(char.IsAsciiDigit);

    private static int Weighted(string digits, params ReadOnlySpan<int> weights)
    {
        var sum = 0;
        for (var i = 0; i < weights.Length; i++)
        {
            sum += weights[i] * (digits[i] - '0');
        }

        return sum;
    }

    // Born in 2000 or later: a 2 before the nine digits.
    private static bool Belgian(string number)
    {
        if (!Digits(number, 11))
        {
            return false;
        }

        var (body, key) = (long.Parse(number.AsSpan(0, 9), System.Globalization.CultureInfo.InvariantCulture), int.Parse(number.AsSpan(9), System.Globalization.CultureInfo.InvariantCulture));
        return 97 - (body % 97) == key || 97 - ((body + 2_000_000_000) % 97) == key;
    }

    private static bool Spanish(string number)
    {
        if (number.Length != 9 || !number.AsSpan(1, 7).ContainsOnlyDigits() || !"0123456789XYZ".Contains(number[0], StringComparison.Ordinal))
        {
            return false;
        }

        var first = number[0] switch { 'X' => "0", 'Y' => "1", 'Z' => "2", var digit => digit.ToString() };
        return "TRWAGMYFPDXBNJZSQVHLCKE"[int.Parse(first + number[1..8], System.Globalization.CultureInfo.InvariantCulture) % 23] == number[8];
    }

    private static bool ContainsOnlyDigits(this ReadOnlySpan<char> text) => !text.ContainsAnyExceptInRange('0', '9');
}

/// <param name="French">Its form in words, for the message.</param>
/// <param name="IsValid">Of letters and digits only, in capitals.</param>
public sealed record ForeignIdRule(string Name, string French, string Romanian, Func<string, bool> IsValid);
