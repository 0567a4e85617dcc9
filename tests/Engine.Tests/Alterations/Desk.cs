using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Expressions;

namespace Cleiss.Engine.Tests.Alterations;

/// <summary>Something open outside of the instance for as long as the activity waits, as a user task is.</summary>
internal sealed record DeskOpened(string Id);

internal sealed record DeskClosed(string Id);

/// <summary>Opens a desk and waits there; its signs are evaluated again when somebody comes.</summary>
[Activity("Elsa", "Essais", "Ouvre un guichet et attend.", DisplayName = "Guichet")]
public sealed class Desk : Activity
{
    public const string BookmarkName = "Guichet";

    [Input(DisplayName = "Enseigne")]
    public Input<string>? Sign { get; set; }

    [Input(DisplayName = "Jours d'ouverture")]
    public Input<int>? Days { get; set; }

    protected override void Execute(ActivityExecutionContext context)
    {
        context.Properties["guichet"] = context.Id;
        context.CreateBookmark(new CreateBookmarkArgs(BookmarkName, Callback: OnServedAsync));
        if (context.Get(Days) is > 0 and var days)
        {
            context.CreateBookmark(new CreateBookmarkArgs(BookmarkName + ".fin", Callback: OnClosingTimeAsync, DueAt: context.Now.AddDays(days)));
        }

        context.AddCompanion(new DeskOpened(context.Id));
    }

    protected override ValueTask CancelAsync(ActivityExecutionContext context)
    {
        context.AddCompanion(new DeskClosed(context.Properties["guichet"]!.GetValue<string>()));
        return ValueTask.CompletedTask;
    }

    private ValueTask OnServedAsync(ActivityExecutionContext context)
    {
        context.AddJournalEntry("Written", context.ResumeInput["demande"]?.GetValue<string>());
        return context.CompleteActivityAsync();
    }

    private ValueTask OnClosingTimeAsync(ActivityExecutionContext context)
    {
        context.AddCompanion(new DeskClosed(context.Id));
        return context.CompleteActivityWithOutcomesAsync("Fermé");
    }
}

/// <summary>A script engine whose next evaluations fail as often as told; the others give true.</summary>
internal sealed class FlakyScripts : IScriptEvaluator
{
    public int Failures { get; set; }

    public Task<ScriptBatchResult> EvaluateAsync(ScriptBatch batch, CancellationToken cancellationToken) =>
        Failures-- > 0
            ? throw new ScriptException("The evaluation took longer than the time limit.")
            : Task.FromResult(new ScriptBatchResult([.. batch.Expressions.Select(_ => (JsonNode?)true)], [], null, null, null));
}
