using Cleiss.Forms.Definitions;
using Cleiss.Forms.FieldTypes;

namespace Cleiss.Forms.Rendering;

/// <summary>What other modules know that a form shows: institutions to choose from, countries bound by an agreement.</summary>
public sealed record FormKnowledge(IReadOnlyList<KnownInstitution> Institutions, IReadOnlySet<string> AgreementCountries)
{
    public static readonly FormKnowledge Nothing = new([], new HashSet<string>());
}

/// <summary>Asks every registered directory, once per drawing and only for what the form has fields for.</summary>
public sealed class FormDirectories(IEnumerable<IInstitutionDirectory> institutions, IEnumerable<IAgreementDirectory> agreements)
{
    public async Task<FormKnowledge> LoadAsync(FormDefinition form, CancellationToken cancellationToken)
    {
        var known = new List<KnownInstitution>();
        var countries = new HashSet<string>(StringComparer.Ordinal);
        if (form.AllFields().Any(field => field.Type is InstitutionCode))
        {
            foreach (var directory in institutions)
            {
                known.AddRange(await directory.ListAsync(cancellationToken));
            }
        }

        if (form.AllFields().Any(field => field.Type is ListedField { MarksAgreements: true }))
        {
            foreach (var directory in agreements)
            {
                countries.UnionWith(await directory.ListCountriesAsync(cancellationToken));
            }
        }

        return new FormKnowledge(known, countries);
    }
}
