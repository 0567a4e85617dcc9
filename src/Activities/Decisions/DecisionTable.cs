using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Execution;
using Cleiss.Persistence.People;
using Cleiss.Persistence.Trails;
using Cleiss.Scripting.Feel;

namespace Cleiss.Activities.Decisions;

/// <summary>
/// Decides by a table that its owner reads and edits: columns ask for facts, cells are FEEL unary tests, each row names the outcome. The row
/// that decided is recorded in the case's trail. A definition is published only when every possible fact meets a row.
/// </summary>
[Activity("Cleiss", "Cleiss", "Décide d'après une table de règles et note la ligne qui a décidé.", DisplayName = "Décider par une table")]
public sealed class DecisionTable : Activity
{
    [Input(DisplayName = "Table", UIHint = "json-editor", Description = "« politique » (première ou unique), « colonnes » et « lignes » ; « Aide » dit comment l'écrire.", IsRequired = true, Order = 1)]
    public Input<JsonObject>? Table { get; set; }

    [Input(DisplayName = "Faits", UIHint = "json-editor", Description = "Les valeurs que les colonnes interrogent ; jamais de données personnelles.", IsRequired = true, Order = 2)]
    public Input<JsonObject>? Facts { get; set; }

    /// <summary>The outcomes that rows may name.</summary>
    [Input(DisplayName = "Issues", UIHint = "dynamic-outcomes", Order = 3)]
    public Input<string[]>? Outcomes { get; set; }

    /// <summary><c>ligne</c> (from 1), <c>nom</c>, <c>issue</c>, <c>base</c> and what the row adds under « alors ».</summary>
    [Output(DisplayName = "Décision")]
    public Output<JsonObject>? Result { get; set; }

    /// <summary>Known when they are listed: rows name no other.</summary>
    protected override IReadOnlyCollection<string>? GetPossibleOutcomes() => ListedOutcomes(nameof(Outcomes)) is { Count: > 0 } listed ? listed : null;

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var (table, mistakes) = DecisionRules.Read(context.Get(Table));
        if (table is null)
        {
            throw new FaultException($"La table de décision ne se lit pas : {string.Join(" ", mistakes)}");
        }

        var facts = context.Get(Facts) ?? [];
        var rows = await table.MatchAsync(facts, context.GetRequiredService<IFeelEvaluator>(), CancellationToken.None);
        if (rows.Count == 0)
        {
            throw new FaultException("Aucune ligne de la table ne correspond aux faits. Ajoutez une ligne qui les couvre.");
        }

        if (table.Policy == HitPolicy.Unique && rows.Count > 1)
        {
            throw new FaultException($"Plusieurs lignes de la table correspondent ({string.Join(", ", rows.Select(row => row + 1))}), alors qu'une seule le doit.");
        }

        var number = rows[0];
        var row = table.Rows[number];
        var result = row.Then.DeepClone().AsObject();
        result["ligne"] = number + 1;
        result["nom"] = row.Name;
        result["issue"] = row.Outcome;
        result["base"] = row.LegalBasis;
        context.Set(Result, result);
        if (context.WorkflowExecutionContext.CorrelationId is { } caseId)
        {
            context.AddCompanion(new TrailEntry(
                TrailIds.Case(caseId), Actor.System, "case.decided",
                $"a décidé « {row.Outcome} » par la ligne {number + 1} « {row.Name} » de la table « {DisplayText} »{(row.LegalBasis is null ? "" : $" ({row.LegalBasis})")}",
                new JsonObject
                {
                    ["activityId"] = Id,
                    ["definitionVersionId"] = context.WorkflowExecutionContext.Workflow.DefinitionVersionId,
                    ["row"] = number + 1,
                    ["policy"] = table.Policy == HitPolicy.Unique ? "unique" : "première",
                    ["facts"] = new JsonObject(table.Columns.Select(column => KeyValuePair.Create(column.Entry, facts[column.Entry]?.DeepClone()))),
                }));
        }

        await context.CompleteActivityWithOutcomesAsync(row.Outcome);
    }
}
