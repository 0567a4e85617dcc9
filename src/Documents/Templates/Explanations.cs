using System.Text.RegularExpressions;

namespace Cleiss.Documents.Templates;

/// <summary>What the compilers' English sentences mean to a process owner, and what to do. « $1 » stands for what the sentence names.</summary>
internal static class Explanations
{
    public static string Find(string message, IReadOnlyList<(string Pattern, string French)> table, string otherwise)
    {
        foreach (var (pattern, french) in table)
        {
            var match = Regex.Match(message, pattern, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
            if (match.Success)
            {
                return match.Result(french);
            }
        }

        return otherwise;
    }
}

internal static class TypstExplanations
{
    private static readonly (string Pattern, string French)[] Table =
    [
        ("unknown variable: (.+)", "Le nom « $1 » n'existe pas. Vérifiez l'orthographe, ou définissez-le avec #let."),
        ("package not found|failed to download package|package", "Un modèle ne peut pas charger de paquet : il n'a ni réseau ni dossier de paquets. Écrivez ce qu'il vous faut dans le modèle."),
        ("failed to load file|file not found|outside of project root|access denied", "Un modèle ne lit que ses propres fichiers, « /cleiss.typ » et « /qr.svg » ; rien d'autre de la machine."),
        ("dictionary does not contain key \"(.+?)\"", "Les données n'ont pas de champ « $1 ». S'il est facultatif, écrivez .at(\"$1\", default: none)."),
        ("dictionary does not have|does not contain method|has no method|has no field", "Cette valeur n'a pas ce champ ou cette fonction. Regardez les données d'exemple."),
        ("missing document title|document title", "La norme d'accessibilité exige un titre : ajoutez #set document(title: …) au début."),
        ("alternative description|alt text|missing alt", "La norme d'accessibilité exige une description de chaque image : donnez alt: \"…\"."),
        ("could not be displayed|not be displayed|notdef|no font", "Un caractère n'existe dans aucune des polices : changez le caractère ou la police."),
        ("PDF/UA|PDF/A", "Le document ne respecte pas la norme d'accessibilité PDF/UA-1."),
        ("unclosed (delimiter|string|label|raw text)", "Quelque chose est ouvert et n'est pas refermé : parenthèse, crochet, accolade ou guillemet. Cherchez à partir de cette ligne."),
        ("unexpected closing|unexpected end", "Il y a une fermeture de trop, ou il manque la suite."),
        ("expected (.+), found (.+)", "À cet endroit il faut « $1 », et l'on trouve « $2 »."),
        ("expected (.+)", "À cet endroit il manque « $1 »."),
        ("unexpected (.+)", "« $1 » n'a pas sa place ici."),
        ("missing argument: (.+)", "Il manque l'argument « $1 »."),
        ("cannot (.+)", "Ces deux valeurs ne vont pas ensemble : convertissez d'abord, par exemple avec str(…)."),
        ("loop seems to be infinite|condition is always", "Une répétition ne finit jamais : vérifiez sa condition."),
        ("maximum .*depth exceeded", "Une fonction s'appelle elle-même sans fin."),
        ("index out of bounds|out of bounds", "La liste est plus courte que vous ne le pensez : vérifiez le rang, ou donnez default."),
    ];

    public static string Explain(string message) => Explanations.Find(message, Table, "Le compilateur refuse cet endroit du modèle ; son message dit pourquoi.");
}

internal static class LiquidExplanations
{
    private static readonly (string Pattern, string French)[] Table =
    [
        ("undefined filter: (.+?)\\.?$", "Le filtre « $1 » n'existe pas. Vérifiez l'orthographe."),
        ("tag \"(.+)\" not found", "La balise « $1 » n'existe pas."),
        ("tag (.+) not closed|not closed", "Une balise est ouverte et n'est pas refermée : ajoutez endif, endfor ou l'accolade qui manque."),
        ("unexpected|invalid|expected", "La syntaxe n'est pas celle de Liquid à cet endroit : vérifiez les accolades, les guillemets et les mots."),
        ("limit", "Le modèle demande trop de temps ou de mémoire : cherchez une répétition dans une répétition."),
    ];

    public static string Explain(string message) => Explanations.Find(message, Table, "Le moteur refuse cet endroit du modèle ; son message dit pourquoi.");
}
