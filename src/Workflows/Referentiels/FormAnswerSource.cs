using System.Text.Json.Nodes;
using Cleiss.Documents.Rendering;
using Cleiss.Engine.Activities;
using Cleiss.Forms.Answers;
using Cleiss.Forms.Catalogue;
using Cleiss.Forms.Definitions;
using Cleiss.Forms.Printing;
using Cleiss.Persistence;
using Npgsql;

namespace Cleiss.Workflows.Referentiels;

/// <summary>Gives documents what people filled in, read with the version of the form it was given on.</summary>
internal sealed class FormAnswerSource(
    AnswerStore answers, FormStore forms, ReferenceData reference, NpgsqlDataSource database, IEnumerable<IPrintedData> others) : IAnswerSource
{
    public async Task<JsonObject?> FindAsync(string answerId, string language, CancellationToken cancellationToken)
    {
        foreach (var other in others)
        {
            if (await other.FindAsync(answerId, cancellationToken) is { } data)
            {
                return new JsonObject { ["titleFr"] = other.TitleFr, ["data"] = data };
            }
        }

        if (await answers.FindAsync(answerId, cancellationToken) is not { } answer
            || await forms.FindAsync(answer.FormKey, answer.FormVersion, cancellationToken) is not { } form)
        {
            return null;
        }

        var partner = answer.CaseId is null ? null : await FindPartnerAsync(answer.CaseId, cancellationToken);
        // A form without a second language is printed in French, whatever the partner reads.
        var print = Values.ToJson(FormPrint.Build(form, answer.Data, form.PartnerLanguage is null ? "fr" : language))!.AsObject();
        print["data"] = answer.Data.DeepClone();
        print["legalBasisFr"] = form.LegalBasis?.Fr;
        print["legalBasisPartner"] = form.LegalBasis?.Partner ?? form.LegalBasis?.Fr;
        print["agreementFr"] = partner?.AgreementFr;
        print["agreementPartner"] = partner?.AgreementPartner ?? partner?.AgreementFr;
        return print;
    }

    public async Task<JsonObject?> FindCaseAsync(string caseId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select reference, test from cases where id = $1");
        command.AddParameters(Sql.Text(caseId));
        string caseReference;
        bool test;
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            if (!await reader.ReadAsync(cancellationToken))
            {
                return null;
            }

            (caseReference, test) = (reader.GetString(0), reader.GetBoolean(1));
        }

        var partner = await FindPartnerAsync(caseId, cancellationToken);
        return new JsonObject
        {
            ["reference"] = caseReference,
            ["test"] = test,
            ["partnerReference"] = await FindTextAsync(caseId, "referencePartenaire", cancellationToken),
            ["institution"] = partner is null ? null : new JsonObject
            {
                ["name"] = partner.Name,
                ["address"] = new JsonArray([.. partner.Address.Split('\n').Select(line => JsonValue.Create(line))]),
                ["country"] = partner.Country,
            },
        };
    }

    public async Task<JsonObject?> FindQuotableAsync(string answerId, CancellationToken cancellationToken)
    {
        if (await answers.FindAsync(answerId, cancellationToken) is not { } answer
            || await forms.FindAsync(answer.FormKey, answer.FormVersion, cancellationToken) is not { } form)
        {
            return null;
        }

        var quotable = answer.Data.DeepClone().AsObject();
        RemoveSecrets(form.Fields, quotable);
        return quotable;
    }

    public async Task<string?> FindTextAsync(string caseId, string field, CancellationToken cancellationToken) =>
        (await answers.ListByCaseAsync(caseId, cancellationToken)).Reverse()
        .Select(answer => answer.Data[field] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null)
        .FirstOrDefault(text => !string.IsNullOrWhiteSpace(text));

    public async Task<(string FileId, string Name)?> FindFileAsync(string caseId, string field, CancellationToken cancellationToken)
    {
        foreach (var answer in (await answers.ListByCaseAsync(caseId, cancellationToken)).Reverse())
        {
            if (answer.Data[field] is JsonObject file && file["id"]?.GetValue<string>() is { } id)
            {
                return (id, file["name"]?.GetValue<string>() ?? id);
            }
        }

        return null;
    }

    private static void RemoveSecrets(IReadOnlyList<FormField> fields, JsonObject data)
    {
        foreach (var field in fields)
        {
            if (field.Type.IsSecret)
            {
                data.Remove(field.Key);
            }
            else if (field.Children.Count > 0)
            {
                foreach (var within in field.Key.Length == 0 ? [data] : data[field.Key] is JsonArray rows ? rows.OfType<JsonObject>() : new[] { data[field.Key] }.OfType<JsonObject>())
                {
                    RemoveSecrets(field.Children, within);
                }
            }
        }
    }

    private async Task<LiaisonBody?> FindPartnerAsync(string caseId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select agreement_iso from cases where id = $1");
        command.AddParameters(Sql.Text(caseId));
        return await command.ExecuteScalarAsync(cancellationToken) is string iso ? await reference.FindInstitutionAsync(iso, cancellationToken) : null;
    }
}
