namespace Cleiss.Forms.FieldTypes;

/// <summary>An institution: <c>code</c> and <c>nom</c>, suggested from every registered <see cref="IInstitutionDirectory"/>.</summary>
public sealed class Institution : BlockField
{
    public override string Name => "institution";

    public override string FrenchName => "Organisme";

    protected override IReadOnlyList<string> Parts { get; } = ["code", "nom"];
}

/// <summary>Where institutions are known: choosing a code fills in what else is known.</summary>
public interface IInstitutionDirectory
{
    Task<IReadOnlyList<KnownInstitution>> ListAsync(CancellationToken cancellationToken);
}

/// <param name="Country">Two letters.</param>
/// <param name="Address">One line of the address per line; null when unknown.</param>
public sealed record KnownInstitution(string Code, string Name, string Country, string? Address = null);
