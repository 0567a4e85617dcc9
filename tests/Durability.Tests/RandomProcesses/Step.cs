using System.Text.Json.Nodes;
using static Cleiss.TestKit.Workflows.FlowJson;

namespace Cleiss.Durability.Tests.RandomProcesses;

/// <summary>One piece of a random process, which knows its JSON and how often each of its leaves must run.</summary>
internal abstract record Step(string Id)
{
    public abstract JsonObject ToJson(Draft draft);

    /// <summary>Adds what the outside must see when this step runs <paramref name="times"/> times.</summary>
    public abstract void Predict(Dictionary<string, int> seen, int times);

    /// <summary>Smaller steps that may show the same failure.</summary>
    public virtual IEnumerable<Step> Simpler() => [];

    /// <summary>The steps inside, for what must be known of all of them.</summary>
    public virtual IEnumerable<Step> Inside() => [];

    protected static void Count(Dictionary<string, int> seen, string key, int times) => seen[key] = seen.GetValueOrDefault(key) + times;

    protected static IEnumerable<IReadOnlyList<Step>> Fewer(IReadOnlyList<Step> steps, int atLeast)
    {
        for (var i = 0; i < steps.Count; i++)
        {
            if (steps.Count > atLeast)
            {
                yield return [.. steps.Where((_, index) => index != i)];
            }

            foreach (var simpler in steps[i].Simpler())
            {
                yield return [.. steps.Select((step, index) => index == i ? simpler : step)];
            }
        }
    }
}

/// <summary>What the steps collect while a definition is written.</summary>
internal sealed class Draft
{
    public List<JsonObject> Variables { get; } = [];

    /// <summary>Definitions that <see cref="Child"/> steps run, by id.</summary>
    public Dictionary<string, JsonObject> Children { get; } = new(StringComparer.Ordinal);

    public static JsonObject Definition(Step root, Draft draft) => Cleiss.TestKit.Workflows.FlowJson.Definition(root.ToJson(draft), [.. draft.Variables]);
}

internal sealed record Write(string Id) : Step(Id)
{
    public override JsonObject ToJson(Draft draft) => Line(Id, Id);

    public override void Predict(Dictionary<string, int> seen, int times) => Count(seen, Id, times);
}

/// <summary>An effect, seen by the outside.</summary>
internal sealed record Effect(string Id) : Step(Id)
{
    public override JsonObject ToJson(Draft draft) => Activity(Id, "Durability.Note", ("text", Literal(Id)));

    public override void Predict(Dictionary<string, int> seen, int times) => Count(seen, "effect " + Id, times);

    public override IEnumerable<Step> Simpler() => [new Write(Id)];
}

internal sealed record Wait(string Id) : Step(Id)
{
    public override JsonObject ToJson(Draft draft) => Event(Id, Id);

    public override void Predict(Dictionary<string, int> seen, int times)
    {
    }

    public override IEnumerable<Step> Simpler() => [new Write(Id)];
}

internal sealed record Pause(string Id, TimeSpan Time) : Step(Id)
{
    public override JsonObject ToJson(Draft draft) => Activity(Id, "Elsa.Delay", ("timeSpan", Literal(Time.ToString())));

    public override void Predict(Dictionary<string, int> seen, int times)
    {
    }

    public override IEnumerable<Step> Simpler() => [new Write(Id)];
}

internal sealed record Series(string Id, IReadOnlyList<Step> Steps) : Step(Id)
{
    public override JsonObject ToJson(Draft draft) => Sequence([.. Steps.Select(step => step.ToJson(draft))]).With("id", Id);

    public override void Predict(Dictionary<string, int> seen, int times)
    {
        foreach (var step in Steps)
        {
            step.Predict(seen, times);
        }
    }

    public override IEnumerable<Step> Simpler() => [.. Steps, .. Fewer(Steps, 1).Select(steps => this with { Steps = steps })];

    public override IEnumerable<Step> Inside() => Steps;
}

/// <summary>A person decides: an event brings true or false, and the flow follows it.</summary>
internal sealed record Decision(string Id, bool Answer, Step Then, Step Else) : Step(Id)
{
    public string Question => Id + "-question";

    public override JsonObject ToJson(Draft draft)
    {
        var variable = Variable(Id, "Boolean");
        draft.Variables.Add(variable);
        return Sequence(
            Event(Question, Question).With("result", new JsonObject { ["typeName"] = "Object", ["memoryReference"] = new JsonObject { ["id"] = "var-" + Id } }),
            Activity(
                Id + "-if", "Elsa.If", ("condition", Input("Variable", Variable(Id, "Boolean"))), ("then", Then.ToJson(draft)), ("else", Else.ToJson(draft))))
            .With("id", Id);
    }

    public override void Predict(Dictionary<string, int> seen, int times) => (Answer ? Then : Else).Predict(seen, times);

    public override IEnumerable<Step> Simpler() =>
        [Answer ? Then : Else, .. Then.Simpler().Select(step => this with { Then = step }), .. Else.Simpler().Select(step => this with { Else = step })];

    public override IEnumerable<Step> Inside() => [Then, Else];
}

