using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Cleiss.Documents.Issuing;
using Cleiss.Documents.Templates;
using Cleiss.Scripting.Qr;
using Cleiss.Scripting.Typst;
using Microsoft.Extensions.Options;

namespace Cleiss.Documents.Rendering;

public sealed class PublicAddressOptions
{
    /// <summary>Where partners reach this product; printed in QR codes, so it must stay true for ever.</summary>
    public string PublicUrl { get; set; } = "";
}

/// <summary>Prints a document: its template as it was published when the document was issued, its answer, its case, its QR code → PDF/UA-1.</summary>
public sealed class DocumentRenderer(
    TemplateStore templates, ITypstCompiler typst, IQrCodes qrCodes, IAnswerSource answers, DocumentStore documents, IOptions<PublicAddressOptions> address)
{
    /// <summary>PDF/UA-1: partners' officers may use a screen reader, and accessibility is our legal duty; archiving standards come second.</summary>
    public const string Standard = "ua-1";

    /// <summary>What every template may import: <c>#import "/cleiss.typ": *</c>. It belongs to the product, not to an owner.</summary>
    public const string LibraryFile = "/cleiss.typ";

    private static readonly byte[] Library = ReadLibrary();

    private readonly ConcurrentDictionary<(string Code, int Version), IReadOnlyDictionary<string, byte[]>> _files = new();

    /// <exception cref="TypstException">The template does not compile.</exception>
    /// <exception cref="TypstStoppedException">It took too long or too much memory.</exception>
    /// <exception cref="KeyNotFoundException">The template or the answer does not exist.</exception>
    public async Task<byte[]> RenderAsync(Document document, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(document);
        var template = await templates.ReadAsync(document.Template, document.TemplateVersion, cancellationToken);
        if (template.Kind != TemplateKind.Document)
        {
            throw new KeyNotFoundException($"The template « {document.Template} » is one of mails and prints no document.");
        }

        var answer = document.AnswerId is null ? null : await answers.FindAsync(document.AnswerId, document.Language, cancellationToken)
            ?? throw new KeyNotFoundException($"Document {document.Number} prints answer {document.AnswerId}, which does not exist.");
        var previous = document.PreviousDocumentId is null ? null : await documents.FindAsync(document.PreviousDocumentId, cancellationToken);
        var url = VerificationUrl(document.VerificationCode);
        var data = new JsonObject
        {
            ["document"] = new JsonObject
            {
                ["number"] = document.Number,
                ["title"] = document.Title,
                ["specimen"] = document.Specimen,
                ["formCode"] = document.FormCode,
                ["provisional"] = document.ProvisionalCode,
                ["language"] = answer?["partnerLanguage"]?.GetValue<string>() ?? document.Language,
                ["verificationCode"] = document.VerificationCode,
                ["verificationUrl"] = url,
                ["createdAt"] = document.CreatedAt,
                ["date"] = Day(document.CreatedAt),
                ["previous"] = previous is null ? null : new JsonObject
                {
                    ["number"] = previous.Number,
                    ["date"] = Day(previous.CreatedAt),
                    ["cancelled"] = document.CancelsPrevious,
                },
            },
            ["answer"] = answer,
            ["case"] = document.CaseId is null ? null : await answers.FindCaseAsync(document.CaseId, cancellationToken),
        };
        return await typst.CompileAsync(await JobAsync(template, data, url, document.CreatedAt, cancellationToken), cancellationToken);
    }

    /// <summary>Prints a template over given data: its PDF and a picture of the pages.</summary>
    /// <inheritdoc cref="RenderAsync"/>
    public async Task<TypstPreview> PreviewAsync(TemplateVersion template, JsonObject data, DateTimeOffset createdAt, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(data);
        var url = (data["document"] as JsonObject)?["verificationUrl"]?.ToString() ?? VerificationUrl("0000-0000-0000");
        return await typst.PreviewAsync(await JobAsync(template, data, url, createdAt, cancellationToken), cancellationToken);
    }

    public string VerificationUrl(string code) => $"{address.Value.PublicUrl.TrimEnd('/')}/verifier/{code}";

    private async Task<TypstJob> JobAsync(TemplateVersion template, JsonObject data, string qrText, DateTimeOffset createdAt, CancellationToken cancellationToken)
    {
        // Drafts come and go; what is published stays, and is the same object each time.
        var own = template.State == TemplateState.Published ? _files.GetOrAdd((template.Code, template.Version), _ => Encode(template)) : Encode(template);
        var files = new Dictionary<string, byte[]>(own, StringComparer.Ordinal)
        {
            ["/qr.svg"] = Encoding.UTF8.GetBytes(await qrCodes.DrawAsync(qrText, cancellationToken)),
        };
        return new TypstJob(files, "/" + template.Main, data, Standard, createdAt);
    }

    private static Dictionary<string, byte[]> Encode(TemplateVersion template)
    {
        var files = template.Files.Where(file => file.Key != TemplateVersion.Sample)
            .ToDictionary(file => "/" + file.Key, file => Encoding.UTF8.GetBytes(file.Value), StringComparer.Ordinal);
        files[LibraryFile] = Library;
        return files;
    }

    /// <summary>The day in Paris, as templates compare and print it.</summary>
    private static string Day(DateTimeOffset at) =>
        TimeZoneInfo.ConvertTime(at, TimeZoneInfo.FindSystemTimeZoneById("Europe/Paris")).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static byte[] ReadLibrary()
    {
        using var stream = typeof(DocumentRenderer).Assembly.GetManifestResourceStream("cleiss.typ")!;
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
