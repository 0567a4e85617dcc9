using System.Text.Json;
using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.ElsaJson;

namespace Cleiss.Engine.CodeFirst;

/// <summary>Writes activities built in C# as Elsa's definition JSON: the counterpart of <see cref="DefinitionReader"/>.</summary>
public sealed class DefinitionWriter
{
    private readonly ActivityRegistry _registry;
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Func<ActivityExecutionContext, object?>> _delegates = new(StringComparer.Ordinal);

    internal DefinitionWriter(ActivityRegistry registry) => _registry = registry;

    internal IReadOnlyDictionary<string, Func<ActivityExecutionContext, object?>> Delegates => _delegates;

    /// <summary>Writes an activity with all that is nested in it. One without an id gets its type and its place in the order of writing.</summary>
    /// <exception cref="InvalidOperationException">The type is not registered, or one object is used in two places.</exception>
    public JsonObject Write(Activity activity)
    {
        ArgumentNullException.ThrowIfNull(activity);
        var type = _registry.All.FirstOrDefault(known => known.ClrType == activity.GetType())
            ?? throw new InvalidOperationException($"{activity.GetType().FullName} is no registered activity: give it an [Activity] attribute and add its assembly with AddActivitiesFrom.");
        if (activity.Id.Length == 0)
        {
            var simple = type.ClrType.Name;
            _counts[simple] = _counts.GetValueOrDefault(simple) + 1;
            activity.Id = simple + _counts[simple].ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        var json = new JsonObject { ["id"] = activity.Id, ["name"] = activity.Name, ["type"] = type.TypeName, ["version"] = type.Attribute.Version };
        if (activity.CustomProperties.Count > 0)
        {
            json["customProperties"] = activity.CustomProperties.DeepClone();
        }

        if (activity.Metadata.Count > 0)
        {
            json["metadata"] = activity.Metadata.DeepClone();
        }

        WriteInputs(type, activity, json);
        foreach (var property in type.Outputs)
        {
            if (property.GetValue(activity) is Output { MemoryReference: { Length: > 0 } reference })
            {
                json[Key(property.Name)] = new JsonObject { ["memoryReference"] = new JsonObject { ["id"] = reference } };
            }
        }

        foreach (var port in type.Ports)
        {
            if (port.GetValue(activity) is Activity nested)
            {
                json[Key(port.Name)] = Write(nested);
            }
        }

        if (activity is IHasVariables { Variables.Count: > 0 } container)
        {
            json["variables"] = Write(container.Variables);
        }

        (activity as IWritesDefinition)?.Write(json, this);
        return json;
    }

    public JsonArray Write(IEnumerable<Activity> activities) => new([.. activities.Select(Write)]);

    /// <summary>An expression where an activity keeps it itself, such as a case's condition.</summary>
    /// <param name="place">Unique in the definition: under it the code of a lambda is found again.</param>
    public JsonObject Write(Input input, string place)
    {
        ArgumentNullException.ThrowIfNull(input);
        var expression = input.Expression ?? new Expression("Literal", null);
        switch (expression.Value)
        {
            case Func<ActivityExecutionContext, object?> compute:
                _delegates.Add(place, compute);
                return Of("Delegate", place);
            case Variable variable:
                return Of("Variable", Write(variable));
            case var scalar when expression.Type is not "Literal":
                return Of(expression.Type, Values.ToJson(scalar));
            case var literal:
                var value = Values.ToJson(literal);
                return value is JsonArray or JsonObject ? Of("Object", value.ToJsonString()) : Of("Literal", value);
        }
    }

    internal static JsonArray Write(IEnumerable<Variable> variables) => new([.. variables.Select(Write)]);

    internal static JsonObject Write(Variable variable) => new()
    {
        ["id"] = variable.Id,
        ["name"] = variable.Name,
        ["typeName"] = variable.TypeName,
        ["isArray"] = variable.IsArray,
        ["value"] = variable.Default?.DeepClone(),
        ["storageDriverTypeName"] = variable.StorageDriver,
    };

    private void WriteInputs(ActivityType type, Activity activity, JsonObject json)
    {
        foreach (var input in type.Inputs)
        {
            var value = input.Property.GetValue(activity);
            if (value is Input wrapped)
            {
                json[Key(input.Name)] = new JsonObject
                {
                    ["typeName"] = TypeAliases.Of(input.ValueType),
                    ["expression"] = Write(wrapped, $"{activity.Id}.{Key(input.Name)}"),
                };
            }
            else if (value is not null && !input.IsWrapped && !input.Attribute.IsReadByActivity)
            {
                json[Key(input.Name)] = Values.ToJson(value);
            }
        }
    }

    private static JsonObject Of(string type, JsonNode? value) => new() { ["type"] = type, ["value"] = value };

    private static string Key(string name) => JsonNamingPolicy.CamelCase.ConvertName(name);
}

/// <summary>An activity with JSON of its own writes what it reads (<see cref="IReadsDefinition"/>).</summary>
public interface IWritesDefinition
{
    void Write(JsonObject json, DefinitionWriter writer);
}
