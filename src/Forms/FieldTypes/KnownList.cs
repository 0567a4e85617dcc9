using System.Globalization;
using System.Text;
using Cleiss.Forms.Definitions;

namespace Cleiss.Forms.FieldTypes;

/// <summary>A list of codes with their names in both languages, embedded as <c>code;French;partner</c>.</summary>
public sealed class KnownList
{
    private readonly Dictionary<string, KnownName> _byCode = new(StringComparer.OrdinalIgnoreCase);

    public KnownList(string file)
    {
        using var stream = typeof(KnownList).Assembly.GetManifestResourceStream("Cleiss.Forms.FieldTypes." + file)
            ?? throw new InvalidOperationException($"The embedded list {file} is missing.");
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            var cells = line.Split(';');
            _byCode[cells[0]] = new KnownName(cells[0], new Bilingual(cells[1], cells[2]));
        }

        All = [.. _byCode.Values.OrderBy(entry => Plain(entry.Name.Fr), StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>In the order of their French names.</summary>
    public IReadOnlyList<KnownName> All { get; }

    /// <summary>By code; or by its French name, as people type it where a list cannot be opened.</summary>
    public KnownName? Find(string? text)
    {
        var wanted = text?.Trim() ?? "";
        return _byCode.GetValueOrDefault(wanted)
            ?? All.FirstOrDefault(entry => string.Equals(Plain(entry.Name.Fr), Plain(wanted), StringComparison.OrdinalIgnoreCase));
    }

    private static string Plain(string text) =>
        string.Concat(text.Normalize(NormalizationForm.FormD).Where(c => CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark));
}

public sealed record KnownName(string Code, Bilingual Name);
