namespace Cleiss.Persistence;

/// <summary>What a person typed as a pattern of LIKE that means just these characters.</summary>
public static class SearchPattern
{
    /// <summary>Has to be given with the pattern: Entity Framework says « no escape » otherwise.</summary>
    public const string Escape = "\\";

    public static string Containing(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return $"%{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal)}%";
    }
}
