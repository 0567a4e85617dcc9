using System.Globalization;

namespace Cleiss.Workflows.Referentiels;

/// <summary>Tells what a change changes: « état : signé → en vigueur ».</summary>
internal sealed class Differences
{
    private readonly List<string> _lines = [];

    public bool Any => _lines.Count > 0;

    public static string Day(DateOnly? day) => day?.ToString("dd/MM/yyyy", CultureInfo.InvariantCulture) ?? "";

    public Differences Add(string what, DateOnly? before, DateOnly? after) => Add(what, Day(before), Day(after));

    public Differences Add(string what, string? before, string? after)
    {
        if ((before ?? "") != (after ?? ""))
        {
            _lines.Add($"{what} : {Shown(before)} → {Shown(after)}");
        }

        return this;
    }

    public override string ToString() => _lines.Count == 0 ? "rien n'a changé" : string.Join(" ; ", _lines);

    private static string Shown(string? text) => string.IsNullOrEmpty(text) ? "(vide)" : text;
}
