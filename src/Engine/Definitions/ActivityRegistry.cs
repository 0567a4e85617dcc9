using System.Collections.Frozen;
using System.Reflection;
using Cleiss.Engine.Activities;

namespace Cleiss.Engine.Definitions;

/// <summary>All activity types of the product, found by scanning the assemblies that were registered.</summary>
public sealed class ActivityRegistry
{
    private readonly FrozenDictionary<string, ActivityType> _types;

    public ActivityRegistry(IEnumerable<ActivityAssembly> assemblies)
    {
        var types = new Dictionary<string, ActivityType>(StringComparer.Ordinal);
        foreach (var assembly in assemblies.Select(a => a.Assembly).Distinct())
        {
            foreach (var type in assembly.GetTypes().Where(t => !t.IsAbstract && t.IsSubclassOf(typeof(Activity))))
            {
                if (type.GetCustomAttribute<ActivityAttribute>() is { } attribute)
                {
                    var described = ActivityType.Describe(type, attribute);
                    if (!types.TryAdd(described.TypeName, described))
                    {
                        throw new InvalidOperationException($"Two activities are called {described.TypeName}: {types[described.TypeName].ClrType} and {type}.");
                    }
                }
            }
        }

        _types = types.ToFrozenDictionary(StringComparer.Ordinal);
    }

    public IReadOnlyCollection<ActivityType> All => _types.Values;

    public ActivityType? Find(string typeName) => _types.GetValueOrDefault(typeName);
}

/// <summary>An assembly to scan for activities.</summary>
public sealed record ActivityAssembly(Assembly Assembly);

/// <summary>What reflection knows of one activity class, read once.</summary>
public sealed record ActivityType(
    string TypeName,
    Type ClrType,
    ActivityAttribute Attribute,
    IReadOnlyList<ActivityInput> Inputs,
    IReadOnlyList<PropertyInfo> Outputs,
    IReadOnlyList<PropertyInfo> Ports,
    IReadOnlyList<string> Outcomes)
{
    public Activity Create()
    {
        var activity = (Activity)Activator.CreateInstance(ClrType)!;
        activity.Type = TypeName;
        activity.Version = Attribute.Version;
        activity.DeclaredOutcomes = Outcomes;
        activity.IsTerminal = Attribute.IsTerminal;
        return activity;
    }

    internal static ActivityType Describe(Type type, ActivityAttribute attribute)
    {
        var properties = type.GetProperties(BindingFlags.Instance | BindingFlags.Public).Where(p => p.CanWrite).ToList();
        var ports = properties.Where(p => p.PropertyType == typeof(Activity)).ToList();
        return new ActivityType(
            $"{attribute.Namespace}.{attribute.Type ?? type.Name}",
            type,
            attribute,
            [.. properties
                .Where(p => p.GetCustomAttribute<InputAttribute>() is not null)
                .Select(p => new ActivityInput(p, p.GetCustomAttribute<InputAttribute>()!, p.PropertyType.IsSubclassOf(typeof(Input))))
                .OrderBy(i => i.Attribute.Order)],
            [.. properties.Where(p => p.PropertyType.IsSubclassOf(typeof(Output)))],
            ports,
            type.GetCustomAttribute<FlowNodeAttribute>()?.Outcomes ?? (attribute.IsTerminal ? [] : Activities.Outcomes.Done));
    }
}

/// <param name="IsWrapped">True for <see cref="Input{T}"/>: the value is an expression; false for a raw JSON value.</param>
public sealed record ActivityInput(PropertyInfo Property, InputAttribute Attribute, bool IsWrapped)
{
    public string Name => Property.Name;

    /// <summary>Type of the evaluated value.</summary>
    public Type ValueType => IsWrapped ? Property.PropertyType.GetGenericArguments()[0] : Property.PropertyType;
}
