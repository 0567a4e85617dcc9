using Cleiss.Forms.FieldTypes;

namespace Cleiss.Forms.Tests;

public sealed class IdentifierTests
{
    [Theory]
    [InlineData("255081416802538", true)]
    [InlineData("255081416802539", false)]
    [InlineData("188022A00401268", null)]
    [InlineData("188022B00401295", null)]
    [InlineData("955081416802538", false)]
    [InlineData("255131416802538", false)]
    [InlineData("25508141680253", false)]
    [InlineData("2550814168025A8", false)]
    public void Nir_KeyAndShape(string nir, bool? valid)
    {
        if (valid is { } expected)
        {
            Assert.Equal(expected, Nir.IsValid(nir));
            return;
        }

        // Corsica: the key counts 2A as 19 and 2B as 18; exactly one of the 97 keys is right.
        var keys = Enumerable.Range(1, 97).Where(key => Nir.IsValid($"{nir[..13]}{key:00}")).ToList();
        var digits = long.Parse(nir[..13].Replace("2A", "19", StringComparison.Ordinal).Replace("2B", "18", StringComparison.Ordinal), System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal([(int)(97 - (digits % 97))], keys);
    }

    [Theory]
    [InlineData("2002004001232", true)]
    [InlineData("2002004001235", false)]
    [InlineData("200200400123", false)]
    [InlineData("20020040012325", false)]
    [InlineData("200200400123A", false)]
    public void Idnp_CheckDigit(string idnp, bool valid) => Assert.Equal(valid, Idnp.IsValid(idnp));

    [Fact]
    public void Idnp_AnyWrongDigitIsSeen_WhenTheWeightsSeeIt()
    {
        // Weights 7, 3 and 1 have no factor in common with 10, so every single wrong digit changes the check digit.
        const string right = "2002004001232";
        for (var at = 0; at < right.Length; at++)
        {
            for (var digit = '0'; digit <= '9'; digit++)
            {
                var other = string.Concat(right.AsSpan(0, at), digit.ToString(), right.AsSpan(at + 1));
                Assert.Equal(other == right, Idnp.IsValid(other));
            }
        }
    }

    [Theory]
    [InlineData("73282932000074", true)]
    [InlineData("73282932000075", false)]
    [InlineData("35600000000048", true)]
    [InlineData("35600000049837", true)]
    [InlineData("35600000049838", false)]
    [InlineData("7328293200007", false)]
    [InlineData("732829320000AB", false)]
    public void Siret_LuhnAndLaPoste(string siret, bool valid) => Assert.Equal(valid, Siret.IsValid(siret));

    [Theory]
    [InlineData("FR1420041010050500013M02606", true)]
    [InlineData("FR1420041010050500013M02607", false)]
    [InlineData("MD24AG000225100013104168", true)]
    [InlineData("MD24AG000225100013104169", false)]
    [InlineData("DE89370400440532013000", true)]
    [InlineData("GB82WEST12345698765432", true)]
    [InlineData("RO49AAAA1B31007593840000", true)]
    [InlineData("1420041010050500013M02606", false)]
    [InlineData("FR14", false)]
    public void Iban_Modulo97(string iban, bool valid) => Assert.Equal(valid, Iban.IsValid(iban));
}
