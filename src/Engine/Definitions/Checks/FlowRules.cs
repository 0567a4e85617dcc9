using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Builtins.Control;
using Cleiss.Engine.Builtins.Flow;

namespace Cleiss.Engine.Definitions.Checks;

/// <summary>
/// What the drawing of a flowchart alone shows to be wrong. Each rule speaks only when it is sure: an activity whose outcomes or waits are not
/// known beforehand is taken to do the right thing.
/// </summary>
internal sealed class FlowRules : IWorkflowRule
{
    /// <summary>Ways that nobody chose: an owner who does not draw them means that the flow ends there.</summary>
    private static readonly HashSet<string> Unforeseen = new(StringComparer.Ordinal) { "Done", "Default", "Timeout", "Cancelled", "Canceled", "Failed", "Échec" };

    public bool NeedsWhole => true;

    public async IAsyncEnumerable<DefinitionProblem> CheckAsync(DefinitionView definition, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        foreach (var problem in EndlessLoops(definition))
        {
            yield return problem;
        }

        foreach (var flowchart in definition.Activities.OfType<Flowchart>())
        {
            var drawing = new FlowDrawing(flowchart);
            foreach (var problem in Start(definition, flowchart)
                .Concat(Unreachable(definition, drawing))
                .Concat(Endless(definition, drawing))
                .Concat(Outcomes(definition, drawing, flowchart.Parent is null))
                .Concat(Joins(definition, drawing)))
            {
                yield return problem;
            }
        }
    }

    private static IEnumerable<DefinitionProblem> Start(DefinitionView definition, Flowchart flowchart)
    {
        var start = definition.JsonOf(flowchart)["start"];
        var id = start is JsonObject json ? json["id"]?.ToString() : start?.ToString();
        if (id is { Length: > 0 } && flowchart.Activities.All(activity => activity.Id != id))
        {
            yield return new DefinitionProblem(
                "CLS-1019", definition.PathOf(flowchart, "start"),
                $"« {flowchart.DisplayText} » commence par l'activité « {id} », qui n'existe pas. Choisissez une de ses activités, ou ajoutez un « Début ».");
        }
    }

    private static IEnumerable<DefinitionProblem> Unreachable(DefinitionView definition, FlowDrawing drawing) =>
        drawing.Activities.Where(activity => !drawing.Reached.Contains(activity.Id)).Select(activity => new DefinitionProblem(
            "CLS-1011", definition.PathOf(activity),
            $"Aucun chemin ne mène à « {activity.DisplayText} » : elle ne sera jamais exécutée. Reliez-la au flux ou supprimez-la.", ProblemSeverity.Warning));

    /// <summary>A circle that nothing leaves and in which nothing waits.</summary>
    private static IEnumerable<DefinitionProblem> Endless(DefinitionView definition, FlowDrawing drawing)
    {
        foreach (var circle in drawing.Circles())
        {
            if (circle.All(activity => NeverWaits(activity) && drawing.StaysWithin(activity, circle)))
            {
                var first = circle[0];
                yield return new DefinitionProblem(
                    "CLS-1010", definition.PathOf(first),
                    $"{string.Join(" → ", circle.Select(activity => $"« {activity.DisplayText} »"))} tournent en rond : rien n'y attend et rien n'en sort. Ajoutez une attente, ou une issue qui quitte la boucle.");
            }
        }
    }

    /// <summary>A loop whose condition is written down as true, and whose body neither waits nor leaves it.</summary>
    private static IEnumerable<DefinitionProblem> EndlessLoops(DefinitionView definition) => definition.Activities.OfType<While>()
        .Where(loop => loop.Body is not null && IsAlwaysTrue(loop) && Below(definition, loop).All(StaysInLoop))
        .Select(loop => new DefinitionProblem(
            "CLS-1010", definition.PathOf(loop, "condition"),
            $"« {loop.DisplayText} » tourne sans fin : sa condition est toujours vraie, rien n'y attend et rien n'en sort. Donnez une condition qui change, ou ajoutez une attente ou « Quitter la boucle »."));