/// <summary>A flowchart's switch with one true case, or none.</summary>
internal sealed record Switched(string Id, int Taken, IReadOnlyList<Step> Cases) : Step(Id)
{
    public override JsonObject ToJson(Draft draft)
    {
        var cases = new JsonArray([.. Cases.Select((_, i) => new JsonObject
        {
            ["label"] = "cas" + i,
            ["condition"] = new JsonObject { ["type"] = "Literal", ["value"] = i == Taken },
        })]);
        return Flowchart(
            [Activity(Id + "-switch", "Elsa.FlowSwitch", ("mode", Literal("MatchFirst")), ("cases", cases)), .. Cases.Select(step => step.ToJson(draft))],
            [.. Cases.Select((step, i) => $"{Id}-switch.cas{i}>{step.Id}")]).With("id", Id);
    }

    public override void Predict(Dictionary<string, int> seen, int times)
    {
        if (Taken < Cases.Count)
        {
            Cases[Taken].Predict(seen, times);
        }
    }

    public override IEnumerable<Step> Simpler() =>
        [.. Cases, .. Cases.SelectMany((step, i) => step.Simpler().Select(simpler => this with { Cases = [.. Cases.Select((old, index) => index == i ? simpler : old)] }))];

    public override IEnumerable<Step> Inside() => Cases;
}

/// <summary>Branches side by side, joined again; drawn as a flowchart.</summary>
internal sealed record Forked(string Id, IReadOnlyList<Step> Branches) : Step(Id)
{
    public override JsonObject ToJson(Draft draft)
    {
        var names = new JsonArray([.. Branches.Select((_, i) => JsonValue.Create("b" + i))]);
        return Flowchart(
            [
                Activity(Id + "-fork", "Elsa.FlowFork", ("branches", Input("Object", names.ToJsonString(), "String[]"))),
                .. Branches.Select(step => step.ToJson(draft)),
                Activity(Id + "-join", "Elsa.FlowJoin", ("mode", Literal("WaitAll"))),
                Line(Id + "-joined", Id),
            ],
            [
                .. Branches.Select((step, i) => $"{Id}-fork.b{i}>{step.Id}"),
                .. Branches.Select(step => $"{step.Id}>{Id}-join"),
                $"{Id}-join>{Id}-joined",
            ]).With("id", Id);
    }

    public override void Predict(Dictionary<string, int> seen, int times)
    {
        Count(seen, Id, times);
        foreach (var branch in Branches)
        {
            branch.Predict(seen, times);
        }
    }

    public override IEnumerable<Step> Simpler() => [.. Branches, .. Fewer(Branches, 2).Select(branches => this with { Branches = branches })];

    public override IEnumerable<Step> Inside() => Branches;
}

/// <summary>Branches side by side in Elsa's own container.</summary>
internal sealed record SideBySide(string Id, IReadOnlyList<Step> Branches) : Step(Id)
{
    public override JsonObject ToJson(Draft draft) =>
        Activity(Id, "Elsa.Parallel", ("activities", new JsonArray([.. Branches.Select(step => step.ToJson(draft))])));

    public override void Predict(Dictionary<string, int> seen, int times)
    {
        foreach (var branch in Branches)
        {
            branch.Predict(seen, times);
        }
    }

    public override IEnumerable<Step> Simpler() => [.. Branches, .. Fewer(Branches, 1).Select(branches => this with { Branches = branches })];

    public override IEnumerable<Step> Inside() => Branches;
}

/// <summary>The body once for each item, one after another.</summary>
internal sealed record Each(string Id, int Items, Step Body) : Step(Id)
{
    public override JsonObject ToJson(Draft draft) => Activity(
        Id, "Elsa.ForEach",
        ("items", Input("Object", new JsonArray([.. Enumerable.Range(0, Items).Select(i => JsonValue.Create(i))]).ToJsonString(), "Object[]")),
        ("body", Body.ToJson(draft)));

    public override void Predict(Dictionary<string, int> seen, int times)
    {
        if (Items > 0)
        {
            Body.Predict(seen, times * Items);
        }
    }

    public override IEnumerable<Step> Simpler() => [Body, .. Items > 1 ? [this with { Items = 1 }] : Array.Empty<Step>(), .. Body.Simpler().Select(body => this with { Body = body })];

    public override IEnumerable<Step> Inside() => [Body];
}

/// <summary>Another workflow, waited for.</summary>
internal sealed record Child(string Id, Step Body) : Step(Id)
{
    public override JsonObject ToJson(Draft draft)
    {
        var inner = new Draft();
        draft.Children[Id] = Draft.Definition(Body, inner);
        foreach (var (id, definition) in inner.Children)
        {
            draft.Children[id] = definition;
        }

        return Activity(Id, "Elsa.DispatchWorkflow", ("workflowDefinitionId", Literal(Id)), ("waitForCompletion", Literal(true)));
    }

    public override void Predict(Dictionary<string, int> seen, int times) => Body.Predict(seen, times);

    public override IEnumerable<Step> Simpler() => [Body, .. Body.Simpler().Select(body => this with { Body = body })];

    public override IEnumerable<Step> Inside() => [Body];
}
