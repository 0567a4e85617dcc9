using System.Globalization;
using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;
using Cleiss.Persistence.People;
using Cleiss.Persistence.Trails;

namespace Cleiss.Workflows.Solvit;

/// <summary>Looks up the fund that is competent for a business use case and a place, on the date of receipt; the rule is recorded in the trail.</summary>
[Activity("Cleiss", "Cleiss", "Cherche la caisse française compétente d'après le BUC et le lieu.", DisplayName = "Chercher la caisse compétente")]
[FlowNode(Found, Unknown)]
public sealed class FindCompetentFund : Activity
{
    public const string Found = "Caisse trouvée";
    public const string Unknown = "À déterminer";

    [Input(DisplayName = "BUC", Description = "P. ex. S_BUC_06.", IsRequired = true, Order = 1)]
    public Input<string>? Buc { get; set; }

    [Input(DisplayName = "Département", Description = "Deux ou trois caractères, p. ex. 93, 2A, 974.", Order = 2)]
    public Input<string>? Department { get; set; }

    [Input(DisplayName = "Régime agricole", UIHint = "checkbox", Order = 3)]
    public Input<bool>? Agricultural { get; set; }

    [Input(DisplayName = "Date de réception", Description = "La règle en vigueur ce jour-là vaut.", IsRequired = true, Order = 4)]
    public Input<string>? On { get; set; }

    /// <summary>What the table says was wrong: a person must say it, and the table is not asked again.</summary>
    [Input(DisplayName = "Caisse contestée", UIHint = "checkbox", Description = "La caisse déjà trouvée n'est pas la bonne : la table n'est plus consultée.", Order = 5)]
    public Input<bool>? Contested { get; set; }

    /// <summary><c>caisse</c>, <c>courriel</c>, <c>regle</c>.</summary>
    [Output(DisplayName = "Caisse")]
    public Output<JsonObject>? Result { get; set; }

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var (buc, department) = (context.Get(Buc) ?? "", context.Get(Department));
        var on = DateOnly.ParseExact(context.Get(On) ?? "", "yyyy-MM-dd", CultureInfo.InvariantCulture);
        var fund = context.Get(Contested)
            ? null
            : await context.GetRequiredService<CompetentFunds>().FindAsync(buc, department, context.Get(Agricultural), on, CancellationToken.None);
        if (fund is null)
        {
            await context.CompleteActivityWithOutcomesAsync(Unknown);
            return;
        }

        context.Set(Result, new JsonObject { ["caisse"] = fund.Fund, ["courriel"] = fund.Email, ["regle"] = fund.RuleId });
        if (context.WorkflowExecutionContext.CorrelationId is { } caseId)
        {
            context.AddCompanion(new TrailEntry(
                TrailIds.Case(caseId), Actor.System, "case.fund-found", $"a trouvé la caisse compétente : {fund.Fund} (règle « {fund.RuleId} »)",
                new JsonObject { ["rule"] = fund.RuleId, ["buc"] = buc, ["department"] = department }));
        }

        await context.CompleteActivityWithOutcomesAsync(Found);
    }
}
