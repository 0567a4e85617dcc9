using Cleiss.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Cleiss.Workflows.Referentiels;

/// <summary>A bilateral agreement or coordination decree.</summary>
public sealed class Agreement
{
    /// <summary>ISO country code; series of documents count by it.</summary>
    public required string Iso { get; set; }

    public required string Partner { get; set; }

    public required string Kind { get; set; }

    public int? Year { get; set; }

    /// <summary>One of <see cref="AgreementStatus"/>.</summary>
    public required string Status { get; set; }

    /// <summary>Null: unknown, or not in force.</summary>
    public DateOnly? InForceOn { get; set; }

    /// <summary>The last day on which it binds; null: no end is known.</summary>
    public DateOnly? EndedOn { get; set; }

    public string? SourceNote { get; set; }

    /// <summary>Counts the changes, so that two owners do not overwrite each other.</summary>
    public int Revision { get; set; }

    /// <summary>Real cases may be opened for what was received on <paramref name="date"/>. A denounced agreement binds until its end.</summary>
    public bool IsInForce(DateOnly date) =>
        Status is AgreementStatus.InForce or AgreementStatus.Denounced && !(InForceOn > date) && (EndedOn >= date || (EndedOn is null && Status == AgreementStatus.InForce));
}

/// <summary>Who receives our mails abroad.</summary>
public sealed class LiaisonBody
{
    public required string AgreementIso { get; set; }

    public required string Name { get; set; }

    public required string Country { get; set; }

    /// <summary>One line of the address per line.</summary>
    public required string Address { get; set; }

    public string? Email { get; set; }

    public required string Language { get; set; }

    /// <summary>The agreement's name as documents print it.</summary>
    public required string AgreementFr { get; set; }

    public string? AgreementPartner { get; set; }

    /// <summary>Our own filling-in: shown as « modélisé » until somebody has checked it.</summary>
    public bool Modelled { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    public required string UpdatedBy { get; set; }
}

/// <summary>A form of an agreement, with the state of its life.</summary>
public sealed class CatalogueForm
{
    public required string FormKey { get; set; }

    public required string Code { get; set; }

    public required string AgreementIso { get; set; }

    public string? PartnerCode { get; set; }

    public required string Family { get; set; }

    public required string TitleFr { get; set; }

    public string? TitlePartner { get; set; }

    public required string Direction { get; set; }

    /// <summary>One of <see cref="FormLife"/>.</summary>
    public required string Life { get; set; }

    public DateOnly? InForceOn { get; set; }

    /// <summary>The last day on which it may be used; null: no end is known.</summary>
    public DateOnly? EndedOn { get; set; }

    /// <summary>Key of the form that took its place.</summary>
    public string? ReplacedBy { get; set; }

    /// <summary>Counts the changes, so that two owners do not overwrite each other.</summary>
    public int Revision { get; set; }

    /// <summary>« Numéro provisoire » is printed beside the code until the form is in force.</summary>
    public bool IsProvisional(DateOnly date) => Life != FormLife.Replaced && (Life != FormLife.InForce || InForceOn > date);

    public bool IsInForce(DateOnly date) => Life == FormLife.InForce && !(InForceOn > date) && !(EndedOn < date);
}

/// <summary>What binds France and a European country: the regulations, or the agreement with the United Kingdom.</summary>
public sealed class EuropeanInstrument
{
    public required string Iso { get; set; }

    public required string Country { get; set; }

    public required string Instrument { get; set; }

    public int PostingMonths { get; set; }

    /// <summary>An agreement by exception is possible (article 16).</summary>
    public bool Derogation { get; set; }

    public string? Remark { get; set; }

    /// <summary>Whom requests for a derogation go to; modelled.</summary>
    public required string Authority { get; set; }

    public string? Email { get; set; }

    public required string Language { get; set; }
}

/// <summary>How long somebody may be posted under a bilateral agreement.</summary>
public sealed class PostingDuration
{
    public required string Iso { get; set; }

    public required string Country { get; set; }

    public int InitialMonths { get; set; }

    /// <summary>Null when the extension is not a number of months.</summary>
    public int? ExtensionMonths { get; set; }

    public string? Remark { get; set; }
}

internal sealed class ReferenceEntities : IEntityModule
{
    public void Configure(ModelBuilder model)
    {
        ArgumentNullException.ThrowIfNull(model);
        model.Entity<Agreement>(entity => entity.ToTable("agreements").HasKey(row => row.Iso));
        model.Entity<LiaisonBody>(entity => entity.ToTable("liaison_bodies").HasKey(row => row.AgreementIso));
        model.Entity<EuropeanInstrument>(entity => entity.ToTable("european_instruments").HasKey(row => row.Iso));
        model.Entity<PostingDuration>(entity => entity.ToTable("posting_durations").HasKey(row => row.Iso));
        model.Entity<CatalogueForm>(entity => entity.ToTable("form_catalogue").HasKey(row => row.FormKey));
    }
}
