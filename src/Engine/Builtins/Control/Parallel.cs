using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;
using Cleiss.Engine.CodeFirst;
using Cleiss.Engine.Definitions;

namespace Cleiss.Engine.Builtins.Control;

/// <summary>Runs its activities side by side and completes when all have.</summary>
[Activity("Elsa", "Flux", "Exécute ses activités en parallèle et attend qu'elles soient toutes terminées.", DisplayName = "Parallèle", IsBrowsable = false, IsContainer = true)]
public sealed class Parallel : Container
{
    protected internal override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        context.DeclareVariables(Variables);
        return Branches.Begin(context, Activities, OnChildCompletedAsync);
    }

    protected internal override ValueTask OnChildCanceledAsync(ActivityExecutionContext context, ActivityExecutionContext child) => Branches.Ended(context);

    private static ValueTask OnChildCompletedAsync(ActivityCompletedContext completed) => Branches.Ended(completed.TargetContext);
}

public enum ForkJoinMode
{
    WaitAll,
    WaitAny,
}

/// <summary>Runs its branches side by side; completes with the first or with the last of them.</summary>
[Activity("Elsa", "Branchement", "Exécute plusieurs branches en parallèle.", DisplayName = "Fourche (imbriquée)", IsBrowsable = false, IsContainer = true)]
public sealed class Fork : Activity, IReadsDefinition, IWritesDefinition
{
    [Input(DisplayName = "Réunion", UIHint = "dropdown", Options = ["WaitAll=Attendre toutes les branches", "WaitAny=Attendre la première branche"],
        DefaultValue = ForkJoinMode.WaitAll, Description = "Quand la fourche rend la main : la première branche finie annule les autres, ou toutes sont attendues.")]
    public ForkJoinMode JoinMode { get; set; }

    public IReadOnlyList<Activity> Branches { get; set; } = [];

    internal override BreakEffect OnBreak => BreakEffect.Stops;

    void IReadsDefinition.Read(JsonObject json, string path, DefinitionReader reader) =>
        Branches = reader.ReadActivities(json["branches"] as JsonArray, path + ".branches", this);

    void IWritesDefinition.Write(JsonObject json, DefinitionWriter writer) => json["branches"] = writer.Write(Branches);

    protected internal override ValueTask ExecuteAsync(ActivityExecutionContext context) => Control.Branches.Begin(context, Branches, OnBranchCompletedAsync);

    protected internal override ValueTask OnChildCanceledAsync(ActivityExecutionContext context, ActivityExecutionContext child) => Control.Branches.Ended(context);

    private static ValueTask OnBranchCompletedAsync(ActivityCompletedContext completed) =>
        ((Fork)completed.TargetContext.Activity).JoinMode == ForkJoinMode.WaitAny
            ? completed.TargetContext.CompleteActivityAsync()
            : Control.Branches.Ended(completed.TargetContext);
}

/// <summary>What containers that run several children at once have in common.</summary>
internal static class Branches
{
    public static ValueTask Begin(ActivityExecutionContext context, IReadOnlyList<Activity> branches, ActivityCompletionCallback callback)
    {
        if (branches.Count == 0)
        {
            return context.CompleteActivityAsync();
        }

        foreach (var branch in branches)
        {
            context.ScheduleActivity(branch, callback);
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Completes the owner when its last branch has ended, or at once when a <c>Break</c> came.</summary>
    public static ValueTask Ended(ActivityExecutionContext context) =>
        context.HasScheduledChildren && !context.IsBreaking ? ValueTask.CompletedTask : context.CompleteActivityAsync();
}
