using System.Text.Json;
using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Definitions;

namespace Cleiss.Engine.Builtins.Primitives;

/// <summary>Gives a variable a value.</summary>
[Activity("Elsa", "Primitives", "Donne une valeur à une variable.", DisplayName = "Affecter une variable")]
public sealed class SetVariable : CodeActivity, IReadsDefinition
{
    private string? _name;

    [Input(DisplayName = "Valeur", Order = 1)]
    public Input<object>? Value { get; set; }

    /// <summary>Elsa keeps the variable unwrapped: the definition holds the variable object itself.</summary>
    void IReadsDefinition.Read(JsonObject json, string path, DefinitionReader reader)
    {
        var variable = json["variable"] is JsonValue text && text.GetValueKind() == JsonValueKind.String && text.GetValue<string>().StartsWith('{')
            ? JsonNode.Parse(text.GetValue<string>())
            : json["variable"];
        _name = reader.FindVariable(
            variable is JsonObject ? variable["id"]?.GetValue<string>() : variable?.GetValue<string>(),
            variable is JsonObject ? variable["name"]?.GetValue<string>() : null,
            this,
            path + ".variable");
    }

    protected override void Execute(ActivityExecutionContext context) => context.SetVariable(_name!, context.Get(Value));
}

/// <summary>Names the instance, for lists.</summary>
[Activity("Elsa", "Primitives", "Donne un nom à l'instance.", DisplayName = "Nommer l'instance")]
public sealed class SetName : CodeActivity
{
    [Input(DisplayName = "Nom")]
    public Input<string>? Value { get; set; }

    protected override void Execute(ActivityExecutionContext context) => context.WorkflowExecutionContext.Name = context.Get(Value);
}

/// <summary>Gives the instance the key under which messages find it.</summary>
[Activity("Elsa", "Primitives", "Donne à l'instance sa clé de corrélation.", DisplayName = "Corréler")]
public sealed class Correlate : CodeActivity
{
    [Input(DisplayName = "Clé de corrélation")]
    public Input<string>? CorrelationId { get; set; }

    protected override void Execute(ActivityExecutionContext context) =>
        context.WorkflowExecutionContext.CorrelationId = context.Get(CorrelationId);
}

/// <summary>Writes a line to the journal, where Elsa writes it to the console: on a server nobody reads the console.</summary>
[Activity("Elsa", "Console", "Écrit une ligne dans le journal de l'instance.", DisplayName = "Écrire une ligne")]
public sealed class WriteLine : CodeActivity
{
    [Input(DisplayName = "Texte")]
    public Input<string>? Text { get; set; }

    protected override void Execute(ActivityExecutionContext context) => context.AddJournalEntry("Written", context.Get(Text));
}
