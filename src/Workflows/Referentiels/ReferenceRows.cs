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

    public required string Status { get; set; }

    /// <summary>Null: unknown, or not in force.</summary>
    public DateOnly? InForceOn { get; set; }

    public string? SourceNote { get; set; }

    /// <summary>Real cases may be opened for what was received on <paramref name="date"/>.</summary>
    public bool IsInForce(DateOnly date) => Status == "in force" && !(InForceOn > date);
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

    public required string Life { get; set; }

    public DateOnly? InForceOn { get; set; }

    /// <summary>« Numéro provisoire » is printed beside the code until the form is in force.</summary>
    public bool IsProvisional => Life is not ("in-force" or "replaced");

    public bool IsInForce(DateOnly date) => Life == "in-force" && !(InForceOn > date);
}

internal sealed class ReferenceEntities : IEntityModule
{
    public void Configure(ModelBuilder model)
    {
        ArgumentNullException.ThrowIfNull(model);
        model.Entity<Agreement>(entity => entity.ToTable("agreements").HasKey(row => row.Iso));
        model.Entity<LiaisonBody>(entity => entity.ToTable("liaison_bodies").HasKey(row => row.AgreementIso));
        model.Entity<CatalogueForm>(entity => entity.ToTable("form_catalogue").HasKey(row => row.FormKey));
    }
}
