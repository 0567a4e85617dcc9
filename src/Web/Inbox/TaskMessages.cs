namespace Cleiss.Web.Inbox;

/// <summary>What the inbox says after a task: the address carries a key, never words or names.</summary>
internal static class TaskMessages
{
    public static string? For(string key) => key switch
    {
        "envoye" => "Le formulaire est enregistré et parti chez le valideur.",
        "valide" => "Le formulaire est validé. Le document se prépare et partira au partenaire.",
        "renvoye" => "Le formulaire est renvoyé à l'agent avec votre motif.",
        "motivee" => "Votre décision est enregistrée avec son motif.",
        "terminee" => "La tâche est terminée.",
        "rendue" => "La tâche est rendue : un collègue peut la prendre.",
        _ => null,
    };
}