    private static bool IsAlwaysTrue(While loop) =>
        loop.Inputs.All.Any(input => input is { Name: nameof(While.Condition), Source: InputSource.Constant, Constant: true });

    private static IEnumerable<Activity> Below(DefinitionView definition, Activity owner) =>
        definition.Compiled.Activities.Values.Where(activity => IsBelow(activity.Parent, owner));

    private static bool IsBelow(Activity? activity, Activity owner) => activity is not null && (activity == owner || IsBelow(activity.Parent, owner));

    private static bool StaysInLoop(Activity activity) =>
        activity is Sequence or Flowchart or If or Switch or While or For || activity is not Break && NeverWaits(activity);

    /// <summary>Sure for the engine's own simple activities; any other may wait.</summary>
    private static bool NeverWaits(Activity activity) =>
        activity is FlowDecision or FlowSwitch or FlowFork
        || activity is CodeActivity && activity.GetType().Assembly == typeof(FlowRules).Assembly;

    private static IEnumerable<DefinitionProblem> Outcomes(DefinitionView definition, FlowDrawing drawing, bool isRoot)
    {
        foreach (var activity in drawing.Activities.Where(activity => drawing.Reached.Contains(activity.Id)))
        {
            if (activity.GetPossibleOutcomes() is not { Count: > 1 } outcomes)
            {
                continue;
            }

            var connected = drawing.From(activity).Select(connection => connection.Port).ToHashSet(StringComparer.Ordinal);
            foreach (var outcome in outcomes.Where(outcome => !connected.Contains(outcome) && !Unforeseen.Contains(outcome)))
            {
                yield return new DefinitionProblem(
                    "CLS-1013", definition.PathOf(activity),
                    $"L'issue « {outcome} » de « {activity.DisplayText} » ne mène nulle part : le flux s'arrête là sans le dire. Reliez-la à la suite, ou à une « Fin ».",
                    isRoot && connected.Count > 0 && IsChosenByAPerson(activity) ? ProblemSeverity.Error : ProblemSeverity.Warning);
            }
        }
    }

    /// <summary>
    /// A person chooses this outcome and would see the procedure end without a word. Elsewhere an outcome that leads nowhere is a habit: a
    /// decision whose « False » means « nothing more to do ».
    /// </summary>
    private static bool IsChosenByAPerson(Activity activity) => activity.Type == "Elsa.UserTask";

    /// <summary>A join that waits for two branches of which one decision lets only one come.</summary>
    private static IEnumerable<DefinitionProblem> Joins(DefinitionView definition, FlowDrawing drawing)
    {
        foreach (var join in drawing.Activities.Where(activity => WaitsForAll(activity) && drawing.Reached.Contains(activity.Id)))
        {
            var inbound = drawing.Connections.Where(connection => connection.Target == join.Id && drawing.Reached.Contains(connection.Source)).ToList();
            foreach (var choice in drawing.Activities.Where(EndsWithOneOutcome))
            {
                if (drawing.Exclusive(choice, inbound) is { } pair)
                {
                    yield return new DefinitionProblem(
                        "CLS-1014", definition.PathOf(join),
                        $"« {join.DisplayText} » attend toutes ses branches, mais « {choice.DisplayText} » n'en laisse venir qu'une : {Named(drawing, pair.First)} ou {Named(drawing, pair.Second)}. Choisissez le mode « WaitAllActive » ou « WaitAny », ou réunissez ces chemins avant.");
                    break;
                }
            }
        }
    }

    private static string Named(FlowDrawing drawing, Connection connection) =>
        $"« {drawing.Activities.First(activity => activity.Id == connection.Source).DisplayText} » ({connection.Port})";

    private static bool WaitsForAll(Activity activity) => activity is FlowJoin join
        ? join.JoinMode == FlowJoinMode.WaitAll
        : activity.CustomProperties["mergeMode"]?.ToString() is "Merge" or "Converge";

    private static bool EndsWithOneOutcome(Activity activity) =>
        activity is FlowDecision or FlowSwitch { EndsWithOneOutcome: true } || activity.Type == "Elsa.UserTask";
}
