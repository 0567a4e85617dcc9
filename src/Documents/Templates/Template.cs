using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

namespace Cleiss.Documents.Templates;

public enum TemplateState
{
    Draft,
    Published,
}

public enum TemplateKind
{
    /// <summary>Typst, printed as a PDF: the file <c>&lt;code&gt;.typ</c>.</summary>
    Document,

    /// <summary>Liquid, sent as a mail: <c>subject.liquid</c> and <c>body.liquid</c>.</summary>
    Mail,
}

/// <summary>One version of a template. A published one never changes.</summary>
/// <param name="Code"><c>process/code</c>, e.g. <c>formulaire-de-liaison/relance</c>.</param>
/// <param name="Files">Texts by file name; <c>sample.json</c> is the data of the preview.</param>
/// <param name="Shipped">True for what a release brought, false for what an owner wrote.</param>
public sealed record TemplateVersion(
    string Code,
    int Version,
    TemplateState State,
    IReadOnlyDictionary<string, string> Files,
    string Hash,
    bool Shipped,
    DateTimeOffset CreatedAt,
    string CreatedBy,
    DateTimeOffset? PublishedAt,
    string? PublishedBy)
{
    public const string Sample = "sample.json";
    public const string Subject = "subject.liquid";
    public const string Body = "body.liquid";

    public TemplateKind Kind => Files.ContainsKey(Subject) ? TemplateKind.Mail : TemplateKind.Document;

    /// <summary>The file that is printed: named like the template.</summary>
    [JsonIgnore]
    public string Main => MainOf(Code);

    public static string MainOf(string code) => code[(code.LastIndexOf('/') + 1)..] + ".typ";

    /// <summary>Names and texts, whatever their order.</summary>
    public static string HashOf(IReadOnlyDictionary<string, string> files) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Concat(files.OrderBy(file => file.Key, StringComparer.Ordinal).Select(file => $"{file.Key}\n{file.Value.Length}\n{file.Value}\n")))));
}

/// <param name="PublishedVersion">The version in use; null while there is none.</param>
/// <param name="DraftVersion">The owner's draft, or else the one a release proposes; null when there is none.</param>
public sealed record TemplateSummary(
    string Code, TemplateKind Kind, int? PublishedVersion, int? DraftVersion, bool Proposed, DateTimeOffset ChangedAt, string ChangedBy);
