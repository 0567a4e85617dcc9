using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Definitions;
using Cleiss.Scripting.Feel;

namespace Cleiss.Activities.Decisions;

/// <summary>A decision table is written down, can be read, names outcomes that exist, and covers every fact.</summary>
internal sealed class DecisionTableRule(IFeelEvaluator? feel = null) : IDefinitionRule
{
    public async IAsyncEnumerable<DefinitionProblem> CheckAsync(Activity activity, string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (activity is not DecisionTable { Table.Expression: { } expression } decision)
        {
            yield break;
        }

        var name = activity.DisplayText;
        var (table, mistakes) = expression.Type is "Literal" or "Object"
            ? DecisionRules.Read(Json(expression) as JsonObject)
            : (null, ["La table doit être écrite dans la définition, pas calculée, pour pouvoir être vérifiée."]);
        foreach (var mistake in mistakes)
        {
            yield return new DefinitionProblem("CLS-1046", path + ".table", $"« {name} » : {mistake}");
        }

        if (table is null)
        {
            yield break;
        }

        var outcomes = (decision.Outcomes?.Expression is { } listed ? Json(listed) as JsonArray : null)?.Select(item => item?.ToString() ?? "").ToHashSet() ?? [];
        foreach (var outcome in table.Rows.Select(row => row.Outcome).Distinct(StringComparer.Ordinal).Where(outcome => !outcomes.Contains(outcome)))
        {
            yield return new DefinitionProblem(
                "CLS-1046", path + ".outcomes", $"« {name} » : une ligne décide « {outcome} », qui n'est pas parmi les issues. Ajoutez-la aux « Issues » et reliez-la à la suite.");
        }

        if (feel is null)
        {
            yield break;
        }

        var report = await new DecisionCoverage(table).CheckAsync(feel, cancellationToken);
        foreach (var (row, column) in report.Unreadable)
        {
            yield return new DefinitionProblem(
                "CLS-1046", path + ".table",
                $"« {name} » : la case « {table.Rows[row].Tests[column]} » (ligne {row + 1}, colonne « {table.Columns[column].Name} ») n'est pas un test FEEL. Écrivez par exemple \"GB\", > 36, [1..24], date(\"2021-05-01\") après >=, ou « - » pour tout accepter.");
        }

        foreach (var gap in report.Gaps)
        {
            yield return new DefinitionProblem("CLS-1047", path + ".table", $"« {name} » : aucune ligne ne couvre le cas {gap}. Ajoutez une ligne, ou une dernière ligne faite de « - ».");
        }

        foreach (var overlap in report.Overlaps)
        {
            yield return new DefinitionProblem("CLS-1048", path + ".table", $"« {name} » : la politique est « unique », mais plusieurs lignes conviennent ({overlap}). Séparez-les, ou choisissez la politique « première ».");
        }

        foreach (var row in report.Unreached)
        {
            yield return new DefinitionProblem(
                "CLS-1049", path + ".table", $"« {name} » : la ligne {row + 1} « {table.Rows[row].Name} » ne décide jamais, les lignes au-dessus prennent tous ses cas. Déplacez-la ou retirez-la.", ProblemSeverity.Warning);
        }
    }

    private static JsonNode? Json(Expression expression)
    {
        try
        {
            return expression.Value as JsonNode is JsonObject or JsonArray ? (JsonNode)expression.Value! : JsonNode.Parse(expression.Value?.ToString() ?? "null");
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
