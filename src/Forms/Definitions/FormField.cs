using Cleiss.Forms.FieldTypes;

namespace Cleiss.Forms.Definitions;

/// <summary>One component of a form, read from form-js's schema with our flat <c>properties</c>.</summary>
public sealed record FormField
{
    public required string Id { get; init; }

    /// <summary>Name of the value in its object; for a group or a repeatable group its <c>path</c>, empty when it keeps no object of its own.</summary>
    public required string Key { get; init; }

    public required FieldType Type { get; init; }

    public required Bilingual Label { get; init; }

    public Bilingual? Help { get; init; }

    public bool Required { get; init; }

    /// <summary>FEEL without the leading <c>=</c>; the field is hidden, and its value dropped, when it is true.</summary>
    public string? HideWhen { get; init; }

    /// <summary>FEEL without the leading <c>=</c>; the field is required when it is true.</summary>
    public string? RequiredWhen { get; init; }

    /// <summary>FEEL of a computed value.</summary>
    public string? Expression { get; init; }

    /// <summary>What must hold, and what ends the matter; see <see cref="FormRules"/>.</summary>
    public IReadOnlyList<FormRule> Rules { get; init; } = [];

    public int? MinLength { get; init; }

    public int? MaxLength { get; init; }

    public decimal? Min { get; init; }

    public decimal? Max { get; init; }

    public string? Pattern { get; init; }

    public IReadOnlyList<FormChoice> Choices { get; init; } = [];

    public IReadOnlyList<FormField> Children { get; init; } = [];

    /// <summary>Rows shown at first in a repeatable group.</summary>
    public int InitialRows { get; init; } = 1;

    /// <summary>JSON pointer of the component in the schema, for messages to its author.</summary>
    public string SchemaPath { get; init; } = "";

    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    public string? Property(string name) => Properties.GetValueOrDefault(name);

    /// <summary>True when anything about the field is decided by an expression.</summary>
    public bool HasExpressions => HideWhen is not null || RequiredWhen is not null || Expression is not null || Rules.Count > 0;

    /// <summary>The field and all below it.</summary>
    public IEnumerable<FormField> SelfAndDescendants() => Children.SelectMany(child => child.SelfAndDescendants()).Prepend(this);
}

public sealed record FormChoice(string Value, Bilingual Label);
