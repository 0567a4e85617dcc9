using Cleiss.Activities.Cases;
using Cleiss.Web.Documents;
using Cleiss.Web.Mails;

namespace Cleiss.Web.Cases;

/// <summary>Where a liaison form stands, told from what exists: tasks, documents, mails, state.</summary>
internal static class CaseProgress
{
    public static IReadOnlyList<CaseStep> Of(
        Case row, IReadOnlyList<string> openActivities, IReadOnlyList<DocumentRow> documents, IReadOnlyList<MailRow> mails)
    {
        // These are the steps of a case about one form; other processes say where they stand in words.
        if (row.State == CaseState.Cancelled || row.FormKey is null)
        {
            return [];
        }

        var sent = mails.Any(mail => mail.SentAt is not null);
        var reached = row.State switch
        {
            CaseState.Closed => 5,
            CaseState.Waiting => 4,
            _ when sent => 4,
            _ when documents.Count > 0 => documents.All(document => document.Sha256 is not null) ? 3 : 2,
            _ when openActivities.Any(activity => activity.Contains("valid", StringComparison.OrdinalIgnoreCase)) => 1,
            _ => 0,
        };
        string[] words = ["Remplir", "Valider", "Établir le document", "Envoyer", "Attendre la réponse"];
        return [.. words.Select((word, index) => new CaseStep(word, index < reached ? "done" : index == reached ? "now" : "next"))];
    }
}
