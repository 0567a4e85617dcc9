using System.Reflection;

namespace Cleiss.Host.Hosting;

/// <summary>The product's own assemblies, so that what a project brings is found without a list to keep.</summary>
internal static class ProductAssemblies
{
    public static IReadOnlyList<Assembly> All { get; } = Directory.EnumerateFiles(AppContext.BaseDirectory, "Cleiss.*.dll")
        .Select(file => Path.GetFileNameWithoutExtension(file)!)
        .Where(name => !name.EndsWith("Tests", StringComparison.Ordinal) && name != "Cleiss.TestKit" && !name.EndsWith(".resources", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal)
        .Select(Assembly.Load)
        .ToArray();

    public static IEnumerable<Type> Implementing<T>() => All.SelectMany(assembly => assembly.GetTypes())
        .Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(T)))
        .OrderBy(type => type.FullName, StringComparer.Ordinal);
}
