using System.Text.Json.Nodes;

namespace Cleiss.Scripting.Feel;

/// <summary>Evaluates FEEL expressions of form rules with the same library and version as the browser (feelin).</summary>
public interface IFeelEvaluator
{
    /// <summary>Evaluates each job's expressions over its own context; one call for a whole form.</summary>
    /// <returns>Per job, one value per expression; an expression that cannot be evaluated gives null, as in FEEL.</returns>
    Task<IReadOnlyList<IReadOnlyList<JsonNode?>>> EvaluateAsync(IReadOnlyList<FeelJob> jobs, CancellationToken cancellationToken);
}

/// <param name="Expressions">FEEL without the leading <c>=</c>.</param>
/// <param name="Context">Names an expression may use.</param>
public sealed record FeelJob(IReadOnlyList<string> Expressions, JsonObject Context);
