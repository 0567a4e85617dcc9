using System.Text.Json.Nodes;
using Cleiss.Engine.Composition;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.ElsaJson;
using Cleiss.Persistence.Engine;

namespace Cleiss.Host.ElsaApi.Descriptors;

/// <summary>
/// The activities Studio may draw at one moment: those of the release, and the definitions that are used as activities. Written once and kept
/// until the database says that the definitions are others, whichever host changed them.
/// </summary>
public sealed class Palette(ActivityRegistry registry, UsableDefinitions usable)
{
    private volatile PaletteSnapshot? _last;

    internal async Task<PaletteSnapshot> CurrentAsync(CancellationToken cancellationToken)
    {
        // The stamp first: what changes in between makes the list newer than its stamp, and the next look reads it again.
        var stamp = await usable.StampAsync(cancellationToken);
        return _last is { } last && last.Stamp == stamp ? last : _last = new PaletteSnapshot(registry, stamp, await usable.ListAsync(cancellationToken));
    }
}

internal sealed class PaletteSnapshot
{
    private readonly Dictionary<(string DefinitionId, string VersionId), JsonObject> _definitions;
    private readonly Dictionary<string, JsonObject> _offered;
    private readonly Lazy<SentOnce> _sent;

    public PaletteSnapshot(ActivityRegistry registry, string stamp, IReadOnlyList<UsableDefinition> usable)
    {
        Registry = registry;
        Stamp = stamp;
        var described = usable.Select(one => (One: one, Descriptor: DefinitionDescriptors.Describe(
            one.Id, one.DefinitionId, one.Version, one.Name, one.Description, one.IsOffered, one.Document))).ToList();
        _definitions = described.ToDictionary(pair => (pair.One.DefinitionId, pair.One.Id), pair => pair.Descriptor);
        _offered = described.Where(pair => pair.One.IsOffered).ToDictionary(pair => pair.One.DefinitionId, pair => pair.Descriptor, StringComparer.Ordinal);
        _sent = new(() => SentOnce.List(
            [.. registry.All.OrderBy(type => type.TypeName, StringComparer.Ordinal).Select(ActivityDescriptors.Describe), .. described.Select(pair => pair.Descriptor)]));
    }

    public ActivityRegistry Registry { get; }

    public string Stamp { get; }

    public SentOnce Sent => _sent.Value;

    public JsonObject? Find(string typeName, int? version)
    {
        if (Registry.Find(typeName) is { } type)
        {
            return version is null || version == type.Attribute.Version ? ActivityDescriptors.Describe(type) : null;
        }

        return _definitions.Values.Where(descriptor => descriptor["typeName"]!.GetValue<string>() == typeName)
            .Where(descriptor => version is null || descriptor["version"]!.GetValue<int>() == version)
            .MaxBy(descriptor => descriptor["version"]!.GetValue<int>())?.DeepClone().AsObject();
    }

    /// <summary>
    /// What Studio draws an activity by; null when it cannot. An activity that stands for a definition is found by that definition and
    /// version, whatever type name the server it comes from gave it; one without a version is drawn as the published one, as it runs.
    /// </summary>
    public (string TypeName, int Version)? DrawnAs(JsonObject activity)
    {
        var typeName = activity["type"]?.ToString() ?? "";
        if (Registry.Find(typeName) is { } type && type.ClrType != typeof(WorkflowDefinitionActivity))
        {
            return (typeName, type.Attribute.Version);
        }

        if (!NestedDefinitions.IsUse(activity))
        {
            return null;
        }

        var definitionId = activity["workflowDefinitionId"]!.GetValue<string>();
        var found = _definitions.GetValueOrDefault((definitionId, activity["workflowDefinitionVersionId"]?.ToString() ?? "")) ?? _offered.GetValueOrDefault(definitionId);
        return found is null ? null : (found["typeName"]!.GetValue<string>(), found["version"]!.GetValue<int>());
    }
}
