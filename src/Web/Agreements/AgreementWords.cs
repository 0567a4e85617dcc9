using Cleiss.Web.Words;
using Cleiss.Workflows.Referentiels;

namespace Cleiss.Web.Agreements;

/// <summary>The stored words of the directory as people say them, with their colour.</summary>
internal static class AgreementWords
{
    public static (string Words, string Kind) Status(string status) => (AgreementStatus.Words(status), status switch
    {
        AgreementStatus.InForce => "good",
        AgreementStatus.Signed => "wait",
        AgreementStatus.Denounced => "bad",
        _ => "",
    });

    /// <summary>As of today: an agreement may be « en vigueur » from a day to come, or until a day that has passed.</summary>
    public static (string Words, string Kind) Status(Agreement agreement, DateOnly today) => agreement switch
    {
        { Status: AgreementStatus.InForce } when agreement.InForceOn > today => ($"en vigueur à compter du {French.Short(agreement.InForceOn.Value)}", "wait"),
        { Status: AgreementStatus.InForce } when agreement.EndedOn < today => ($"a pris fin le {French.Short(agreement.EndedOn.Value)}", ""),
        { Status: AgreementStatus.Denounced, EndedOn: { } end } => ($"dénoncé, s'applique jusqu'au {French.Short(end)}", "bad"),
        _ => Status(agreement.Status),
    };

    public static string Direction(string direction) => direction switch
    {
        "both" => "dans les deux sens",
        "fr-to-partner" => "de la France vers le partenaire",
        "partner-to-fr" => "du partenaire vers la France",
        _ => direction,
    };

    public static (string Words, string Kind) Life(string life) => (FormLife.Words(life), life switch
    {
        FormLife.InForce => "good",
        FormLife.Replaced => "",
        _ => "wait",
    });

    /// <summary>The button of a step.</summary>
    public static string Move(string from, string to) => (from, to) switch
    {
        (_, FormLife.Draft) => "Revenir au brouillon",
        (FormLife.Draft, FormLife.Negotiation) => "Ouvrir la négociation",
        (_, FormLife.Negotiation) => "Rouvrir la négociation",
        (FormLife.Negotiation, FormLife.Validated) => "Dire validé par les organismes",
        (_, FormLife.Validated) => "Revenir à « validé par les organismes »",
        (FormLife.Validated, FormLife.Notified) => "Dire notifié par les autorités",
        (_, FormLife.Notified) => "Retirer la mise en vigueur",
        (FormLife.Notified, FormLife.InForce) => "Mettre en vigueur",
        (_, FormLife.InForce) => "Remettre en vigueur",
        _ => "Dire remplacé",
    };

    /// <summary>What a step means for documents, said before it is taken.</summary>
    public static string Consequence(string from, string to) => (from, to) switch
    {
        (_, FormLife.InForce) =>
            "Si l'accord est lui aussi en vigueur, de vrais dossiers peuvent être ouverts à compter de ce jour : leurs documents ne portent plus la mention SPÉCIMEN ni « numéro provisoire ». Les dossiers déjà ouverts finissent comme ils ont commencé.",
        (FormLife.InForce, FormLife.Replaced) => "Passé ce jour, plus aucun vrai dossier ne s'ouvre avec ce formulaire. Les documents déjà envoyés restent valables.",
        (FormLife.InForce, _) => "Seuls des cas d'essai pourront encore être ouverts. Les documents déjà envoyés restent ce qu'ils sont.",
        _ => "Le formulaire ne sert encore qu'à des cas d'essai.",
    };
}
