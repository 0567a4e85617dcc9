namespace Cleiss.Forms.Definitions;

/// <summary>Languages of the partners' faces of forms, by their two-letter code, with the French name.</summary>
public static class PartnerLanguages
{
    public static IReadOnlyList<(string Code, string Name)> All { get; } =
    [
        ("de", "allemand"), ("en", "anglais"), ("ar", "arabe"), ("bs", "bosnien"), ("hr", "croate"), ("es", "espagnol"), ("el", "grec"), ("he", "hébreu"), ("hi", "hindi"),
        ("it", "italien"), ("ja", "japonais"), ("ko", "coréen"), ("mk", "macédonien"), ("pt", "portugais"), ("ro", "roumain"), ("ru", "russe"), ("sr", "serbe"),
        ("sq", "albanais"), ("tr", "turc"), ("uk", "ukrainien"), ("zh", "chinois"),
    ];

    public static string NameOf(string code) => All.FirstOrDefault(language => language.Code == code).Name ?? code;
}
