using Cleiss.Persistence.People;

namespace Cleiss.Web.Account;

/// <summary>Roles as the screens name them.</summary>
public static class RoleWords
{
    public static string For(Actor person) =>
        person.Roles.Count == 0 ? "sans rôle" : string.Join(", ", person.Roles.Order(StringComparer.Ordinal).Select(Of));

    public static string Of(string role) => role switch
    {
        Role.Proprietaire => "responsable de processus",
        Role.Agent => "agent instructeur",
        Role.Juriste => "juriste valideur",
        Role.Directrice => "directrice",
        Role.Comptable => "agent comptable",
        Role.Budget => "gestionnaire budgétaire",
        Role.Traduction => "services linguistiques",
        Role.Reviseur => "réviseur",
        Role.Traducteur => "traducteur interne",
        Role.Sdl2 => "SDL2 Business",
        Role.Admin => "administration",
        _ => role,
    };
}
