namespace Cleiss.Workflows.Traductions;

/// <summary>« Version » is into French, « thème » from French; as forms and tables write them.</summary>
public static class TranslationDirection
{
    public const string Version = "version";
    public const string Theme = "theme";

    /// <summary>E.g. <c>serbe → français</c>.</summary>
    public static string Pair(string direction, string language) => direction == Theme ? $"français → {language}" : $"{language} → français";
}
