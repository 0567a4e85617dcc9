using System.Net.Mail;

namespace Cleiss.Workflows.Referentiels;

/// <summary>Something wrong with a liaison body.</summary>
/// <param name="Path">Property name, camelCase.</param>
public sealed record LiaisonBodyFault(string Path, string Code, string Message);

/// <summary>What must be right before a liaison body is kept: the page and the API refuse alike, and say everything at once.</summary>
public static class LiaisonBodyRules
{
    public static IReadOnlyList<LiaisonBodyFault> Check(LiaisonBodyChange change)
    {
        var faults = new List<LiaisonBodyFault>();
        if (string.IsNullOrWhiteSpace(change.Name))
        {
            faults.Add(new("name", "required", "Écrivez le nom de l'organisme."));
        }

        if (string.IsNullOrWhiteSpace(change.Country))
        {
            faults.Add(new("country", "required", "Écrivez le pays de l'organisme."));
        }

        if (string.IsNullOrWhiteSpace(change.Address))
        {
            faults.Add(new("address", "required", "Écrivez l'adresse postale, une ligne par ligne."));
        }

        if (change.Language is not [>= 'a' and <= 'z', >= 'a' and <= 'z'])
        {
            faults.Add(new("language", "language", "Écrivez la langue en deux lettres minuscules, par exemple « ro »."));
        }

        if (string.IsNullOrWhiteSpace(change.AgreementFr))
        {
            faults.Add(new("agreementFr", "required", "Écrivez le nom de l'accord tel que les documents l'impriment."));
        }

        if (!string.IsNullOrWhiteSpace(change.Email) && !MailAddress.TryCreate(change.Email.Trim(), out _))
        {
            faults.Add(new("email", "email", "Écrivez une adresse électronique comme liaison@organisme.example, ou laissez vide."));
        }

        return faults;
    }
}
