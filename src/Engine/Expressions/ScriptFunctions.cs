namespace Cleiss.Engine.Expressions;

/// <summary>One global that JavaScript expressions may use.</summary>
/// <param name="Signature">TypeScript: what follows the name in a declaration, e.g. <c>(name: string): any</c>.</param>
/// <param name="Documentation">One French sentence for Studio's completion list.</param>
/// <param name="IsObsolete">Kept for flows written earlier; not proposed.</param>
public sealed record ScriptFunction(string Name, string Signature, string Documentation, bool IsObsolete = false)
{
    /// <summary>False for the types (<c>TimeSpan</c>…), whose signature is the body of a class or object.</summary>
    public bool IsFunction => Signature.StartsWith('(');
}

/// <summary>
/// The globals of the sandbox, with Elsa's names and meanings. This table is the only list: the script host refuses to start when the sandbox
/// cannot give one of them, and gives no other; Studio's completions are written from it.
/// </summary>
public static class ScriptFunctions
{
    private const string DateMembers =
        "{ new(year?: number | string, month?: number, day?: number, hour?: number, minute?: number, second?: number): any; "
        + "readonly Now: any; readonly UtcNow: any; readonly Today: any; Parse(text: string): any; }";

    /// <summary>What every expression has, whatever its definition.</summary>
    public static IReadOnlyList<ScriptFunction> All { get; } =
    [
        new("getVariable", "(name: string): any", "Valeur d'une variable."),
        new("setVariable", "(name: string, value: any): void", "Donne une valeur à une variable."),
        new("getInput", "(name: string): any", "Valeur d'une entrée de la procédure."),
        new("getOutputFrom", "(activityIdOrName: string, outputName?: string): any", "Sortie d'une activité, désignée par son identifiant ou son nom ; « Result » si aucune sortie n'est nommée."),
        new("getLastResult", "(): any", "Résultat de la dernière activité qui en a donné un."),
        new("getWorkflowDefinitionId", "(): string", "Identifiant de la définition."),
        new("getWorkflowDefinitionVersionId", "(): string", "Identifiant de la version de la définition."),
        new("getWorkflowDefinitionVersion", "(): number", "Numéro de la version de la définition."),
        new("getWorkflowInstanceId", "(): string", "Identifiant de l'instance."),
        new("getWorkflowInstanceName", "(): string", "Nom de l'instance."),
        new("setWorkflowInstanceName", "(name: string): void", "Nomme l'instance."),
        new("getCorrelationId", "(): string", "Clé de corrélation de l'instance."),
        new("setCorrelationId", "(id: string): void", "Donne à l'instance sa clé de corrélation."),
        new("setOutcome", "(name: string): void", "Choisit l'issue de « Exécuter du JavaScript »."),
        new("setOutcomes", "(names: string[]): void", "Choisit les issues de « Exécuter du JavaScript »."),
        new("isNullOrEmpty", "(text: string): boolean", "Vrai si le texte manque ou est vide."),
        new("isNullOrWhiteSpace", "(text: string): boolean", "Vrai si le texte manque, est vide ou n'a que des espaces."),
        new("toJson", "(value: any): string", "La valeur écrite en JSON."),
        new("parseJson", "(json: string): any", "La valeur qu'un texte JSON décrit."),
        new("parseGuid", "(text: string): string", "Lit un GUID ; échoue si le texte n'en est pas un."),
        new("newGuid", "(): string", "Un nouveau GUID."),
        new("newGuidString", "(): string", "Un nouveau GUID, en texte."),
        new("newShortGuid", "(): string", "Un nouvel identifiant court, en lettres et chiffres."),
        new("getGuid", "(): string", "Ancien nom de newGuid.", IsObsolete: true),
        new("getGuidString", "(): string", "Ancien nom de newGuidString.", IsObsolete: true),
        new("getShortGuid", "(): string", "Ancien nom de newShortGuid.", IsObsolete: true),
        new("bytesToString", "(bytes: number[]): string", "Lit des octets en UTF-8."),
        new("bytesFromString", "(text: string): number[]", "Les octets d'un texte en UTF-8."),
        new("bytesToBase64", "(bytes: number[]): string", "Écrit des octets en Base64."),
        new("bytesFromBase64", "(base64: string): number[]", "Lit des octets écrits en Base64."),
        new("stringToBase64", "(text: string): string", "Écrit un texte en Base64."),
        new("stringFromBase64", "(base64: string): string", "Lit un texte écrit en Base64."),
        new("streamToBytes", "(stream: number[] | string): number[]", "Les octets d'un contenu."),
        new("streamToBase64", "(stream: number[] | string): string", "Un contenu écrit en Base64."),
        new("DateTime", DateMembers, "Dates comme en .NET : DateTime.UtcNow.AddDays(3)."),
        new("DateTimeOffset", DateMembers, "Dates avec décalage comme en .NET."),
        new("TimeSpan", "{ FromDays(count: number): any; FromHours(count: number): any; FromMinutes(count: number): any; FromSeconds(count: number): any; FromMilliseconds(count: number): any; Parse(text: string): any; readonly Zero: any; }", "Durées comme en .NET : TimeSpan.FromDays(30)."),
        new("Guid", "{ NewGuid(): string; Parse(text: string): string; readonly Empty: string; }", "GUID comme en .NET."),
        new("Random", "{ new(): { Next(low?: number, high?: number): number; NextDouble(): number; }; }", "Nombres au hasard comme en .NET."),
    ];

    /// <summary>Names of <see cref="All"/>.</summary>
    public static IReadOnlySet<string> Names { get; } = All.Select(function => function.Name).ToHashSet(StringComparer.Ordinal);

    /// <summary>Elsa's form of a name inside an accessor: <c>my variable</c> gives <c>MyVariable</c> of <c>getMyVariable()</c>.</summary>
    public static string Pascal(string name)
    {
        var result = new System.Text.StringBuilder(name.Length);
        var up = true;
        foreach (var letter in name)
        {
            if (letter is '_' or '-' || char.IsWhiteSpace(letter))
            {
                up = true;
                continue;
            }

            result.Append(up ? char.ToUpperInvariant(letter) : letter);
            up = false;
        }

        return result.ToString();
    }
}
