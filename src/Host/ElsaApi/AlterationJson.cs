using System.Text.Json;
using System.Text.Json.Nodes;
using Cleiss.Engine.Alterations;

namespace Cleiss.Host.ElsaApi;

/// <summary>One alteration as Elsa writes it: <c>type</c> and the members of that type.</summary>
internal sealed record AlterationJson(string Type, JsonObject Json, IReadOnlyList<string> Faults)
{
    private static readonly Dictionary<string, string[]> Required = new(StringComparer.Ordinal)
    {
        ["Cancel"] = [],
        ["CancelActivity"] = ["activityId|activityInstanceId"],
        ["Migrate"] = ["targetVersion"],
        ["ModifyVariable"] = ["variableId"],
        ["RetryIncidents"] = [],
        ["SkipActivity"] = ["activityId|activityInstanceId"],
    };

    public static AlterationJson Read(JsonObject json)
    {
        var type = Text(json, "type") ?? "";
        if (!Required.TryGetValue(type, out var members))
        {
            return new(type, json, [$"« {type} » n'est pas une modification connue. Types : {string.Join(", ", Required.Keys)}."]);
        }

        var read = new AlterationJson(type, json, []);
        if (type == "Migrate" && json["targetVersion"] is JsonValue && read.Version() is null)
        {
            return read with { Faults = [$"Migrate : « {json["targetVersion"]} » n'est pas un numéro de version."] };
        }

        var missing = members.Where(member => !member.Split('|').Any(name => json[name] is JsonValue)).ToList();
        return read with { Faults = [.. missing.Select(member => $"{type} : il manque « {member.Replace("|", " » ou « ", StringComparison.Ordinal)} ».")] };
    }

    /// <summary>Only when there are no faults.</summary>
    public Alteration ToAlteration()
    {
        var handle = new ActivityHandle(Text(Json, "activityId"), Text(Json, "activityInstanceId"));
        return Type switch
        {
            "Cancel" => new CancelInstance(),
            "CancelActivity" => new CancelActivity(handle),
            "ModifyVariable" => new ModifyVariable(Text(Json, "variableId")!, Json["value"]),
            "SkipActivity" => new SkipActivity(handle, (Json["outcomes"] as JsonArray)?.Select(outcome => outcome?.ToString() ?? "").ToList()),
            "RetryIncidents" => new RetryIncidents(handle is { ActivityId: null, ActivityInstanceId: null } ? null : handle),
            "Migrate" => new Migrate(Version() ?? 0, Mappings()),
            _ => throw new InvalidOperationException($"{Type} was read with faults."),
        };
    }

    private int? Version() => int.TryParse(Text(Json, "targetVersion"), System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : null;

    private Dictionary<string, string>? Mappings() =>
        (Json["mappings"] as JsonObject)?.Where(pair => pair.Value is JsonValue).ToDictionary(pair => pair.Key, pair => pair.Value!.ToString(), StringComparer.Ordinal);

    private static string? Text(JsonObject json, string name) =>
        json[name] is JsonValue value && value.GetValueKind() is JsonValueKind.String or JsonValueKind.Number ? json[name]!.ToString() : null;
}
