using Cleiss.Forms.FieldTypes;

namespace Cleiss.Workflows.Referentiels;

/// <summary>What forms suggest from the reference data: the liaison bodies, and the countries bound by an agreement.</summary>
public sealed class PartnerInstitutions(ReferenceData reference) : IInstitutionDirectory, IAgreementDirectory
{
    async Task<IReadOnlyList<KnownInstitution>> IInstitutionDirectory.ListAsync(CancellationToken cancellationToken) =>
        [.. (await reference.ListLiaisonBodiesAsync(cancellationToken)).Select(body => new KnownInstitution($"{body.AgreementIso}-LIAISON", body.Name, body.AgreementIso, body.Address))];

    public async Task<IReadOnlyList<string>> ListCountriesAsync(CancellationToken cancellationToken) =>
        [.. (await reference.ListAgreementsAsync(cancellationToken)).Select(agreement => agreement.Iso)];
}
