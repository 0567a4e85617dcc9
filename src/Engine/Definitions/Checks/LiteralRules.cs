using System.Runtime.CompilerServices;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Builtins.Waiting;
using Cleiss.Engine.Timers;

namespace Cleiss.Engine.Definitions.Checks;

/// <summary>Values written down whose type says too little: a cron expression is more than a text. One that starts instances is judged with the triggers.</summary>
internal sealed class LiteralRules : IWorkflowRule
{
    public async IAsyncEnumerable<DefinitionProblem> CheckAsync(DefinitionView definition, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        foreach (var cron in definition.Activities.OfType<Cron>().Where(cron => !cron.CanStartWorkflow))
        {
            var input = cron.Inputs.All.FirstOrDefault(input => input is { Name: nameof(Cron.CronExpression), Source: InputSource.Constant });
            if (input?.Constant is string text && Mistake(text) is { } mistake)
            {
                yield return new DefinitionProblem(
                    "CLS-1016", definition.PathOf(cron, "cronExpression"),
                    $"« {cron.DisplayText} » : l'expression cron « {text} » ne peut pas être lue ({mistake}) Écrivez six champs, par exemple « 0 0 9 * * MON-FRI ».");
            }
        }
    }

    private static string? Mistake(string text)
    {
        try
        {
            CronExpression.Parse(text);
            return null;
        }
        catch (FormatException e)
        {
            return e.Message;
        }
    }
}
