using Cleiss.Documents.Templates;

namespace Cleiss.Studio.Modeles;

/// <summary>How the pages of templates say things.</summary>
internal static class ModeleWords
{
    public static string Kind(TemplateKind kind) => kind == TemplateKind.Mail ? "courrier" : "document";

    public static string File(string name) => name switch
    {
        TemplateVersion.Sample => "Données d'exemple (sample.json)",
        TemplateVersion.Subject => "Objet du courrier (subject.liquid)",
        TemplateVersion.Body => "Texte du courrier (body.liquid)",
        _ => name,
    };

    /// <summary>The file people come to change first, the sample last.</summary>
    public static IEnumerable<string> Order(IEnumerable<string> names) =>
        names.OrderBy(name => name == TemplateVersion.Sample).ThenBy(name => name == TemplateVersion.Body).ThenBy(name => name, StringComparer.Ordinal);

    public static (string Words, string? Kind) State(TemplateVersion version, bool inUse) => version.State == TemplateState.Draft
        ? (version.Shipped ? "proposée par une livraison" : "brouillon", "wait")
        : inUse ? ("en service", "good") : ("ancienne", null);
}
