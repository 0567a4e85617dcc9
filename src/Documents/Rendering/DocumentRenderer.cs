using System.Text;
using System.Text.Json.Nodes;
using Cleiss.Documents.Issuing;
using Cleiss.Scripting.Qr;
using Cleiss.Scripting.Typst;
using Microsoft.Extensions.Options;

namespace Cleiss.Documents.Rendering;

public sealed class PublicAddressOptions
{
    /// <summary>Where partners reach this product; printed in QR codes, so it must stay true for ever.</summary>
    public string PublicUrl { get; set; } = "";
}

/// <summary>Prints a document: its template, its answer, its case, its QR code → PDF/UA-1.</summary>
public sealed class DocumentRenderer(
    TemplateStore templates, ITypstCompiler typst, IQrCodes qrCodes, IAnswerSource answers, IOptions<PublicAddressOptions> address)
{
    /// <summary>PDF/UA-1: partners' officers may use a screen reader, and accessibility is our legal duty; archiving standards come second.</summary>
    public const string Standard = "ua-1";

    /// <exception cref="TypstException">The template does not compile.</exception>
    /// <exception cref="KeyNotFoundException">The template or the answer does not exist.</exception>
    public async Task<byte[]> RenderAsync(Document document, CancellationToken cancellationToken)
    {
        var answer = document.AnswerId is null ? null : await answers.FindAsync(document.AnswerId, document.Language, cancellationToken)
            ?? throw new KeyNotFoundException($"Document {document.Number} prints answer {document.AnswerId}, which does not exist.");
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
                ["language"] = document.Language,
                ["verificationCode"] = document.VerificationCode,
                ["verificationUrl"] = url,
                ["createdAt"] = document.CreatedAt,
            },
            ["answer"] = answer,
            ["case"] = document.CaseId is null ? null : await answers.FindCaseAsync(document.CaseId, cancellationToken),
        };
        return await CompileAsync(document.Template, data, url, document.CreatedAt, cancellationToken);
    }

    /// <summary>Compiles a template over given data, for previews and tests.</summary>
    public async Task<byte[]> CompileAsync(string template, JsonNode data, string qrText, DateTimeOffset createdAt, CancellationToken cancellationToken)
    {
        var files = templates.Read(template).Where(file => file.Key.EndsWith(".typ", StringComparison.Ordinal))
            .ToDictionary(file => "/" + file.Key, file => file.Value, StringComparer.Ordinal);
        files["/qr.svg"] = Encoding.UTF8.GetBytes(await qrCodes.DrawAsync(qrText, cancellationToken));
        return await typst.CompileAsync(new TypstJob(files, $"/{template[(template.LastIndexOf('/') + 1)..]}.typ", data, Standard, createdAt), cancellationToken);
    }

    public string VerificationUrl(string code) => $"{address.Value.PublicUrl.TrimEnd('/')}/verifier/{code}";
}
