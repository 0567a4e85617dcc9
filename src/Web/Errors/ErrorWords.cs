namespace Cleiss.Web.Errors;

/// <summary>What an error page says: what happened, and what to do now.</summary>
internal static class ErrorWords
{
    public static (string Title, string Text) For(int status) => status switch
    {
        400 => ("Demande incomplète", "La page est peut-être restée ouverte trop longtemps, ou votre session a changé. Revenez en arrière, rechargez la page et recommencez : vos brouillons sont gardés."),
        401 => ("Connectez-vous", "Cette page demande de se connecter."),
        403 => ("Accès réservé", "Votre rôle ne permet pas d'ouvrir cette page. Si vous en avez besoin pour votre travail, demandez-le à votre responsable ou à l'administration."),
        404 => ("Page introuvable", "Cette adresse ne mène nulle part. Elle est peut-être incomplète, ou l'élément n'existe plus."),
        405 => ("Page introuvable", "Cette adresse ne s'ouvre pas de cette façon."),
        413 => ("Fichier trop lourd", "Un fichier ne peut pas dépasser 25 Mo. Réduisez-le ou séparez-le en plusieurs fichiers."),
        503 => ("Service momentanément indisponible", "La base de données ne peut pas répondre en ce moment. Ce qui était enregistré le reste. Réessayez dans un instant ; si cela dure, prévenez l'administration."),
        429 => ("Trop de demandes", "Beaucoup de demandes sont arrivées en peu de temps. Attendez une minute et recommencez."),
        _ => ("Une erreur est survenue", "L'erreur vient de nous et elle est notée. Ce qui était enregistré ne l'est pas moins. Réessayez dans un instant ; si cela dure, prévenez l'administration en donnant l'heure."),
    };
}
