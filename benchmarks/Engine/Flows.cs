using System.Text.Json.Nodes;
using static Cleiss.TestKit.Workflows.FlowJson;

namespace Cleiss.EngineBenchmark;

/// <summary>The definitions that are measured.</summary>
internal static class Flows
{
    public const string EventName = "suite";

    public static JsonObject SequenceOfTen() => Definition(Sequence([.. Enumerable.Range(1, 10).Select(i => Line($"ligne{i}", $"ligne {i}"))]));

    /// <summary>Eight nodes with two decisions; six run.</summary>
    public static JsonObject FlowchartOfEight(bool scripts) => Definition(
        Flowchart(
            [
                Activity("debut", "Elsa.Start"),
                Activity("montant", "Elsa.SetVariable", ("variable", new JsonObject { ["id"] = "var-montant", ["name"] = "montant" }), ("value", Input("Literal", 1200))),
                Decision("grand", scripts, "variables.montant > 1000"),
                Line("petit", "petit montant"),
                Decision("double", scripts, "getVariable('montant') % 2 === 0 && getMontant() < 5000"),
                Line("impair", "montant impair"),
                Line("pair", "montant pair"),
                Activity("fin", "Elsa.End"),
            ],
            "debut>montant", "montant>grand", "grand.True>double", "grand.False>petit", "double.True>pair", "double.False>impair",
            "petit>fin", "pair>fin", "impair>fin"),
        Variable("montant", "Int32"));

    /// <summary>A start writes 14 lines of journal, one bookmark and an instance of about 1.2 KB; a resume writes 9 lines and ends it.</summary>
    public static JsonObject StartThenEvent() => Definition(
        Sequence(
            Line("ligne1", "ligne 1"),
            Line("ligne2", "ligne 2"),
            Line("ligne3", "ligne 3"),
            Activity("valeur", "Elsa.SetVariable", ("variable", new JsonObject { ["id"] = "var-texte", ["name"] = "texte" }), ("value", Input("Literal", new string('x', 700)))),
            Event("attente", EventName),
            Line("ligne4", "ligne 4"),
            Line("ligne5", "ligne 5")),
        Variable("texte"));

    public static JsonObject OneTimer() => Definition(Sequence(Activity("delai", "Elsa.Delay", ("timeSpan", Literal("01:00:00"))), Line("fait", "fait")));

    private static JsonObject Decision(string id, bool script, string source) =>
        Activity(id, "Elsa.FlowDecision", ("condition", script ? Input("JavaScript", source, "Boolean") : Input("Literal", true, "Boolean")));
}
