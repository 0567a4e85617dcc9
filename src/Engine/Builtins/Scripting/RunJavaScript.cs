using Cleiss.Engine.Activities;

namespace Cleiss.Engine.Builtins.Scripting;

/// <summary>
/// Runs a script. It may write variables, name the instance and choose the outcomes the flow goes on from; without a choice that is
/// <c>Done</c>. Its value is the result.
/// </summary>
[Activity("Elsa", "Scripts", "Exécute du code JavaScript.", DisplayName = "Exécuter du JavaScript")]
public sealed class RunJavaScript : CodeActivity<object?>
{
    public RunJavaScript()
    {
    }

    public RunJavaScript(string script) => Script = new Input<string>(script);

    [Input(DisplayName = "Script", Description = "Le code à exécuter.", UIHint = "code-editor", DefaultSyntax = "JavaScript", Order = 0)]
    public Input<string>? Script { get; set; }

    [Input(DisplayName = "Issues possibles", Description = "Les issues que le script peut choisir par setOutcome ou setOutcomes.", UIHint = "dynamic-outcomes", Order = 1)]
    public Input<string[]>? PossibleOutcomes { get; set; }

    /// <summary>Known when the list is written down, as Studio does.</summary>
    protected internal override IReadOnlyCollection<string>? GetPossibleOutcomes() =>
        ListedOutcomes(nameof(PossibleOutcomes)) is { } listed ? [.. listed, .. Outcomes.Done] : null;

    protected internal override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        if (context.Get(Script) is not { } script || string.IsNullOrWhiteSpace(script))
        {
            return;
        }

        var run = await context.RunScriptAsync(script, nameof(Script));
        if (run.Values[0] is { } value)
        {
            context.Set(Result, Values.Unwrap(value));
        }

        await context.CompleteActivityWithOutcomesAsync([.. run.Outcomes ?? Outcomes.Done]);
    }
}
