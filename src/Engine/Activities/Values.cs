using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Xml;

namespace Cleiss.Engine.Activities;

/// <summary>
/// Conversions between what definitions, scripts and stored state hold (scalars and JSON) and what an input's type asks for. Follows Elsa in
/// being lenient with text: "true", "12", "PT1H" and "01:00:00" become what the input needs.
/// </summary>
public static class Values
{
    private static readonly ConcurrentDictionary<Type, Func<object, object?>> Converters = [];

    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter() },
    };

    /// <exception cref="FormatException">The value cannot be read as <typeparamref name="T"/>; the message says what was given.</exception>
    public static T? Convert<T>(object? value) => value switch
    {
        null => default,
        T already => already,
        _ => (T?)Convert(value, typeof(T)),
    };

    /// <inheritdoc cref="Convert{T}(object?)"/>
    public static object? Convert(object? value, Type target)
    {
        if (value is JsonElement element)
        {
            value = element.ValueKind == JsonValueKind.Null ? null : JsonNode.Parse(element.GetRawText());
        }

        if (value is null)
        {
            return target.IsValueType && Nullable.GetUnderlyingType(target) is null ? Activator.CreateInstance(target) : null;
        }

        if (target.IsInstanceOfType(value))
        {
            return target == typeof(object) && value is JsonValue scalar ? Unwrap(scalar) : value;
        }

        try
        {
            return Converters.GetOrAdd(Nullable.GetUnderlyingType(target) ?? target, MakeConverter)(value);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or InvalidCastException or OverflowException or NotSupportedException)
        {
            throw new FormatException($"The value {Describe(value)} cannot be read as {target.Name}.", e);
        }
    }

    /// <summary>The JSON form of a value; the same node when it already is one without a parent.</summary>
    public static JsonNode? ToJson(object? value) => value switch
    {
        null => null,
        JsonNode node => node.Parent is null ? node : node.DeepClone(),
        string text => JsonValue.Create(text),
        bool flag => JsonValue.Create(flag),
        int number => JsonValue.Create(number),
        long number => JsonValue.Create(number),
        double number => JsonValue.Create(number),
        decimal number => JsonValue.Create(number),
        _ => JsonSerializer.SerializeToNode(value, Json),
    };

    /// <summary>Writes a value as JSON. Nothing is written when it throws.</summary>
    internal static void Write(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case string text:
                json.WriteStringValue(text);
                break;
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case int number:
                json.WriteNumberValue(number);
                break;
            case long number:
                json.WriteNumberValue(number);
                break;
            case decimal number:
                json.WriteNumberValue(number);
                break;
            case Enum name:
                json.WriteStringValue(name.ToString());
                break;
            case string[] texts:
                json.WriteStartArray();
                Array.ForEach(texts, json.WriteStringValue);
                json.WriteEndArray();
                break;
            case JsonNode node:
                node.WriteTo(json);
                break;
            default:
                json.WriteRawValue(JsonSerializer.SerializeToUtf8Bytes(value, value.GetType(), Json), skipInputValidation: true);
                break;
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote, as <see cref="Unwrap"/> gives it; the reader stands on the value, and on its end afterwards.</summary>
    internal static object? Read(ref Utf8JsonReader json)
    {
        switch (json.TokenType)
        {
            case JsonTokenType.Null:
                return null;
            case JsonTokenType.String:
                return json.GetString();
            case JsonTokenType.True:
                return true;
            case JsonTokenType.False:
                return false;
            case JsonTokenType.Number:
                return json.TryGetInt64(out var whole) ? whole : UnwrapNumber(Encoding.UTF8.GetString(json.ValueSpan));
            default:
                return JsonNode.Parse(ref json);
        }
    }

    /// <summary>Text for people and for <c>WriteLine</c>.</summary>
    public static string ToText(object? value) => value switch
    {
        null => "",
        string text => text,
        bool flag => flag ? "true" : "false",
        JsonValue scalar => ToText(Unwrap(scalar)),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => ToJson(value)?.ToJsonString() ?? "",
    };

    /// <summary>A JSON scalar as CLR value: string, bool, long, decimal or double; anything else as it is.</summary>
    public static object? Unwrap(JsonNode? node)
    {
        if (node is not JsonValue scalar)
        {
            return node;
        }

        // Statements, not one conditional expression: JsonNode converts implicitly from scalars and would wrap them again.
        switch (scalar.GetValueKind())
        {
            case JsonValueKind.String:
                return scalar.TryGetValue<string>(out var text) ? text : scalar.ToJsonString().Trim('"');
            case JsonValueKind.True:
                return true;
            case JsonValueKind.False:
                return false;
            case JsonValueKind.Number:
                return UnwrapNumber(scalar.ToJsonString());
            default:
                return null;
        }
    }

    private static object UnwrapNumber(string digits)
    {
        if (long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
        {
            return whole;
        }

        return decimal.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out var exact)
            ? exact
            : double.Parse(digits, CultureInfo.InvariantCulture);
    }

    private static Func<object, object?> MakeConverter(Type target)
    {
        if (target == typeof(string))
        {
            return static value => ToText(value);
        }

        if (target == typeof(TimeSpan))
        {
            return static value => ParseTimeSpan(ToText(value));
        }

        if (target == typeof(DateTimeOffset))
        {
            return static value => DateTimeOffset.Parse(ToText(value), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        }

        if (target.IsEnum)
        {
            return value => Enum.Parse(target, ToText(value), ignoreCase: true);
        }

        if (target == typeof(bool))
        {
            return static value => Number(value) is { } number
                ? System.Convert.ToBoolean(number, CultureInfo.InvariantCulture)
                : ToText(value) is { Length: > 0 } text && bool.Parse(text);
        }

        if (target.IsPrimitive || target == typeof(decimal))
        {
            // A number is rounded to what the input holds, as Elsa does; text must be exact.
            return value => System.Convert.ChangeType(Number(value) ?? ToText(value), target, CultureInfo.InvariantCulture);
        }

        // An array or object typed as text holds JSON; a lone scalar given to a list becomes a list of one.
        var isList = target != typeof(byte[]) && typeof(System.Collections.IEnumerable).IsAssignableFrom(target) && !typeof(JsonNode).IsAssignableFrom(target);
        return value => (value is JsonValue scalar ? Unwrap(scalar) : value) is not string text
            ? ToJson(value).Deserialize(target, Json)
            : LooksLikeJson(text) ? JsonSerializer.Deserialize(text, target, Json)
            : isList ? JsonSerializer.Deserialize(JsonSerializer.Serialize(new[] { text }), target, Json)
            : JsonValue.Create(text).Deserialize(target, Json);
    }

    private static object? Number(object value) => (value is JsonValue scalar ? Unwrap(scalar) : value) switch
    {
        (long or int or short or byte or double or float or decimal) and var number => number,
        _ => null,
    };

    private static bool LooksLikeJson(string text) => text.AsSpan().TrimStart() is ['[' or '{' or '"', ..];

    private static TimeSpan ParseTimeSpan(string text) =>
        text.StartsWith('P') || text.StartsWith("-P", StringComparison.Ordinal)
            ? XmlConvert.ToTimeSpan(text)
            : TimeSpan.Parse(text, CultureInfo.InvariantCulture);

    private static string Describe(object value)
    {
        var text = ToText(value);
        return text.Length > 60 ? $"« {text[..60]}… »" : $"« {text} »";
    }
}
