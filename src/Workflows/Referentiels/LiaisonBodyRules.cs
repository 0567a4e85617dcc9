using Cleiss.Activities.Mail;

namespace Cleiss.Workflows.Referentiels;

/// <summary>What must be right before a liaison body is kept: the page and the API refuse alike, and say everything at once.</summary>
public static class LiaisonBodyRules
{
    public static IReadOnlyList<ReferenceFault> Check(LiaisonBodyChange change)
    {
        var faults = new List<ReferenceFault>();
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

        if (!string.IsNullOrWhiteSpace(change.Email) && !MailAddressing.IsUsable(change.Email.Trim()))
        {
            faults.Add(new("email", "email", "Écrivez une adresse électronique comme liaison@organisme.example, ou laissez vide."));
        }

        // The name goes into headers of mails. An address has lines, the rest has none.
        foreach (var (path, text) in new[]
        {
            ("name", change.Name), ("country", change.Country), ("address", change.Address?.ReplaceLineEndings("")), ("agreementFr", change.AgreementFr),
            ("agreementPartner", change.AgreementPartner),
        })
        {
            if (text?.Any(char.IsControl) == true)
            {
                faults.Add(new(path, "control-character", "Ce champ contient un saut de ligne ou un caractère invisible : retirez-le."));
            }
        }

        return faults;
    }
}
