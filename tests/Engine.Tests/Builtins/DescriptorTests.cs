using System.Text.Json.Nodes;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.ElsaJson;
using Xunit;
using static Cleiss.TestKit.Workflows.FlowJson;

namespace Cleiss.Engine.Tests.Builtins;

/// <summary>What Studio is told of the built-in activities, from their classes alone.</summary>
public sealed class DescriptorTests
{
    private static readonly HashSet<string> Hints =
    [
        "singleline", "multiline", "checkbox", "checklist", "radiolist", "dropdown", "multitext", "code-editor", "json-editor", "dictionary", "datetime-picker",
        "expression-editor", "variable-picker", "input-picker", "output-picker", "outcome-picker", "type-picker", "workflow-definition-picker", "dynamic-outcomes",
        "switch-editor", "flow-switch-editor", "http-status-codes",
    ];

    [Theory]
    [InlineData("Elsa.Flowchart", "hidden container", "", "", "")]
    [InlineData("Elsa.Sequence", "hidden container", "", "", "")]
    [InlineData("Elsa.Parallel", "hidden container", "", "", "")]
    [InlineData("Elsa.StateMachine", "container", "", "", "")]
    [InlineData("Elsa.Start", "start", "", "", "")]
    [InlineData("Elsa.End", "terminal", "", "", "")]
    [InlineData("Elsa.Finish", "terminal", "", "", "")]
    [InlineData("Elsa.Complete", "terminal", "Outcomes:Object(outcome-picker,Object)", "", "")]
    [InlineData("Elsa.Break", "terminal", "", "", "")]
    [InlineData("Elsa.FlowNode", "", "", "", "Body*")]
    [InlineData("Elsa.FlowDecision", "", "Condition:Boolean", "", "True False")]
    [InlineData("Elsa.FlowSwitch", "", "Cases:Object(flow-switch-editor,raw) Mode:SwitchMode(dropdown)=MatchFirst[MatchFirst,MatchAny]", "", "Default")]
    [InlineData("Elsa.FlowFork", "", "Branches:String[](dynamic-outcomes)", "", "")]
    [InlineData("Elsa.FlowJoin", "", "Mode:FlowJoinMode(dropdown)=WaitAny[WaitAny,WaitAll,WaitAllActive]", "", "")]
    [InlineData("Elsa.If", "", "Condition:Boolean", "Result:Boolean", "Then* Else*")]
    [InlineData("Elsa.Switch", "", "Cases:Object(switch-editor,raw) Mode:SwitchMode(dropdown)=MatchFirst[MatchFirst,MatchAny]", "", "Default*")]
    [InlineData("Elsa.Fork", "hidden container", "JoinMode:ForkJoinMode(dropdown,raw)=WaitAll[WaitAll,WaitAny]", "", "")]
    [InlineData("Elsa.While", "", "Condition:Boolean", "", "Body*")]
    [InlineData("Elsa.For", "", "Start:Int32=0 End:Int32=0 Step:Int32=1 OuterBoundInclusive:Boolean(checkbox)=true", "CurrentValue:Object", "Body*")]
    [InlineData("Elsa.ForEach", "", "Items:Object[]", "CurrentValue:Object", "Body*")]
    [InlineData("Elsa.ParallelForEach", "", "Items:Object", "", "Body*")]
    [InlineData("Elsa.SetVariable", "", "Variable:Object(variable-picker,raw) Value:Object", "", "")]
    [InlineData("Elsa.SetName", "", "Value:String", "", "")]
    [InlineData("Elsa.Correlate", "", "CorrelationId:String", "", "")]
    [InlineData("Elsa.Fault", "", "Code:String Category:String FaultType:String Message:String", "", "")]
    [InlineData("Elsa.SetOutput", "", "OutputName:String(output-picker) OutputValue:Object", "", "")]
    [InlineData("Elsa.WriteLine", "", "Text:String", "", "")]
    [InlineData("Elsa.ReadLine", "", "", "Result:String", "")]
    public void Descriptor_IsElsas(string type, string flags, string inputs, string outputs, string ports)
    {
        var descriptor = ActivityDescriptors.Describe(Registry().Find(type)!);

        Assert.Equal(flags, Words((!Is(descriptor, "isBrowsable"), "hidden"), (Is(descriptor, "isContainer"), "container"), (Is(descriptor, "isStart"), "start"), (Is(descriptor, "isTerminal"), "terminal")));
        Assert.Equal(inputs, string.Join(' ', Items(descriptor, "inputs").Select(Text)));
        Assert.Equal(outputs, string.Join(' ', Items(descriptor, "outputs").Select(output => $"{output["name"]}:{output["typeName"]}")));
        Assert.Equal(ports, string.Join(' ', Items(descriptor, "ports").Select(port => $"{port["name"]}{(port["type"]!.ToString() == "Embedded" ? "*" : "")}")));
    }

