using System.Text.RegularExpressions;

namespace Cleiss.Workflows.Referentiels;

/// <param name="EndedOn">The last day on which the agreement binds.</param>
/// <param name="Revision">The revision that was read; null overwrites whatever there is.</param>
public sealed record AgreementChange(string? Status, DateOnly? InForceOn, DateOnly? EndedOn, string? Note, int? Revision = null);

/// <param name="ReplacedBy">Key of another form of the same agreement.</param>
/// <param name="Revision">The revision that was read; null overwrites whatever there is.</param>
public sealed record FormChange(
    string? Code, string? PartnerCode, string? Family, string? TitleFr, string? TitlePartner, string? Direction, DateOnly? InForceOn, DateOnly? EndedOn,
    string? ReplacedBy, int? Revision = null);

/// <summary>One step of a form's life.</summary>
/// <param name="On">First day in force, or last day before it is replaced; null: today.</param>
/// <param name="ReplacedBy">For the step to « replaced ».</param>
/// <param name="Reason">Demanded for a step back.</param>
public sealed record FormMove(string? To, DateOnly? On = null, string? ReplacedBy = null, string? Reason = null);

/// <summary>What must be right before the catalogue is changed: everything wrong is said at once.</summary>
public static partial class CatalogueRules
{
    private const int LongestNote = 2000;
    private const int LongestTitle = 300;
    private const int LongestCode = 40;

    public static IReadOnlyList<string> Families { get; } =
        ["législation applicable", "vieillesse", "survivants", "périodes d'assurance", "entraide", "contrôle"];

    public static IReadOnlyList<string> Directions { get; } = ["both", "fr-to-partner", "partner-to-fr"];

    public static IReadOnlyList<ReferenceFault> Check(AgreementChange change)
    {
        ArgumentNullException.ThrowIfNull(change);
        var faults = new List<ReferenceFault>();
        if (change.Status is null || !AgreementStatus.All.Contains(change.Status))
        {
            faults.Add(new("status", "status", $"Choisissez l'état de l'accord : {string.Join(", ", AgreementStatus.All.Select(AgreementStatus.Words))}."));
        }

        if (change is { Status: AgreementStatus.Signed, InForceOn: not null })
        {
            faults.Add(new("inForceOn", "not-in-force", "Un accord seulement signé n'a pas de date d'entrée en vigueur. Choisissez l'état « en vigueur » : la date peut être à venir."));
        }

        if (change is { Status: AgreementStatus.Signed, EndedOn: not null })
        {
            faults.Add(new("endedOn", "not-in-force", "Un accord seulement signé n'a pas de dernier jour : effacez cette date."));
        }

        if (change is { Status: AgreementStatus.Denounced or AgreementStatus.Ended, EndedOn: null })
        {
            faults.Add(new("endedOn", "required", "Indiquez le dernier jour où l'accord s'applique."));
        }

        Period(faults, change.InForceOn, change.EndedOn);
        Text(faults, "note", change.Note, LongestNote, lines: true);
        return faults;
    }

    /// <param name="key">Of the form that is changed or made.</param>
    /// <param name="forms">The forms of the agreement as they are.</param>
    public static IReadOnlyList<ReferenceFault> Check(string key, FormChange change, IReadOnlyList<CatalogueForm> forms)
    {
        ArgumentNullException.ThrowIfNull(change);
        var faults = new List<ReferenceFault>();
        var life = forms.FirstOrDefault(form => form.FormKey == key)?.Life ?? FormLife.Draft;
        if (string.IsNullOrWhiteSpace(change.Code))
        {
            faults.Add(new("code", "required", "Écrivez le code du formulaire, par exemple « SE 151-08 »."));
        }
        else if (!KeyShape().IsMatch(key) || key.Length > LongestCode)
        {
            faults.Add(new("code", "code", "Le code ne contient que des lettres sans accent, des chiffres, des espaces et des traits d'union, 40 au plus."));
        }
        else if (forms.Any(form => form.FormKey != key && string.Equals(form.Code, change.Code.Trim(), StringComparison.OrdinalIgnoreCase)))
        {
            faults.Add(new("code", "taken", $"Le code « {change.Code.Trim()} » est déjà celui d'un autre formulaire de cet accord."));
        }

        if (string.IsNullOrWhiteSpace(change.TitleFr))
        {
            faults.Add(new("titleFr", "required", "Écrivez l'intitulé en français."));
        }

        if (change.Family is null || !Families.Contains(change.Family))
        {
            faults.Add(new("family", "family", $"Choisissez la famille : {string.Join(", ", Families)}."));
        }

        if (change.Direction is null || !Directions.Contains(change.Direction))
        {
            faults.Add(new("direction", "direction", "Choisissez le sens : vers le partenaire, du partenaire, ou les deux."));
        }

        if (change.InForceOn is not null && life is not (FormLife.InForce or FormLife.Replaced))
        {
            faults.Add(new("inForceOn", "not-in-force", "La date d'entrée en vigueur se donne quand on fait passer le formulaire à l'état « en vigueur »."));
        }

        if (change.EndedOn is not null && life is not (FormLife.InForce or FormLife.Replaced))
        {
            faults.Add(new("endedOn", "not-in-force", "Un formulaire qui n'a jamais été en vigueur n'a pas de dernier jour : effacez cette date."));
        }

        Period(faults, change.InForceOn, change.EndedOn);
        Successor(faults, key, change.ReplacedBy, forms);
        if (life == FormLife.Replaced && string.IsNullOrWhiteSpace(change.ReplacedBy))
        {
            faults.Add(new("replacedBy", "required", "Ce formulaire est remplacé : dites par lequel."));
        }

        Text(faults, "code", change.Code, LongestCode);
        Text(faults, "partnerCode", change.PartnerCode, LongestCode);
        Text(faults, "titleFr", change.TitleFr, LongestTitle);
        Text(faults, "titlePartner", change.TitlePartner, LongestTitle);
        return faults;
    }

