using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Definitions;

namespace Cleiss.Engine.ElsaJson;

/// <summary>What Elsa Studio needs to know of an activity type, made from its class alone: palette entry, ports, inputs and their editors.</summary>
public static class ActivityDescriptors
{
    private static readonly ConcurrentDictionary<ActivityType, string> Described = [];

    /// <summary>The descriptor of one type; the caller may change it.</summary>
    public static JsonObject Describe(ActivityType type) =>
        JsonNode.Parse(Described.GetOrAdd(type, static type => Make(type).ToJsonString()))!.AsObject();

    private static JsonObject Make(ActivityType type)
    {
        var attribute = type.Attribute;
        return new JsonObject
        {
            ["typeName"] = type.TypeName,
            ["version"] = attribute.Version,
            ["namespace"] = attribute.Namespace,
            ["name"] = attribute.Type ?? type.ClrType.Name,
            ["displayName"] = attribute.DisplayName ?? type.ClrType.Name,
            ["description"] = attribute.Description,
            ["category"] = attribute.Category,
            ["kind"] = attribute.Kind.ToString(),
            ["isBrowsable"] = attribute.IsBrowsable,
            ["isContainer"] = attribute.IsContainer,
            ["isStart"] = attribute.IsStart,
            ["isTerminal"] = attribute.IsTerminal,
            ["ports"] = new JsonArray([.. Ports(type)]),
            ["inputs"] = new JsonArray([.. type.Inputs.Select(Input)]),
            ["outputs"] = new JsonArray([.. type.Outputs.Select(Output).OrderBy(output => output["order"]!.GetValue<float>())]),
            // Any activity that does something may be tried again; Studio then shows the tab where the strategy is chosen.
            ["customProperties"] = attribute is { IsBrowsable: true, IsContainer: false, IsStart: false, IsTerminal: false }
                ? new JsonObject { ["Resilient"] = true, ["ResilienceCategory"] = attribute.Namespace }
                : new JsonObject(),
            ["constructionProperties"] = new JsonObject(),
        };
    }

    private static IEnumerable<JsonObject> Ports(ActivityType type)
    {
        foreach (var property in type.Ports.Where(port => port.GetCustomAttribute<PortAttribute>() is not null))
        {
            var port = property.GetCustomAttribute<PortAttribute>()!;
            yield return Port(property.Name, port.DisplayName, "Embedded", port.IsBrowsable);
        }

        // Without a flow port Studio adds « Done » itself, unless the activity is terminal.
        var flow = type.ClrType.GetCustomAttribute<FlowNodeAttribute>();
        for (var i = 0; i < (flow?.Outcomes.Count ?? 0); i++)
        {
            yield return Port(flow!.Outcomes[i], flow.DisplayNames?.ElementAtOrDefault(i), "Flow", isBrowsable: true);
        }
    }

    private static JsonObject Port(string name, string? displayName, string type, bool isBrowsable) =>
        new() { ["name"] = name, ["displayName"] = displayName ?? name, ["type"] = type, ["isBrowsable"] = isBrowsable };

    private static JsonObject Input(ActivityInput input)
    {
        var attribute = input.Attribute;
        return new JsonObject
        {
            ["name"] = input.Name,
            ["typeName"] = attribute.TypeName ?? TypeAliases.Of(input.ValueType),
            ["displayName"] = attribute.DisplayName ?? input.Name,
            ["description"] = attribute.Description ?? "",
            ["order"] = attribute.Order,
            ["isBrowsable"] = attribute.IsBrowsable,
            ["isSynthetic"] = false,
            ["isWrapped"] = input.IsWrapped,
            ["uiHint"] = attribute.UIHint,
            ["category"] = attribute.Category,
            ["defaultValue"] = Values.ToJson(attribute.DefaultValue),
            ["defaultSyntax"] = attribute.DefaultSyntax ?? "Literal",
            ["isReadOnly"] = attribute.IsReadOnly,
            ["isSensitive"] = attribute.IsSensitive,
            ["storageDriverType"] = null,
            ["uiSpecifications"] = UISpecifications(attribute),
        };
    }

    private static JsonObject UISpecifications(InputAttribute attribute)
    {
        var specifications = new JsonObject();
        if (attribute.Options is { } options)
        {
            var items = options.Select(option => option.Split('=', 2)).Select(parts => new JsonObject { ["text"] = parts[^1], ["value"] = parts[0] });
            var list = new JsonObject { ["items"] = new JsonArray([.. items]), ["isFlagsEnum"] = false };
            switch (attribute.UIHint)
            {
                case "checklist":
                    specifications["checklist"] = new JsonObject { ["checkList"] = list };
                    break;
                case "radiolist":
                    specifications["radiolist"] = new JsonObject { ["radioList"] = list };
                    break;
                default:
                    list["sortItems"] = false;
                    specifications["dropdown"] = new JsonObject { ["selectList"] = list };
                    break;
            }
        }

        if (attribute.UIHint == "code-editor")
        {
            specifications["code-editor"] = new JsonObject { ["language"] = attribute.Language ?? "javascript", ["editorHeight"] = "Large", ["singleLineMode"] = false };
        }

        if (attribute.FixedOutcomes is { } outcomes)
        {
            specifications["DynamicOutcomesOptions"] = new JsonObject { ["fixedOutcomes"] = new JsonArray([.. outcomes.Select(outcome => JsonValue.Create(outcome))]) };
        }

        if (attribute.Refresh)
        {
            specifications["Refresh"] = true;
        }

        return specifications;
    }

    private static JsonObject Output(PropertyInfo property)
    {
        var attribute = property.GetCustomAttribute<OutputAttribute>() ?? new OutputAttribute();
        return new JsonObject
        {
            ["name"] = property.Name,
            ["typeName"] = TypeAliases.Of(property.PropertyType.GetGenericArguments()[0]),
            ["displayName"] = attribute.DisplayName ?? property.Name,
            ["description"] = attribute.Description ?? "",
            ["order"] = attribute.Order,
            ["isBrowsable"] = attribute.IsBrowsable,
            ["isSynthetic"] = false,
            ["isSerializable"] = true,
        };
    }
}

/// <summary>Elsa's short names of types, as definitions and descriptors use them.</summary>
public static class TypeAliases
{
    private static readonly Dictionary<Type, string> Names = new()
    {
        [typeof(string)] = "String",
        [typeof(bool)] = "Boolean",
        [typeof(int)] = "Int32",
        [typeof(long)] = "Int64",
        [typeof(float)] = "Single",
        [typeof(double)] = "Double",
        [typeof(decimal)] = "Decimal",
        [typeof(Guid)] = "Guid",
        [typeof(DateTime)] = "DateTime",
        [typeof(DateTimeOffset)] = "DateTimeOffset",
        [typeof(TimeSpan)] = "TimeSpan",
        [typeof(byte[])] = "ByteArray",
        [typeof(JsonObject)] = "ObjectDictionary",
        [typeof(JsonNode)] = "JsonNode",
    };

    public static string Of(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (Names.TryGetValue(type, out var name))
        {
            return name;
        }

        if (type.IsEnum)
        {
            return type.Name;
        }

        return type.IsArray ? Of(type.GetElementType()!) + "[]" : "Object";
    }
}