    [Fact]
    public void EveryBuiltin_SpeaksFrench_AndUsesEditorsThatStudioHas()
    {
        foreach (var descriptor in Registry().All.Select(ActivityDescriptors.Describe))
        {
            var name = descriptor["typeName"]!.ToString();
            Assert.All(new[] { "displayName", "description", "category" }, key => Assert.False(string.IsNullOrWhiteSpace(descriptor[key]?.ToString()), $"{name}.{key}"));
            Assert.True(descriptor["description"]!.ToString().EndsWith('.'), name);
            foreach (var input in Items(descriptor, "inputs"))
            {
                Assert.True(Hints.Contains(input["uiHint"]!.ToString()), $"{name}.{input["name"]}: {input["uiHint"]}");
                Assert.False(input["displayName"]!.ToString() == input["name"]!.ToString() && input["name"]!.ToString().Length > 20, $"{name}.{input["name"]}");
                Assert.True(input["uiHint"]!.ToString() != "dropdown" || input["uiSpecifications"]!["dropdown"] is not null || name.Contains("Dispatch", StringComparison.Ordinal), $"{name}.{input["name"]} has no choices");
            }
        }
    }

    [Fact]
    public void UnknownActivities_GoToStudioAndBack_WithoutLoss()
    {
        var document = Definition(Flowchart(
            [Line("a", "a"), Activity("x", "Acme.Envoyer", ("à", Literal("b@c")), ("corps", Line("n", "n"))), Activity("f", "Elsa.ForEach", ("body", Activity("y", "Acme.Autre")))],
            "a>x", "x.Envoyé>f"));
        var original = document.ToJsonString();

        UnknownActivities.Hide(document, activity => Registry().Find(activity["type"]!.ToString()) is not null);

        Assert.Equal(["Elsa.WriteLine", "Elsa.NotFoundActivity", "Elsa.ForEach"], document["root"]!["activities"]!.AsArray().Select(a => a!["type"]!.ToString()));
        Assert.Equal("Acme.Autre", document["root"]!["activities"]![2]!["body"]!["missingTypeName"]!.ToString());
        Assert.Single(document["root"]!["connections"]!.AsArray());
        Assert.Single(document["root"]!["customProperties"]!["notFoundConnections"]!.AsArray());

        document["root"]!["activities"]![1]!["metadata"] = JsonNode.Parse("""{"designer":{"position":{"x":7,"y":8}}}""");
        UnknownActivities.Restore(document);

        var moved = document["root"]!["activities"]![1]!.AsObject();
        Assert.Equal(7, moved["metadata"]!["designer"]!["position"]!["x"]!.GetValue<int>());
        moved.Remove("metadata");
        document["root"]!.AsObject().Remove("customProperties");
        Assert.Equal(original, document.ToJsonString());
    }

    private static ActivityRegistry Registry() => new([new ActivityAssembly(typeof(ActivityRegistry).Assembly)]);

    private static IEnumerable<JsonObject> Items(JsonObject descriptor, string name) => descriptor[name]!.AsArray().Select(item => item!.AsObject());

    private static bool Is(JsonObject json, string name) => json[name]!.GetValue<bool>();

    private static string Words(params (bool Holds, string Word)[] words) => string.Join(' ', words.Where(word => word.Holds).Select(word => word.Word));

    private static string Text(JsonObject input)
    {
        var hint = input["uiHint"]!.ToString() is var shown and not "singleline" ? shown : "";
        var details = string.Join(',', new[] { hint, input["defaultSyntax"]!.ToString() is var syntax and not "Literal" ? syntax : "", Is(input, "isWrapped") ? "" : "raw" }.Where(text => text.Length > 0));
        var choices = input["uiSpecifications"]!["dropdown"]?["selectList"]?["items"]?.AsArray().Select(item => item!["value"]!.ToString());
        return $"{input["name"]}:{input["typeName"]}{(details.Length > 0 ? $"({details})" : "")}{(input["defaultValue"] is { } value ? "=" + value : "")}{(choices is null ? "" : $"[{string.Join(',', choices)}]")}";
    }
}
