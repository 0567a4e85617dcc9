namespace Cleiss.Workflows.Referentiels;

/// <summary>States of an agreement as stored; the first three are the words of the sources.</summary>
public static class AgreementStatus
{
    public const string Signed = "signed";
    public const string InForce = "in force";
    public const string Denounced = "denounced";
    public const string Ended = "ended";

    public static IReadOnlyList<string> All { get; } = [Signed, InForce, Denounced, Ended];

    public static string Words(string status) => status switch
    {
        Signed => "signé, pas encore en vigueur",
        InForce => "en vigueur",
        Denounced => "dénoncé",
        Ended => "a pris fin",
        _ => status,
    };
}
