using System.Text.Json.Nodes;
using Cleiss.Scripting.Feel;

namespace Cleiss.FormsBenchmark;

/// <summary>The page evaluates for itself as soon as it is open.</summary>
internal sealed class NoFeel : IFeelEvaluator
{
    public Task<IReadOnlyList<IReadOnlyList<JsonNode?>>> EvaluateAsync(IReadOnlyList<FeelJob> jobs, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<IReadOnlyList<JsonNode?>>>([.. jobs.Select(job => (IReadOnlyList<JsonNode?>)[.. job.Expressions.Select(_ => (JsonNode?)null)])]);
}
