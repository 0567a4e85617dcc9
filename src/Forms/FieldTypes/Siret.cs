using System.Text.Json.Nodes;
using Cleiss.Forms.Definitions;

namespace Cleiss.Forms.FieldTypes;

/// <summary>An establishment's number: 14 digits under Luhn's rule; La Poste's establishments (SIREN 356 000 000) sum to a multiple of five instead.</summary>
public sealed class Siret : TextualField
{
    private const string LaPoste = "356000000";

    public override string Name => "siret";

    public override string FrenchName => "SIRET";

    public override JsonNode? Example => "73282932000074";

    public override InputHints Hints(FormField field) => new(InputMode: "numeric", AutoComplete: "off", MaxLength: 20, Width: "sm");

    public override Bilingual Print(FormField field, JsonNode? value, string partnerLanguage)
    {
        var text = ToInput(value);
        var grouped = text.Length == 14 ? Group(text, 3, 3, 3, 5) : text;
        return new Bilingual(grouped, grouped);
    }

    public static bool IsValid(string siret) =>
        siret.Length == 14 && siret.All(char.IsAsciiDigit)
        && (Luhn(siret) || (siret.StartsWith(LaPoste, StringComparison.Ordinal) && siret.Sum(c => c - '0') % 5 == 0));

    protected override FieldReading ReadText(FormField field, string text)
    {
        var siret = Compact(text);
        if (siret.Length != 14 || !siret.All(char.IsAsciiDigit))
        {
            return FieldReading.Wrong("siret-length", $"Un SIRET compte 14 chiffres ; celui-ci compte {Number(siret.Length)} caractères. Avec 9 chiffres c'est un SIREN : ajoutez les 5 de l'établissement.", $"Un SIRET are 14 cifre; acesta are {Number(siret.Length)} caractere. Cu 9 cifre este un SIREN: adăugați cele 5 ale unității.");
        }

        return IsValid(siret)
            ? FieldReading.Of(siret)
            : FieldReading.Wrong("siret-key", "Ce SIRET ne passe pas le contrôle : un chiffre est faux ou deux sont inversés. Relisez-le sur un bulletin de paie ou sur l'annuaire des entreprises.", "Acest SIRET nu trece verificarea: o cifră este greșită sau două sunt inversate. Recitiți-l pe un fluturaș de salariu sau în registrul întreprinderilor.");
    }

    private static bool Luhn(string digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = digits[^(i + 1)] - '0';
            digit = i % 2 == 0 ? digit : digit * 2;
            sum += digit > 9 ? digit - 9 : digit;
        }

        return sum % 10 == 0;
    }
}
