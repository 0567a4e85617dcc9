using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cleiss.Scripting.Feel;

namespace Cleiss.Activities.Decisions;

/// <summary>What happens when several rows match.</summary>
internal enum HitPolicy
{
    /// <summary>The uppermost decides.</summary>
    First,

    /// <summary>That may not be.</summary>
    Unique,
}

/// <param name="Entry">Name of the fact.</param>
/// <param name="Kind"><c>texte</c>, <c>nombre</c>, <c>date</c> or <c>oui-non</c> (true or false).</param>
/// <param name="Values">The only values of a text there are; empty: any.</param>
/// <param name="MayBeMissing">The fact may be null.</param>
internal sealed record DecisionColumn(string Name, string Entry, string Kind, IReadOnlyList<string> Values, bool MayBeMissing);

/// <param name="Tests">One FEEL unary test per column; « - » accepts everything.</param>
/// <param name="Then">Further values the decision gives.</param>
internal sealed record DecisionRow(string Name, IReadOnlyList<string> Tests, string Outcome, JsonObject Then, string? LegalBasis);

/// <summary>A decision table as read.</summary>
internal sealed partial record DecisionRules(HitPolicy Policy, IReadOnlyList<DecisionColumn> Columns, IReadOnlyList<DecisionRow> Rows)
{
    /// <summary>Rows are bits of a word when the table is checked.</summary>
    public const int MostRows = 64;

    private static readonly string[] Kinds = ["texte", "nombre", "date", "oui-non"];

    /// <returns>The table, or everything that is wrong with it, in French.</returns>
    public static (DecisionRules? Table, IReadOnlyList<string> Mistakes) Read(JsonObject? json)
    {
        var mistakes = new List<string>();
        var policy = Text(json?["politique"]) switch
        {
            "première" => HitPolicy.First,
            "unique" => HitPolicy.Unique,
            _ => (HitPolicy?)null,
        };
        if (policy is null)
        {
            mistakes.Add("« politique » doit être « première » (la première ligne qui convient décide) ou « unique » (une seule ligne peut convenir).");
        }

        var columns = ReadColumns(json?["colonnes"] as JsonArray ?? [], mistakes);
        var rows = ReadRows(json?["lignes"] as JsonArray ?? [], columns.Count, mistakes);
        return mistakes.Count > 0 ? (null, mistakes) : (new DecisionRules(policy!.Value, columns, rows), []);
    }

    /// <summary>Indexes of the rows that match, uppermost first.</summary>
    public async Task<IReadOnlyList<int>> MatchAsync(JsonObject facts, IFeelEvaluator feel, CancellationToken cancellationToken)
    {
        var asked = Columns.SelectMany((column, c) => Rows.Select(row => row.Tests[c]).Where(test => !AcceptsAll(test)).Distinct(StringComparer.Ordinal)
            .Select(test => (Column: c, Test: test, Feel: ToFeel(column, test)))).ToList();
        var context = new JsonObject(Columns.Select(column => KeyValuePair.Create(column.Entry, facts[column.Entry]?.DeepClone())));
        var values = (await feel.EvaluateAsync([new FeelJob([.. asked.Select(one => one.Feel)], context)], cancellationToken))[0];
        var holds = asked.Zip(values).Where(pair => IsTrue(pair.Second)).Select(pair => (pair.First.Column, pair.First.Test)).ToHashSet();
        return [.. Enumerable.Range(0, Rows.Count).Where(r => Rows[r].Tests.Select((test, c) => AcceptsAll(test) || holds.Contains((c, test))).All(held => held))];
    }

    public static bool AcceptsAll(string test) => test is "" or "-";

    public static bool IsTrue(JsonNode? value) => value is JsonValue flag && flag.TryGetValue<bool>(out var held) && held;

    /// <summary>FEEL itself has unary tests only beside « in », and negation only before it.</summary>
    public static string ToFeel(DecisionColumn column, string test)
    {
        var entry = column.Kind == "date" ? $"date({column.Entry})" : column.Entry;
        return Negation().Match(test) is { Success: true } not ? $"not({entry} in ({not.Groups["tests"].Value}))" : $"{entry} in ({test})";
    }

    private static List<DecisionColumn> ReadColumns(JsonArray json, List<string> mistakes)
    {
        var columns = new List<DecisionColumn>();
        foreach (var node in json)
        {
            var column = node as JsonObject;
            var entry = Text(column?["entree"]) ?? "";
            var kind = Text(column?["genre"]) ?? "texte";
            var name = Text(column?["nom"]) ?? entry;
            if (!FactName().IsMatch(entry))
            {
                mistakes.Add($"La colonne {columns.Count + 1} doit nommer en « entree » le fait qu'elle interroge, en lettres sans accent.");
            }
            else if (columns.Any(other => other.Entry == entry))
            {
                mistakes.Add($"Deux colonnes interrogent le fait « {entry} » : réunissez-les.");
            }

            if (!Kinds.Contains(kind))
            {
                mistakes.Add($"Le genre « {kind} » de la colonne « {name} » n'existe pas. Genres : {string.Join(", ", Kinds)}.");
            }

            var values = (column?["valeurs"] as JsonArray ?? []).Select(value => Text(value) ?? "").ToList();
            columns.Add(new DecisionColumn(name, entry, kind, values, IsTrue(column?["peutManquer"])));
        }

        if (columns.Count == 0)
        {
            mistakes.Add("La table n'a pas de « colonnes ».");
        }

        return columns;
    }

    private static List<DecisionRow> ReadRows(JsonArray json, int columns, List<string> mistakes)
    {
        var rows = new List<DecisionRow>();
        foreach (var node in json)
        {
            var row = node as JsonObject;
            var number = (rows.Count + 1).ToString(CultureInfo.InvariantCulture);
            var tests = (row?["si"] as JsonArray ?? []).Select(test => Text(test)?.Trim() ?? "").ToList();
            var outcome = Text(row?["issue"]) ?? "";
            if (tests.Count != columns)
            {
                mistakes.Add($"La ligne {number} a {tests.Count} cases pour {columns} colonnes.");
            }

            if (outcome.Length == 0)
            {
                mistakes.Add($"La ligne {number} ne dit pas son « issue ».");
            }

            rows.Add(new DecisionRow(Text(row?["nom"]) ?? number, tests, outcome, row?["alors"] as JsonObject ?? [], Text(row?["base"])));
        }

        if (rows.Count is 0 or > MostRows)
        {
            mistakes.Add($"La table doit avoir de 1 à {MostRows} « lignes ».");
        }

        return rows;
    }

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*$", RegexOptions.None, 1000)]
    private static partial Regex FactName();

    [GeneratedRegex(@"^not\s*\((?<tests>.*)\)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Negation();
}
