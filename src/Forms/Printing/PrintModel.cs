using Cleiss.Forms.Definitions;

namespace Cleiss.Forms.Printing;

/// <summary>A filled form as a document prints it, in both languages.</summary>
public sealed record PrintModel(string TitleFr, string TitlePartner, string? Code, string? PartnerCode, string PartnerLanguage, IReadOnlyList<PrintSection> Sections);

/// <param name="Number">« 1 », « 2.1 »…</param>
public sealed record PrintSection(string Number, string TitleFr, string TitlePartner, IReadOnlyList<PrintRow> Rows, IReadOnlyList<PrintTable> Tables);

/// <param name="Number">« 1.1 », « 1.2 »…, within the section.</param>
public sealed record PrintRow(string Number, string LabelFr, string LabelPartner, string ValueFr, string ValuePartner);

public sealed record PrintTable(string TitleFr, string TitlePartner, IReadOnlyList<PrintText> Columns, IReadOnlyList<IReadOnlyList<PrintText>> Rows);

public sealed record PrintText(string Fr, string Partner)
{
    public static PrintText Of(Bilingual text) => new(text.Fr, text.Partner ?? text.Fr);
}
