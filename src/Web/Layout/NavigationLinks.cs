using Cleiss.Persistence.People;
using Cleiss.Workflows.Traductions.Months;

namespace Cleiss.Web.Layout;

/// <param name="Exact">True when pages below it belong to another link.</param>
public sealed record NavigationLink(string Href, string Words, bool Exact = false);

/// <summary>The left column: only what exists and what the person may open.</summary>
public static class NavigationLinks
{
    public static IEnumerable<NavigationLink> For(Actor person)
    {
        ArgumentNullException.ThrowIfNull(person);
        yield return new("/", "Accueil");
        if (person.Has(Permission.ReadUserTasks))
        {
            yield return new("/taches", "Mes tâches");
        }

        if (person.Has(Permission.CasesRead))
        {
            yield return new("/dossiers", "Dossiers");
        }

        if (person.Has(Permission.CasesOpen))
        {
            yield return new("/dossiers/nouveau", "Nouveau dossier", Exact: true);
        }

        if (person.Has(Permission.DocumentsRead))
        {
            yield return new("/documents", "Documents");
        }

        if (person.Has(Permission.MailsRead))
        {
            yield return new("/courriers", "Courriers");
        }

        if (person.Has(Permission.CasesReply))
        {
            yield return new("/enveloppes", "Enveloppes");
        }

        if (TranslationCosts.MayManage(person))
        {
            yield return new("/traductions", "Traductions");
        }

        if (person.Has(Permission.CasesRead))
        {
            yield return new("/procedures", "Procédures");
        }

        if (person.Has(Permission.StatisticsRead))
        {
            yield return new("/statistiques", "Statistiques");
        }

        if (person.Has(Permission.DefinitionsRead))
        {
            yield return new("/studio", "Concepteur");
        }

        if (person.Has(Permission.FormsWrite))
        {
            yield return new("/formulaires", "Formulaires");
        }

        if (person.Has(Permission.TemplatesRead))
        {
            yield return new("/modeles", "Modèles");
        }

        if (person.Has(Permission.ReferenceWrite))
        {
            yield return new("/accords", "Accords et référentiels");
        }
    }

    public static bool IsMoreExact(string path, NavigationLink link) => link.Href == "/dossiers" && path == "/dossiers/nouveau";
}
