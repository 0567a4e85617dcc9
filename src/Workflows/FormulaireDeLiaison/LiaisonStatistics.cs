using Cleiss.Forms.FieldTypes;
using Cleiss.Workflows.Statistiques;

namespace Cleiss.Workflows.FormulaireDeLiaison;

/// <summary>Forms sent to partners, by country and by form, with how long a reply took.</summary>
public sealed class LiaisonStatistics(CaseCounts counts) : IProcessStatistics
{
    private static readonly (string Words, Func<CountedCase, bool> Counts)[] Kinds =
    [
        ("Clos", one => one.State == "closed"), ("Annulés", one => one.State == "cancelled"), ("En cours", one => one.ClosedAt is null),
    ];

    public string ProcessKey => FormulaireDeLiaisonProcess.ProcessKey;

    public async Task<StatisticsReport> ComputeAsync(int year, CancellationToken cancellationToken)
    {
        var general = await counts.ReportAsync(ProcessKey, year, cancellationToken);
        var cases = await counts.ListAsync(ProcessKey, year, cancellationToken);
        return new StatisticsReport(
            [.. general.Figures, .. CaseCounts.MeanDays("Durée moyenne jusqu'à la réponse", cases.Where(one => one.State == "closed"))],
            [
                CaseCounts.Table("par-pays", "Dossiers par pays", "Pays", cases, one => one.AgreementIso, iso => Countries.Find(iso)?.Name.Fr ?? iso, Kinds),
                CaseCounts.Table("par-formulaire", "Dossiers par formulaire", "Formulaire", cases, one => one.FormKey, key => key.ToUpperInvariant(), Kinds),
                .. general.Tables,
            ],
            []);
    }
}
