using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cleiss.Documents.Rendering;
using Cleiss.Engine.Expressions;
using Cleiss.Scripting.Liquid;
using Cleiss.Scripting.Typst;

namespace Cleiss.Documents.Templates;

/// <param name="File">Name of the template's file; empty when the problem is of the whole.</param>
/// <param name="Line">1-based; null when unknown.</param>
/// <param name="Message">As the compiler says it.</param>
/// <param name="Explanation">In French: what it means and how to mend it.</param>
public sealed record TemplateProblem(string File, int? Line, string Message, string Explanation);

/// <summary>What a template gives with its sample data, or what stands in the way.</summary>
/// <param name="Pdf">Of a document.</param>
/// <param name="Picture">Its pages as SVG.</param>
/// <param name="Subject">Of a mail.</param>
public sealed record TemplatePreview(byte[]? Pdf, string? Picture, string? Subject, string? Body, IReadOnlyList<TemplateProblem> Problems)
{
    public static TemplatePreview Of(params TemplateProblem[] problems) => new(null, null, null, null, problems);
}

/// <summary>Tries a template on its sample data, exactly as it will print or send.</summary>
public sealed partial class TemplateCheck(DocumentRenderer renderer, ILiquidRenderer liquid, TimeProvider time)
{
    public async Task<TemplatePreview> TryAsync(TemplateVersion template, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(template);
        var missing = (template.Kind == TemplateKind.Mail ? [TemplateVersion.Subject, TemplateVersion.Body, TemplateVersion.Sample] : new[] { template.Main, TemplateVersion.Sample })
            .Where(name => !template.Files.ContainsKey(name)).ToList();
        if (missing.Count > 0)
        {
            return TemplatePreview.Of([.. missing.Select(name => new TemplateProblem(name, null, "missing file", $"Il manque le fichier « {name} »."))]);
        }

        JsonObject? sample;
        try
        {
            sample = JsonNode.Parse(template.Files[TemplateVersion.Sample]) as JsonObject;
        }
        catch (JsonException e)
        {
            return TemplatePreview.Of(new TemplateProblem(
                TemplateVersion.Sample, (int?)e.LineNumber + 1, e.Message, "Les données d'exemple ne sont pas du JSON : vérifiez guillemets, virgules et accolades à cette ligne."));
        }

        return sample is null
            ? TemplatePreview.Of(new TemplateProblem(TemplateVersion.Sample, 1, "not an object", "Les données d'exemple doivent être un objet JSON : { … }."))
            : template.Kind == TemplateKind.Mail ? await TryMailAsync(template, sample, cancellationToken) : await TryDocumentAsync(template, sample, cancellationToken);
    }

    private async Task<TemplatePreview> TryDocumentAsync(TemplateVersion template, JsonObject sample, CancellationToken cancellationToken)
    {
        try
        {
            var preview = await renderer.PreviewAsync(template, sample, time.GetUtcNow(), cancellationToken);
            return new TemplatePreview(preview.Pdf, preview.Svg, null, null, []);
        }
        catch (TypstException e)
        {
            return TemplatePreview.Of([.. e.Diagnostics.DefaultIfEmpty(new TypstDiagnostic(e.Message, null, null, null)).Select(one => new TemplateProblem(
                (one.File ?? template.Main).TrimStart('/'), one.Line, one.Hint is null ? one.Message : $"{one.Message} ({one.Hint})", TypstExplanations.Explain(one.Message)))]);
        }
        catch (TypstStoppedException e)
        {
            return TemplatePreview.Of(new TemplateProblem(
                template.Main, null, e.Message, "La composition a pris trop de temps ou de mémoire et a été arrêtée : cherchez une répétition qui ne finit pas ou un texte qui grossit sans fin."));
        }
    }

    private async Task<TemplatePreview> TryMailAsync(TemplateVersion template, JsonObject sample, CancellationToken cancellationToken)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        var problems = new List<TemplateProblem>();
        foreach (var file in new[] { TemplateVersion.Subject, TemplateVersion.Body })
        {
            try
            {
                texts[file] = (await liquid.RenderAsync([template.Files[file]], sample, cancellationToken))[0].Trim();
            }
            catch (ScriptException e)
            {
                var told = LiquidFailure().Match(e.Message);
                int? line = told.Success && told.Groups["line"].Success ? int.Parse(told.Groups["line"].Value, System.Globalization.CultureInfo.InvariantCulture) : null;
                var cause = told.Success ? told.Groups["cause"].Value : e.Message;
                problems.Add(new TemplateProblem(file, line, cause, LiquidExplanations.Explain(cause)));
            }
        }

        return problems.Count > 0
            ? TemplatePreview.Of([.. problems])
            : new TemplatePreview(null, null, texts[TemplateVersion.Subject].ReplaceLineEndings(" "), texts[TemplateVersion.Body], []);
    }

    [GeneratedRegex(@"The template failed(?: at line (?<line>\d+))?: (?<cause>.*)$", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LiquidFailure();
}
