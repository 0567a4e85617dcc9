namespace Cleiss.Web.Agreements;

/// <summary>The stored words of the directory as people say them.</summary>
internal static class AgreementWords
{
    public static (string Words, string Kind) Status(string status) => status switch
    {
        "in force" => ("en vigueur", "good"),
        "signed" => ("signé, pas encore en vigueur", "wait"),
        "denounced" => ("dénoncé", "bad"),
        _ => (status, ""),
    };

    public static string Direction(string direction) => direction switch
    {
        "both" => "dans les deux sens",
        "fr-to-partner" => "de la France vers le partenaire",
        "partner-to-fr" => "du partenaire vers la France",
        _ => direction,
    };

    public static (string Words, string Kind) Life(string life) => life switch
    {
        "draft" => ("brouillon", "wait"),
        "negotiation" => ("en négociation", "wait"),
        "validated" => ("validé par les organismes", "wait"),
        "notified" => ("notifié", "wait"),
        "in-force" => ("en vigueur", "good"),
        "replaced" => ("remplacé", ""),
        _ => (life, ""),
    };
}
