using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Cleiss.Forms.Definitions;
using Cleiss.Forms.FieldTypes;
using Cleiss.Persistence.Files;
using Cleiss.Persistence.People;
using Npgsql;

namespace Cleiss.Forms.Catalogue;

/// <summary>Stores a page for each file that a shipped sample names, so that the sample is an answer like any other.</summary>
public sealed class SampleFiles(FormSchemaReader schemaReader, NpgsqlDataSource database, TimeProvider time)
{
    public async Task StoreAsync(ShippedForm form, CancellationToken cancellationToken)
    {
        if (form.Sample is null)
        {
            return;
        }

        var definition = schemaReader.Read(form.Key, 1, FormState.Published, form.Schema, form.Sample);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        foreach (var file in Named(definition.Fields, form.Sample))
        {
            if (FormSchemaReader.Text(file, "id") is { } id)
            {
                FileStore.Write(batch, id, FormSchemaReader.Text(file, "name") ?? "exemple.pdf", MediaSniffer.Pdf, Page(), Actor.System.Id, time.GetUtcNow());
            }
        }

        if (batch.BatchCommands.Count > 0)
        {
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private static IEnumerable<JsonObject> Named(IEnumerable<FormField> fields, JsonObject data) => fields.SelectMany(field => field.Type.Shape switch
    {
        FieldShape.Group => Named(field.Children, field.Key.Length == 0 ? data : data[field.Key] as JsonObject ?? []),
        FieldShape.Rows => (data[field.Key] as JsonArray ?? []).OfType<JsonObject>().SelectMany(row => Named(field.Children, row)),
        _ => field.Type is FieldTypes.File && data[field.Key] is JsonObject file ? [file] : Enumerable.Empty<JsonObject>(),
    });

    /// <summary>An A4 page that says what it is.</summary>
    private static byte[] Page()
    {
        const string Words = "BT /F 14 Tf 70 770 Td (Piece jointe d'exemple) Tj ET";
        string[] objects =
        [
            "<</Type/Catalog/Pages 2 0 R>>",
            "<</Type/Pages/Kids[3 0 R]/Count 1>>",
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
            $"<</Length {Words.Length}>>stream\n{Words}\nendstream",
            "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        ];
        var pdf = new StringBuilder("%PDF-1.4\n");
        var places = new List<int>();
        for (var i = 0; i < objects.Length; i++)
        {
            places.Add(pdf.Length);
            pdf.Append(CultureInfo.InvariantCulture, $"{i + 1} 0 obj\n{objects[i]}\nendobj\n");
        }

        var table = pdf.Length;
        pdf.Append(CultureInfo.InvariantCulture, $"xref\n0 {objects.Length + 1}\n0000000000 65535 f \n");
        places.ForEach(place => pdf.Append(CultureInfo.InvariantCulture, $"{place:0000000000} 00000 n \n"));
        pdf.Append(CultureInfo.InvariantCulture, $"trailer\n<</Size {objects.Length + 1}/Root 1 0 R>>\nstartxref\n{table}\n%%EOF\n");
        return Encoding.ASCII.GetBytes(pdf.ToString());
    }
}
