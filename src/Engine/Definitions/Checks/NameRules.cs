using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;

namespace Cleiss.Engine.Definitions.Checks;

/// <summary>Variables of one scope have names of their own; workflows that are started by others exist.</summary>
internal sealed class NameRules(IDefinitionStore definitions) : IWorkflowRule
{
    public async IAsyncEnumerable<DefinitionProblem> CheckAsync(DefinitionView definition, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var scopes = definition.Activities.Where(activity => activity is IHasVariables)
            .Select(activity => (Json: definition.JsonOf(activity), Path: definition.PathOf(activity)))
            .Prepend((Json: definition.Document, Path: "$"));
        foreach (var (json, path) in scopes)
        {
            foreach (var problem in Twins(json["variables"] as JsonArray ?? [], path + ".variables"))
            {
                yield return problem;
            }
        }

        HashSet<string>? known = null;
        foreach (var activity in definition.Activities)
        {
            if (WorkflowStartedBy(activity) is not { } started || started == definition.Compiled.DefinitionId)
            {
                continue;
            }

            known ??= (await definitions.ListAsync(null, cancellationToken)).Select(version => version.DefinitionId).ToHashSet(StringComparer.Ordinal);
            if (!known.Contains(started))
            {
                yield return new DefinitionProblem(
                    "CLS-1017", definition.PathOfInput(activity, "WorkflowDefinitionId"),
                    $"« {activity.DisplayText} » lance la procédure « {started} », qui n'existe pas. Procédures : {string.Join(", ", known.Order(StringComparer.Ordinal))}.");
            }
        }
    }

    private static IEnumerable<DefinitionProblem> Twins(JsonArray variables, string path)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < variables.Count; i++)
        {
            if (variables[i]?["name"]?.ToString() is { Length: > 0 } name && !names.Add(name))
            {
                yield return new DefinitionProblem(
                    "CLS-1018", $"{path}[{i}].name", $"Deux variables s'appellent « {name} » (majuscules et minuscules ne les distinguent pas dans les scripts). Renommez l'une d'elles.");
            }
        }
    }

    /// <summary>The definition an activity starts, when that is written down: the input has the same name in all of Elsa's activities that do.</summary>
    private static string? WorkflowStartedBy(Activity activity)
    {
        var input = activity.Inputs.All.FirstOrDefault(input => input is { Name: "WorkflowDefinitionId", Source: InputSource.Constant });
        return input?.Constant as string is { Length: > 0 } id ? id : null;
    }
}
