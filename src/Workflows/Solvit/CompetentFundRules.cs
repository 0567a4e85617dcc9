using System.Text.RegularExpressions;
using Cleiss.Activities.Mail;
using Cleiss.Workflows.Referentiels;

namespace Cleiss.Workflows.Solvit;

/// <summary>A row of the table of competent funds.</summary>
/// <param name="Buc">A case such as S_BUC_06, or a sector such as S.</param>
/// <param name="Department">Null: any; « 2A,2B » lists several.</param>
/// <param name="Agricultural">Null: either scheme.</param>
/// <param name="Fund"><c>{dept}</c> stands for the department, here and in the address.</param>
/// <param name="Revision">Counts the changes, so that two owners do not overwrite each other.</param>
public sealed record CompetentFundRule(
    string Id, string Buc, string? Department, bool? Agricultural, string Fund, string Email, DateOnly ValidFrom, DateOnly? ValidTo, string? Remark, int Revision)
{
    public bool IsValid(DateOnly on) => ValidFrom <= on && !(ValidTo < on);
}

/// <param name="Revision">The one that was read; null writes whatever it is now.</param>
public sealed record CompetentFundChange(
    string? Buc, string? Department, bool? Agricultural, string? Fund, string? Email, DateOnly? ValidFrom, DateOnly? ValidTo, string? Remark, int? Revision = null);

/// <summary>What must be right before a rule is kept: the page and the API refuse alike, and say everything at once.</summary>
public static partial class CompetentFundRules
{
    public const string Placeholder = "{dept}";

    /// <summary>« 2a 2B » becomes « 2A,2B »; null when nothing is written.</summary>
    public static string? Departments(string? text) =>
        string.Join(',', Split(text).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)) is { Length: > 0 } list ? list : null;

    public static bool IsDepartment(string text) => Department().IsMatch(text);

    public static IReadOnlyList<ReferenceFault> Check(CompetentFundChange change, IEnumerable<CompetentFundRule> others)
    {
        ArgumentNullException.ThrowIfNull(change);
        var faults = new List<ReferenceFault>();
        var buc = change.Buc?.Trim() ?? "";
        if (BucCatalogue.Find(buc) is null && !BucCatalogue.Sectors.Contains(buc))
        {
            faults.Add(new("buc", "unknown-buc", $"Écrivez un BUC comme S_BUC_06, ou un secteur : {string.Join(", ", BucCatalogue.Sectors)}."));
        }

        if (Split(change.Department).Where(one => !IsDepartment(one)).ToList() is { Count: > 0 } wrong)
        {
            faults.Add(new("department", "department", $"« {string.Join(" », « ", wrong)} » : écrivez des départements comme 93, 2A ou 974, séparés par des virgules."));
        }

        if (string.IsNullOrWhiteSpace(change.Fund))
        {
            faults.Add(new("fund", "required", "Écrivez le nom de la caisse."));
        }

        if (!MailAddressing.IsUsable(change.Email?.Trim().Replace(Placeholder, "93", StringComparison.Ordinal)))
        {
            faults.Add(new("email", "email", "Écrivez l'adresse électronique du service, comme sdl2@caisse.example ; « {dept} » y tient lieu de département."));
        }

        if (change.ValidFrom is null)
        {
            faults.Add(new("validFrom", "required", "Écrivez le premier jour où la règle vaut."));
        }
        else if (change.ValidTo < change.ValidFrom)
        {
            faults.Add(new("validTo", "order", "Le dernier jour vient avant le premier : corrigez l'un des deux."));
        }

        foreach (var (path, text) in new[] { ("fund", change.Fund), ("remark", change.Remark) })
        {
            if (text?.Any(char.IsControl) == true)
            {
                faults.Add(new(path, "control-character", "Ce champ contient un saut de ligne ou un caractère invisible : retirez-le."));
            }
        }

        if (faults.Count == 0 && others.FirstOrDefault(other => SaysTheSame(change, other)) is { } same)
        {
            faults.Add(new(
                "validFrom", "overlap",
                $"La règle « {same.Fund} » vaut déjà pour ce BUC, ce lieu et ce régime, {Period(same)} : dites d'abord son dernier jour, ou choisissez d'autres dates."));
        }

        return faults;
    }

    /// <summary>« depuis le 01/07/2019 », « du 01/07/2019 au 31/12/2023 ».</summary>
    public static string Period(CompetentFundRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        return rule.ValidTo is { } last ? $"du {Differences.Day(rule.ValidFrom)} au {Differences.Day(last)}" : $"depuis le {Differences.Day(rule.ValidFrom)}";
    }

    /// <summary>Equally exact, and for the same matter on some day: nothing would tell them apart.</summary>
    private static bool SaysTheSame(CompetentFundChange change, CompetentFundRule other) =>
        other.Buc == change.Buc!.Trim() && other.Agricultural == change.Agricultural
        && (change.ValidTo is null || other.ValidFrom <= change.ValidTo) && !(other.ValidTo < change.ValidFrom)
        && (Departments(change.Department), other.Department) switch
        {
            (null, null) => true,
            ({ } mine, { } theirs) => mine.Split(',').Intersect(theirs.Split(',')).Any(),
            _ => false,
        };

    private static string[] Split(string? text) =>
        (text ?? "").ToUpperInvariant().Split([',', ';', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    [GeneratedRegex("^(?:[0-9]{2}|2[AB]|9[78][0-9])$", RegexOptions.None, 1000)]
    private static partial Regex Department();
}
