using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;
using Cleiss.Engine.CodeFirst;
using Cleiss.Engine.Definitions;

namespace Cleiss.Engine.Builtins.Control;

/// <summary>An activity that holds a list of others and variables of their own, as Elsa's class of this name.</summary>
public abstract class Container : Activity, IReadsDefinition, IWritesDefinition, IHasVariables
{
    public IReadOnlyList<Activity> Activities { get; set; } = [];

    public IReadOnlyList<Variable> Variables { get; set; } = [];

    internal override BreakEffect OnBreak => BreakEffect.Stops;

    void IReadsDefinition.Read(JsonObject json, string path, DefinitionReader reader)
    {
        Activities = reader.ReadActivities(json["activities"] as JsonArray, path + ".activities", this);
        ReadOwn(json, path, reader);
    }

    void IWritesDefinition.Write(JsonObject json, DefinitionWriter writer)
    {
        json["activities"] = writer.Write(Activities);
        WriteOwn(json);
    }

    /// <summary>Reads what this container has beside its activities; they are read by then.</summary>
    private protected virtual void ReadOwn(JsonObject json, string path, DefinitionReader reader)
    {
    }

    /// <summary>Writes what this container has beside its activities; they have their ids by then.</summary>
    private protected virtual void WriteOwn(JsonObject json)
    {
    }
}
