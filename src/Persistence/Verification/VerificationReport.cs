using System.Globalization;
using System.Text;

namespace Cleiss.Persistence.Verification;

/// <summary>What a verification found: every rule once, held or not.</summary>
public sealed record VerificationReport(IReadOnlyList<InvariantFinding> Findings, TimeSpan Took)
{
    private static readonly CultureInfo French = CultureInfo.GetCultureInfo("fr-FR");

    public bool Holds => Findings.All(finding => finding.Holds);

    public IReadOnlyList<InvariantFinding> Broken => [.. Findings.Where(finding => !finding.Holds)];

    /// <summary>In French, for a person at a terminal: what, where, how many, and how to mend it.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        foreach (var finding in Findings)
        {
            text.Append(finding.Holds ? "  tenu   " : "  ÉCART  ").AppendLine(finding.Rule);
            if (finding.Holds)
            {
                continue;
            }

            text.Append(French, $"         {finding.Count:N0} écart{(finding.Count > 1 ? "s" : "")} ({finding.Code})").AppendLine(finding.Count > finding.Where.Count ? ", dont :" : " :");
            foreach (var where in finding.Where)
            {
                text.Append("         – ").AppendLine(where);
            }

            text.Append("         Remède : ").AppendLine(finding.Mend);
        }

        var broken = Broken.Count;
        return text.Append(French, $"{Findings.Count} règles vérifiées en {Took.TotalSeconds:N1} s : ")
            .AppendLine(broken == 0 ? "toutes tiennent." : $"{broken} ne tien{(broken > 1 ? "nent" : "t")} pas.")
            .ToString();
    }
}
