using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cleiss.Activities;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Execution;
using Cleiss.Forms.Answers;
using Cleiss.Persistence.People;

namespace Cleiss.Workflows.BudgetRectificatif.Preparation;

/// <summary>Adds to an established budget who gave the visa and who signed, when, and on which exact document.</summary>
[Activity("Cleiss", "Cleiss", "Joint au budget établi le visa et la signature, avec l'empreinte du document signé.", DisplayName = "Réunir visa et signature")]
public sealed class GatherSignatures : CodeActivity
{
    [Input(DisplayName = "Budget établi", Description = "Identifiant de la réponse.", IsRequired = true, Order = 1)]
    public Input<string>? Established { get; set; }

    [Input(DisplayName = "Visa", Description = "Résultat de la tâche de visa.", IsRequired = true, Order = 2)]
    public Input<JsonObject>? Visa { get; set; }

    [Input(DisplayName = "Signature", Description = "Résultat de la tâche de signature.", IsRequired = true, Order = 3)]
    public Input<JsonObject>? Signature { get; set; }

    [Input(DisplayName = "Numéro du document signé", IsRequired = true, Order = 4)]
    public Input<string>? Number { get; set; }

    [Input(DisplayName = "Empreinte du document signé", IsRequired = true, Order = 5)]
    public Input<string>? Sha256 { get; set; }

    [Output(DisplayName = "Réponse", Description = "Identifiant du budget établi, signatures comprises.")]
    public Output<string>? AnswerId { get; set; }

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var established = await context.GetRequiredService<AnswerStore>().FindAsync(context.Get(Established) ?? "", CancellationToken.None)
            ?? throw new FaultException("Le budget établi n'existe pas.");
        var data = established.Data;
        var people = context.GetRequiredService<PeopleStore>();
        (data["visaPar"], data["visaLe"]) = await WhoAsync(people, context.Get(Visa));
        (data["signePar"], data["signeLe"]) = await WhoAsync(people, context.Get(Signature));
        (data["documentSigne"], data["empreinte"]) = (context.Get(Number), context.Get(Sha256));
        context.Set(AnswerId, await CaseAnswer.RecordAsync(context, EstablishedBudget.FormKey, data));
    }

    private static async Task<(string? Name, string? On)> WhoAsync(PeopleStore people, JsonObject? result)
    {
        var id = result?["completedBy"]?.GetValue<string>();
        var on = result?["completedAt"]?.Deserialize<DateTimeOffset>() is { } at ? ParisDate.Of(at).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : null;
        return (id is null ? null : (await people.FindAsync(id, CancellationToken.None))?.Name ?? id, on);
    }
}
