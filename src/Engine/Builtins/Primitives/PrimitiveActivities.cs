using System.Text.Json.Nodes;
using System.Text.Json;
using Cleiss.Engine.Activities;
using Cleiss.Engine.CodeFirst;
using Cleiss.Engine.Definitions;

namespace Cleiss.Engine.Builtins.Primitives;

/// <summary>Gives a variable a value.</summary>
[Activity("Elsa", "Primitives", "Donne une valeur à une variable.", DisplayName = "Affecter une variable")]
public sealed class SetVariable : CodeActivity, IReadsDefinition, IWritesDefinition
{
    public SetVariable()
    {
    }

    public SetVariable(Variable variable, Input<object> value) => (Variable, Value) = (variable, value);

    /// <summary>The variable to set; read from the definition, which may hold it as an object, as text or by its id.</summary>
    [Input(DisplayName = "Variable", Description = "La variable à affecter.", UIHint = "variable-picker", IsReadByActivity = true, Order = 0)]
    public Variable? Variable { get; set; }

    [Input(DisplayName = "Valeur", Description = "La nouvelle valeur.", Order = 1)]
    public Input<object>? Value { get; set; }

    /// <summary>Elsa keeps the variable unwrapped: the definition holds the variable object itself.</summary>
    void IReadsDefinition.Read(JsonObject json, string path, DefinitionReader reader)
    {
        var variable = json["variable"] is JsonValue text && text.GetValueKind() == JsonValueKind.String && text.GetValue<string>().StartsWith('{')
            ? JsonNode.Parse(text.GetValue<string>())
            : json["variable"];
        var id = variable is JsonObject ? variable["id"]?.GetValue<string>() : variable?.GetValue<string>();
        var name = reader.FindVariable(id, variable is JsonObject ? variable["name"]?.GetValue<string>() : null, this, path + ".variable");
        Variable = new Variable(id ?? name, name);
    }

    void IWritesDefinition.Write(JsonObject json, DefinitionWriter writer) => json["variable"] = Variable is null ? null : DefinitionWriter.Write(Variable);

    protected override void Execute(ActivityExecutionContext context) => context.SetVariable(Variable!.Name, context.Get(Value));
}

/// <summary>Names the instance, for lists.</summary>
[Activity("Elsa", "Primitives", "Donne un nom à l'instance.", DisplayName = "Nommer l'instance")]
public sealed class SetName : CodeActivity
{
    [Input(DisplayName = "Nom", Description = "Le nom affiché dans les listes.")]
    public Input<string>? Value { get; set; }

    protected override void Execute(ActivityExecutionContext context) => context.WorkflowExecutionContext.Name = context.Get(Value);
}

/// <summary>Gives the instance the key under which messages find it.</summary>
[Activity("Elsa", "Primitives", "Donne à l'instance sa clé de corrélation.", DisplayName = "Corréler")]
public sealed class Correlate : CodeActivity
{
    [Input(DisplayName = "Clé de corrélation", Description = "La clé sous laquelle les messages trouvent l'instance.")]
    public Input<string>? CorrelationId { get; set; }

    protected override void Execute(ActivityExecutionContext context) =>
        context.WorkflowExecutionContext.CorrelationId = context.Get(CorrelationId);
}

/// <summary>Writes a line to the journal, where Elsa writes it to the console: on a server nobody reads the console.</summary>
[Activity("Elsa", "Console", "Écrit une ligne dans le journal de l'instance.", DisplayName = "Écrire une ligne")]
public sealed class WriteLine : CodeActivity
{
    public WriteLine()
    {
    }

    public WriteLine(string text) => Text = new(text);

    public WriteLine(Func<ActivityExecutionContext, string> text) => Text = new(text);

    [Input(DisplayName = "Texte", Description = "La ligne à écrire.")]
    public Input<string>? Text { get; set; }

    protected override void Execute(ActivityExecutionContext context) => context.AddJournalEntry("Written", context.Get(Text));
}

/// <summary>Waits for a line that somebody gives by resuming the bookmark with <c>{ "text": … }</c>, where Elsa reads the server's console.</summary>
[Activity("Elsa", "Console", "Attend une ligne de texte.", DisplayName = "Lire une ligne")]
public sealed class ReadLine : Activity
{
    public const string BookmarkName = "Elsa.ReadLine";

    [Output(DisplayName = "Résultat", Description = "La ligne lue.")]
    public Output<string?>? Result { get; set; }

    protected override void Execute(ActivityExecutionContext context) =>
        context.CreateBookmark(new CreateBookmarkArgs(BookmarkName, new JsonObject { ["activityInstanceId"] = context.Id }, OnLineAsync));

    private ValueTask OnLineAsync(ActivityExecutionContext context)
    {
        context.Set(Result, context.ResumeInput["text"]?.ToString());
        return context.CompleteActivityAsync();
    }
}
