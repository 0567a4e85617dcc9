using System.Globalization;
using System.Text.Json.Nodes;
using Cleiss.Forms.Definitions;
using Cleiss.Forms.FieldTypes;

namespace Cleiss.Forms.Printing;

/// <summary>Turns an answer into numbered sections, rows and tables; identifiers are printed in full, hidden fields are absent.</summary>
public static class FormPrint
{
    /// <param name="data">Validated and normalised.</param>
    public static PrintModel Build(FormDefinition form, JsonObject data, string partnerLanguage)
    {
        var sections = new List<PrintSection>();
        var loose = new Section("", Bilingual.Empty);
        foreach (var field in form.Fields)
        {
            if (field.Type.Shape == FieldShape.Group)
            {
                Flush();
                var section = new Section(Next(), field.Label);
                section.Add(field.Children, field.Key.Length == 0 ? data : data[field.Key] as JsonObject, partnerLanguage, null);
                section.AppendTo(sections);
            }
            else if (field.Type.Shape == FieldShape.Rows)
            {
                Flush();
                var section = new Section(Next(), field.Label);
                section.Add([field], data, partnerLanguage, null);
                section.AppendTo(sections);
            }
            else
            {
                loose = loose.Title == Bilingual.Empty && loose.Number.Length == 0 ? new Section(Next(), form.Title) : loose;
                loose.Add([field], data, partnerLanguage, null);
            }
        }

        Flush();
        return new PrintModel(form.Title.Fr, form.Title.Partner ?? form.Title.Fr, form.Code, form.PartnerCode, partnerLanguage, sections);

        string Next() => (sections.Count + 1).ToString(CultureInfo.InvariantCulture);

        void Flush()
        {
            loose.AppendTo(sections);
            loose = new Section("", Bilingual.Empty);
        }
    }

    private sealed class Section(string number, Bilingual title)
    {
        private readonly List<PrintRow> _rows = [];
        private readonly List<PrintTable> _tables = [];

        public string Number => number;

        public Bilingual Title => title;

        public void Add(IReadOnlyList<FormField> fields, JsonObject? data, string language, Bilingual? within)
        {
            foreach (var field in fields)
            {
                switch (field.Type.Shape)
                {
                    case FieldShape.Group:
                        var inner = field.Key.Length == 0 ? data : data?[field.Key] as JsonObject;
                        Add(field.Children, inner, language, Below(within, field.Label));
                        break;
                    case FieldShape.Rows:
                        _tables.Add(Table(field, data?[field.Key] as JsonArray ?? [], language));
                        break;
                    case FieldShape.Value when data is not null && data.TryGetPropertyValue(field.Key, out var value) && !(field.Type.IsEmpty(value) && field.Type is not Checkbox):
                        var label = Below(within, field.Label);
                        var print = field.Type.Print(field, value, language);
                        var place = string.Create(CultureInfo.InvariantCulture, $"{number}.{_rows.Count + 1}");
                        _rows.Add(new PrintRow(place, label.Fr, label.Partner ?? label.Fr, print.Fr, print.Partner ?? print.Fr));
                        break;
                }
            }
        }

        public void AppendTo(List<PrintSection> sections)
        {
            if (_rows.Count + _tables.Count > 0)
            {
                // A section whose fields are all hidden is not printed; the numbers stay without a gap.
                sections.Add(new PrintSection(number, title.Fr, title.Partner ?? title.Fr, _rows, _tables));
            }
        }

        private static Bilingual Below(Bilingual? outer, Bilingual label) =>
            outer is null ? label : new Bilingual($"{outer.Fr} – {label.Fr}", $"{outer.Partner ?? outer.Fr} – {label.Partner ?? label.Fr}");

        private static PrintTable Table(FormField field, JsonArray rows, string language)
        {
            var columns = Columns(field.Children, null).ToList();
            return new PrintTable(
                field.Label.Fr,
                field.Label.Partner ?? field.Label.Fr,
                [.. columns.Select(column => PrintText.Of(column.Label))],
                [.. rows.OfType<JsonObject>().Select(row => (IReadOnlyList<PrintText>)[.. columns.Select(column => Cell(column, row, language))])]);
        }

        private static PrintText Cell(Column column, JsonObject row, string language)
        {
            JsonNode? value = row;
            foreach (var step in column.Steps)
            {
                value = (value as JsonObject)?[step];
            }

            return column.Field.Type.IsEmpty(value) ? new PrintText("", "") : PrintText.Of(column.Field.Type.Print(column.Field, value, language));
        }

        private static IEnumerable<Column> Columns(IReadOnlyList<FormField> fields, IReadOnlyList<string>? steps)
        {
            foreach (var field in fields)
            {
                if (field.Type.Shape == FieldShape.Group)
                {
                    foreach (var column in Columns(field.Children, field.Key.Length == 0 ? steps : [.. steps ?? [], field.Key]))
                    {
                        yield return column;
                    }
                }
                else if (field.Type.Shape == FieldShape.Value)
                {
                    yield return new Column(field, field.Label, [.. steps ?? [], field.Key]);
                }
            }
        }

        private sealed record Column(FormField Field, Bilingual Label, IReadOnlyList<string> Steps);
    }
}
