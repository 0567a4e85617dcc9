namespace Cleiss.Workflows.BudgetRectificatif.Arithmetic;

/// <summary>The three envelopes of GBCP art. 178, in the order documents print them.</summary>
public enum EnvelopeKind
{
    Personnel,
    Fonctionnement,
    Investissement,
}

/// <param name="Ae">Autorisations d'engagement in euros: the most that may be committed in the year. Null where the source gives none.</param>
/// <param name="Cp">Crédits de paiement in euros: the most that may be paid in the year. Null where the source gives none.</param>
public sealed record Envelope(decimal? Ae, decimal? Cp);

/// <summary>A budget as adopted or prepared: three envelopes, revenue and what its document prints as totals. Amounts in euros, as printed.</summary>
/// <param name="Code"><c>BI</c>, <c>BR1</c>, <c>BR2</c>…</param>
/// <param name="Envelopes">Empty where only totals are known.</param>
/// <param name="Revenue">Null where the source gives none; <see cref="RevenueFromBalance"/> may then tell it.</param>
/// <param name="JobsEtpt">Jobs asked for, in full-time equivalents worked; null when unchanged.</param>
public sealed record Budget(
    string Code,
    IReadOnlyDictionary<EnvelopeKind, Envelope> Envelopes,
    decimal? TotalAe = null,
    decimal? TotalCp = null,
    decimal? Revenue = null,
    decimal? Balance = null,
    decimal? JobsEtpt = null)
{
    /// <summary>The printed total, else the sum of the lines; null when a line is missing too.</summary>
    public decimal? Cp => TotalCp ?? Sum(envelope => envelope.Cp);

    /// <inheritdoc cref="Cp"/>
    public decimal? Ae => TotalAe ?? Sum(envelope => envelope.Ae);

    /// <summary>Solde budgétaire: revenue less crédits de paiement.</summary>
    public decimal? ComputedBalance => Revenue - Cp;

    /// <summary>Revenue where only balance and payments are printed.</summary>
    public decimal? RevenueFromBalance => Revenue ?? Balance + Cp;

    public decimal? CpOf(EnvelopeKind kind) => Envelopes.GetValueOrDefault(kind)?.Cp;

    public decimal? AeOf(EnvelopeKind kind) => Envelopes.GetValueOrDefault(kind)?.Ae;

    private decimal? Sum(Func<Envelope, decimal?> of) =>
        Envelopes.Count == Enum.GetValues<EnvelopeKind>().Length ? Envelopes.Values.Aggregate((decimal?)0m, (sum, envelope) => sum + of(envelope)) : null;
}

/// <summary>A difference to the budget before, as its document prints it.</summary>
public sealed record BudgetChanges(IReadOnlyDictionary<EnvelopeKind, decimal> Cp, decimal? TotalCp, decimal? Revenue);

/// <summary>What was paid and received in a year, and the rates printed beside it in per cent of the last budget.</summary>
public sealed record Execution(Budget Actual, IReadOnlyDictionary<EnvelopeKind, decimal> Rates, decimal? TotalRate, decimal? RevenueRate);
