using System.Text.Json.Nodes;
using Cleiss.Engine.Incidents;

namespace Cleiss.Host.ElsaApi.Descriptors;

/// <summary>The short lists of Studio's panels, in French. The identifiers are what definitions store; the engine reads them back.</summary>
internal static class DescriptorLists
{
    /// <summary>The Studio this server is made for; definitions carry it as <c>toolVersion</c>.</summary>
    public const string StudioVersion = "3.8.2.0";

    public static IReadOnlyList<JsonObject> Expressions { get; } =
    [
        Expression("Literal", "Valeur", isBrowsable: false),
        Expression("Object", "Objet", isBrowsable: false, "json"),
        // The first one that can be chosen is what Studio writes into a new case of a switch, whose condition is a script nearly always.
        Expression("JavaScript", "JavaScript", language: "javascript"),
        Expression("Liquid", "Liquid", language: "liquid"),
        Expression("Variable", "Variable"),
        Expression("Input", "Entrée"),
    ];

    public static IReadOnlyList<JsonObject> VariableTypes { get; } =
    [
        Type("Object", "Objet", "Primitives", "Une valeur de n'importe quelle forme."),
        Type("String", "Texte", "Primitives", "Du texte."),
        Type("Boolean", "Oui ou non", "Primitives", "Vrai ou faux."),
        Type("Int32", "Nombre entier", "Primitives", "Un nombre entier."),
        Type("Int64", "Grand nombre entier", "Primitives", "Un nombre entier sur 64 bits."),
        Type("Single", "Nombre à virgule (court)", "Primitives", "Un nombre à virgule flottante."),
        Type("Double", "Nombre à virgule", "Primitives", "Un nombre à virgule flottante, en double précision."),
        Type("Decimal", "Nombre décimal", "Primitives", "Un nombre décimal exact, pour les montants."),
        Type("Guid", "GUID", "Primitives", "Un identifiant unique."),
        Type("DateTime", "Date et heure", "Primitives", "Une date et une heure."),
        Type("DateTimeOffset", "Date et heure avec décalage", "Primitives", "Un instant, avec le décalage horaire."),
        Type("TimeSpan", "Durée", "Primitives", "Une durée."),
        Type("StringDictionary", "Textes par clé", "Collections", "Des textes, chacun sous sa clé."),
        Type("ObjectDictionary", "Valeurs par clé", "Collections", "Des valeurs, chacune sous sa clé."),
        Type("JSON", "Objet JSON", "JSON", "Un objet JSON dont les membres se lisent par leur nom."),
        Type("JsonElement", "Valeur JSON (lecture)", "JSON", "Une valeur JSON."),
        Type("JsonNode", "Valeur JSON", "JSON", "Une valeur JSON modifiable."),
        Type("JsonObject", "Objet JSON modifiable", "JSON", "Un objet JSON modifiable."),
        Type("ByteArray", "Octets", "Données", "Un contenu binaire."),
        Type("Stream", "Flux", "Données", "Un contenu binaire lu par morceaux."),
    ];

    public static IReadOnlyList<JsonObject> StorageDrivers { get; } =
    [
        Storage("WorkflowInstanceStorageDriver", "Avec l'instance", priority: 5),
        Storage("MemoryStorageDriver", "En mémoire, le temps d'une étape", priority: 0),
    ];

    public static IReadOnlyList<JsonObject> ActivationStrategies { get; } =
    [
        Strategy("AllowAlwaysStrategy", "Toujours", "Une nouvelle instance peut toujours démarrer."),
        Strategy("SingletonStrategy", "Une seule instance", "Une seule instance de la procédure à la fois."),
        Strategy("CorrelationStrategy", "Une par corrélation", "Une seule instance, toutes procédures confondues, par clé de corrélation."),
        Strategy("CorrelatedSingletonStrategy", "Une par procédure et corrélation", "Une seule instance de la procédure par clé de corrélation."),
    ];

    public static IReadOnlyList<JsonObject> IncidentStrategies { get; } =
    [
        Strategy("FaultStrategy", "Arrêter", "Un incident arrête l'instance jusqu'à ce qu'on l'ait réparé."),
        Strategy("ContinueWithIncidentsStrategy", "Continuer", "L'incident est noté, les autres branches continuent."),
    ];

    /// <summary>Inputs marked sensitive never enter the journal; everything else always does.</summary>
    public static IReadOnlyList<JsonObject> LogPersistence { get; } =
    [
        Strategy("Include", "Conserver", "Les entrées et les issues de chaque activité sont gardées au journal ; ce qui est sensible n'y entre jamais."),
    ];

    public static IReadOnlyList<JsonObject> Features { get; } =
    [
        Feature("Elsa.RealTimeWorkflowUpdates", "Suivi en direct", "Une instance ouverte se met à jour d'elle-même, quel que soit le serveur qui l'exécute."),
        Feature("Elsa.Resilience", "Reprises", "Nouveaux essais d'une activité qui a échoué."),
    ];

    public static JsonObject Retry(RetryStrategy strategy) => new()
    {
        ["id"] = strategy.Id,
        ["displayName"] = strategy.DisplayName,
        ["maxRetryAttempts"] = strategy.Attempts,
        ["delay"] = strategy.FirstDelay.ToString("c"),
        ["backoffFactor"] = strategy.Factor,
    };

    private static JsonObject Expression(string type, string displayName, bool isBrowsable = true, string? language = null) => new()
    {
        ["type"] = type,
        ["displayName"] = displayName,
        ["isSerializable"] = true,
        ["isBrowsable"] = isBrowsable,
        ["properties"] = language is null ? new JsonObject() : new JsonObject { ["MonacoLanguage"] = language },
    };

    private static JsonObject Type(string typeName, string displayName, string category, string description) => new()
    {
        ["typeName"] = typeName,
        ["displayName"] = displayName,
        ["category"] = category,
        ["description"] = description,
    };

    private static JsonObject Storage(string typeName, string displayName, int priority) => new()
    {
        ["typeName"] = typeName,
        ["displayName"] = displayName,
        ["priority"] = priority,
        ["deprecated"] = false,
    };

    private static JsonObject Strategy(string typeName, string displayName, string description) => new()
    {
        ["typeName"] = typeName,
        ["displayName"] = displayName,
        ["description"] = description,
    };

    private static JsonObject Feature(string fullName, string displayName, string description) => new()
    {
        ["name"] = fullName.Split('.')[^1],
        ["namespace"] = fullName[..fullName.LastIndexOf('.')],
        ["fullName"] = fullName,
        ["displayName"] = displayName,
        ["description"] = description,
    };
}
