namespace Cleiss.Web.Cases;

/// <summary>What the page of a case says after an action; the address carries a key only.</summary>
public static class CaseMessages
{
    public static string? For(string? key) => key switch
    {
        "ouvert" => "Le dossier est ouvert. Cette page dit où il en est ; ce qu'il y a à faire est dans la liste des tâches.",
        "reponse" => "La réponse est enregistrée.",
        "envoye" => "Le formulaire est enregistré et parti chez le valideur.",
        "valide" => "Le formulaire est validé. Le document se prépare et partira au partenaire.",
        "renvoye" => "Le formulaire est renvoyé à l'agent avec votre motif.",
        "demande" => "La demande est enregistrée. La suite est dans la liste des tâches.",
        "enveloppe" => "L'enveloppe est prise : le bordereau se prépare et tout partira dans un seul courrier.",
        "terminee" => "La tâche est terminée.",
        _ => null,
    };
}
