using System.Reflection;

namespace Cleiss.Forms.FieldTypes;

/// <summary>All field types, found by scanning assemblies.</summary>
public sealed class FieldTypeRegistry
{
    private readonly Dictionary<string, FieldType> _byName;
    private readonly Dictionary<string, FieldType> _plain;

    public FieldTypeRegistry()
        : this([typeof(FieldTypeRegistry).Assembly])
    {
    }

    public FieldTypeRegistry(IEnumerable<Assembly> assemblies)
    {
        All = assemblies
            .SelectMany(assembly => assembly.GetTypes())
            .Where(type => type is { IsAbstract: false } && type.IsAssignableTo(typeof(FieldType)))
            .Select(type => (FieldType)Activator.CreateInstance(type)!)
            .OrderBy(type => type.Name, StringComparer.Ordinal)
            .ToList();
        _byName = All.ToDictionary(type => type.Name, StringComparer.Ordinal);
        _plain = All.Where(type => type.IsPlain).ToDictionary(type => type.FormJsType, StringComparer.Ordinal);
    }

    public IReadOnlyList<FieldType> All { get; }

    /// <summary>The type by its <c>cleiss.type</c>, or the plain type of its form-js type when the property is absent.</summary>
    public FieldType? Find(string? cleissType, string? formJsType) =>
        string.IsNullOrEmpty(cleissType) ? _plain.GetValueOrDefault(formJsType ?? "") : _byName.GetValueOrDefault(cleissType);
}
