namespace Cleiss.Forms.FieldTypes;

/// <summary>Countries by ISO 3166-1 with their names.</summary>
public static class Countries
{
    public static KnownList List { get; } = new("countries.csv");

    public static IReadOnlyList<KnownName> All => List.All;

    public static KnownName? Find(string? text) => List.Find(text);
}

/// <summary>Which countries an agreement binds to France, to be marked where a country is chosen.</summary>
public interface IAgreementDirectory
{
    /// <summary>ISO codes.</summary>
    Task<IReadOnlyList<string>> ListCountriesAsync(CancellationToken cancellationToken);
}
