using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using Cleiss.Activities;
using Cleiss.Documents.Rendering;
using Cleiss.Documents.Templates;
using Cleiss.Engine.Activities;
using Cleiss.Forms.Catalogue;
using Cleiss.Forms.Definitions;
using Cleiss.Forms.Printing;
using Cleiss.Forms.Validation;
using Cleiss.Persistence.Http;
using Cleiss.Persistence.People;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Cleiss.Studio.Formulaires;

/// <summary>A form as files: its schema for Camunda's tools and for another Cleiss, and the document its sample data give.</summary>
public sealed class FormFiles(FormStore forms, FormValidator validator, TemplateStore templates, DocumentRenderer renderer, TimeProvider time) : IEndpointModule
{
    private const string Template = "formulaire-de-liaison/formulaire-bilingue";

    // Indented and with its accents, so that people can read and compare it.
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/formulaires/{key}/export", ExportAsync).RequirePermission(Permission.FormsRead).ExcludeFromDescription();
        routes.MapGet("/formulaires/{key}/apercu.pdf", PrintAsync).RequirePermission(Permission.FormsRead).ExcludeFromDescription();
    }

    private async Task<IResult> ExportAsync(string key, int? version, CancellationToken cancellationToken)
    {
        var form = await FindAsync(key, version, cancellationToken);
        return form is null
            ? Results.NotFound()
            : Results.File(
                JsonSerializer.SerializeToUtf8Bytes(form.Schema, Readable), "application/json", string.Create(CultureInfo.InvariantCulture, $"{key}-v{form.Version}.form.json"));
    }

    private async Task<IResult> PrintAsync(string key, int? version, CancellationToken cancellationToken)
    {
        if (await FindAsync(key, version, cancellationToken) is not { } form)
        {
            return Results.NotFound();
        }

        var judged = await validator.ValidateAsync(form, form.Sample ?? [], "fr", cancellationToken);
        var language = form.PartnerLanguage ?? "fr";
        var answer = Values.ToJson(FormPrint.Build(form, judged.Data, language))!.AsObject();
        answer["legalBasisFr"] = form.LegalBasis?.Fr;
        answer["legalBasisPartner"] = form.LegalBasis?.Partner ?? form.LegalBasis?.Fr;
        var now = time.GetUtcNow();
        var url = renderer.VerificationUrl("AAAA-AAAA-AAAA");
        var data = new JsonObject
        {
            ["document"] = new JsonObject
            {
                ["number"] = "APERÇU",
                ["title"] = form.Title.Fr,
                ["specimen"] = true,
                ["formCode"] = form.Code,
                ["provisional"] = false,
                ["language"] = language,
                ["verificationCode"] = "AAAA-AAAA-AAAA",
                ["verificationUrl"] = url,
                ["createdAt"] = now,
                ["date"] = ParisDate.Of(now).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                ["previous"] = null,
            },
            ["answer"] = answer,
        };
        var template = await templates.ReadAsync(Template, version: null, cancellationToken);
        return Results.File((await renderer.PreviewAsync(template, data, now, cancellationToken)).Pdf, "application/pdf");
    }

    private async Task<FormDefinition?> FindAsync(string key, int? version, CancellationToken cancellationToken) =>
        version is null ? (await forms.FindDraftAsync(key, cancellationToken))?.Form : await forms.FindAsync(key, version, cancellationToken);
}