    public static IReadOnlyList<ReferenceFault> Check(CatalogueForm form, FormMove move, IReadOnlyList<CatalogueForm> forms, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(form);
        ArgumentNullException.ThrowIfNull(move);
        var allowed = FormLife.NeighboursOf(form.Life);
        if (move.To is null || !allowed.Contains(move.To))
        {
            return [new("to", "arrow", $"Depuis l'état « {FormLife.Words(form.Life)} », un formulaire passe seulement à : {string.Join(", ", allowed.Select(life => $"« {FormLife.Words(life)} »"))}.")];
        }

        var faults = new List<ReferenceFault>();
        if (FormLife.IsBack(form.Life, move.To) && string.IsNullOrWhiteSpace(move.Reason))
        {
            faults.Add(new("reason", "required", "Dites pourquoi le formulaire revient en arrière."));
        }

        if (move.To == FormLife.Replaced)
        {
            var successor = string.IsNullOrWhiteSpace(move.ReplacedBy) ? form.ReplacedBy : move.ReplacedBy;
            if (string.IsNullOrWhiteSpace(successor))
            {
                faults.Add(new("replacedBy", "required", "Dites quel formulaire remplace celui-ci."));
            }

            Successor(faults, form.FormKey, successor, forms);
            if ((move.On ?? today) < form.InForceOn)
            {
                faults.Add(new("on", "period", "Le dernier jour précède l'entrée en vigueur."));
            }
        }

        Text(faults, "reason", move.Reason, LongestNote, lines: true);
        return faults;
    }

    /// <summary>The key of a form made from its code: « SE 151-19 » is <c>se-151-19</c>.</summary>
    public static string KeyOf(string? code) => Spaces().Replace((code ?? "").Trim(), "-").ToLowerInvariant();

    private static void Period(List<ReferenceFault> faults, DateOnly? from, DateOnly? to)
    {
        if (to < from)
        {
            faults.Add(new("endedOn", "period", "Le dernier jour précède l'entrée en vigueur."));
        }
    }

    private static void Successor(List<ReferenceFault> faults, string key, string? successor, IReadOnlyList<CatalogueForm> forms)
    {
        if (string.IsNullOrWhiteSpace(successor))
        {
            return;
        }

        if (successor == key)
        {
            faults.Add(new("replacedBy", "itself", "Un formulaire ne se remplace pas lui-même."));
            return;
        }

        if (forms.All(form => form.FormKey != successor))
        {
            faults.Add(new("replacedBy", "unknown-form", $"Cet accord n'a pas de formulaire « {successor} »."));
            return;
        }

        var next = successor;
        for (var step = 0; step < forms.Count && next is not null; step++)
        {
            next = forms.FirstOrDefault(form => form.FormKey == next)?.ReplacedBy;
            if (next == key)
            {
                faults.Add(new("replacedBy", "circle", "Ce formulaire remplace déjà celui-ci : le remplacement tournerait en rond."));
                return;
            }
        }
    }

    private static void Text(List<ReferenceFault> faults, string path, string? text, int longest, bool lines = false)
    {
        if (text?.Length > longest)
        {
            faults.Add(new(path, "too-long", $"Ce texte est trop long : {longest} caractères au plus."));
        }

        // What is written here goes into headers of mails and onto documents.
        if ((lines ? text?.ReplaceLineEndings("") : text)?.Any(char.IsControl) == true)
        {
            faults.Add(new(path, "control-character", "Ce champ contient un saut de ligne ou un caractère invisible : retirez-le."));
        }
    }

    [GeneratedRegex("^[a-z0-9]+(-[a-z0-9]+)*$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex KeyShape();

    [GeneratedRegex(@"[\s/]+", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Spaces();
}
