using Cleiss.Engine.Activities;
using Cleiss.Engine.Definitions;

namespace Cleiss.Engine.Alterations;

/// <summary>
/// How instances of one version would go on in another: each activity of the old version with its counterpart, found by id, else by type
/// and name when exactly one fits, unless the caller says otherwise.
/// </summary>
public sealed class MigrationPlan
{
    private readonly Dictionary<string, Activity> _targets = new(StringComparer.Ordinal);

    public MigrationPlan(CompiledWorkflow source, CompiledWorkflow target, IReadOnlyDictionary<string, string>? mappings = null)
    {
        (Source, Target) = (source, target);
        foreach (var activity in source.Activities.Values)
        {
            if (Counterpart(activity, mappings) is { } found)
            {
                _targets[activity.Id] = found;
            }
        }
    }

    public CompiledWorkflow Source { get; }

    public CompiledWorkflow Target { get; }

    /// <summary>What is wrong with the mappings themselves, whatever the instance.</summary>
    public IReadOnlyList<string> Refusals => _refusals;

    private readonly List<string> _refusals = [];

    /// <summary>Activity id in the old version → id in the new one.</summary>
    public IReadOnlyDictionary<string, string> ActivityIds => _targets.ToDictionary(pair => pair.Key, pair => pair.Value.Id, StringComparer.Ordinal);

    /// <summary>The counterpart of an activity; null when it has none.</summary>
    public Activity? Find(string sourceActivityId) => _targets.GetValueOrDefault(sourceActivityId);

    private Activity? Counterpart(Activity activity, IReadOnlyDictionary<string, string>? mappings)
    {
        if (mappings is not null && mappings.TryGetValue(activity.Id, out var wanted))
        {
            if (!Target.Activities.TryGetValue(wanted, out var chosen))
            {
                _refusals.Add($"« {activity.DisplayText} » est envoyée vers « {wanted} », que la version {Target.Version} n'a pas. Choisissez une activité de cette version.");
                return null;
            }

            if (chosen.Type != activity.Type)
            {
                _refusals.Add($"« {activity.DisplayText} » ({activity.Type}) est envoyée vers « {chosen.DisplayText} », qui est du type {chosen.Type}. Choisissez une activité du même type.");
                return null;
            }

            return chosen;
        }

        if (Target.Activities.TryGetValue(activity.Id, out var same) && same.Type == activity.Type)
        {
            return same;
        }

        // The root has its place rather than its name.
        if (activity == Source.Root)
        {
            return Target.Root.Type == activity.Type ? Target.Root : null;
        }

        var alike = Target.Activities.Values
            .Where(candidate => candidate.Type == activity.Type && candidate.Name is { Length: > 0 } && candidate.Name == activity.Name
                && !Source.Activities.ContainsKey(candidate.Id))
            .Take(2).ToList();
        return alike.Count == 1 ? alike[0] : null;
    }
}
