using System.Text.Json.Nodes;
using Cleiss.Forms.Definitions;
using Cleiss.Forms.Rendering;
using Cleiss.Forms.Validation;
using Cleiss.TestKit;

namespace Cleiss.Forms.Tests;

/// <summary>One table of cases, <c>rules.json</c>, judged by the server and by the script of the page.</summary>
public sealed class RuleTableTests(FormsKit kit) : IClassFixture<FormsKit>, IDisposable
{
    private readonly NodeLines _page = new(Path.Combine("tests", "Forms.Tests", "judge.mjs"));

    public static TheoryData<int, string> Groups
    {
        get
        {
            var data = new TheoryData<int, string>();
            foreach (var (group, index) in Table.Select((group, index) => (group, index)))
            {
                data.Add(index, Text(group, "name") ?? $"{Text(group, "type")} {group["with"]?.ToJsonString()}");
            }

            return data;
        }
    }

    private static IReadOnlyList<JsonObject> Table { get; } =
        [.. JsonNode.Parse(File.ReadAllText(Path.Combine(RepositoryFolder.Path, "tests", "Forms.Tests", "rules.json")))!.AsArray().Select(group => group!.AsObject())];

    [Fact]
    public void Table_HasAllItsCases() =>
        Assert.True(Table.Sum(group => (group["values"] as JsonArray ?? []).Count + (group["cases"] as JsonArray ?? []).Count) >= 150);

    [Theory]
    [MemberData(nameof(Groups))]
    public async Task ServerAndPage_JudgeAlike(int index, string name)
    {
        var group = Table[index];
        var form = Form(group);
        var rules = JsonNode.Parse(FormRulesJson.Write(form))!;
        foreach (var wanted in Cases(group))
        {
            var place = $"{name}: {wanted.Data.ToJsonString()}";
            var server = await kit.Validator.ValidateAsync(form, wanted.Data, "fr", wanted.Action, CancellationToken.None);
            Check(wanted, place + " (server)", server.Errors, server.Hidden, server.Required, server.Dropped, server.Computed);
            Assert.All(server.Errors, error => Assert.EndsWith(".", error.Message, StringComparison.Ordinal));
            if (wanted.Value is not null)
            {
                Assert.True(JsonNode.DeepEquals(wanted.Value, AsPosted(server.Data["v"], wanted.Value)), place + " reads as " + server.Data.ToJsonString());
            }

            if (group["serverOnly"]?.GetValue<bool>() != true)
            {
                await CheckPageAsync(wanted, place, rules, server);
            }
        }
    }

    // Of a file the server adds what it stored, name included; the page knows what was chosen.
    private static JsonNode? AsPosted(JsonNode? read, JsonNode wanted) =>
        read is JsonObject file && file.ContainsKey("sha256") ? new JsonObject { ["id"] = file["id"]?.DeepClone(), ["name"] = wanted["name"]?.DeepClone() } : read;

    public void Dispose() => _page.Dispose();

    private async Task CheckPageAsync(Case wanted, string place, JsonNode rules, FormValidation server)
    {
        var page = await _page.AskAsync(
            new JsonObject { ["fields"] = rules.DeepClone(), ["data"] = SafeJson.Copy(wanted.Data), ["action"] = wanted.Action, ["today"] = FormsKit.Today }, CancellationToken.None);
        var errors = page["errors"]!.AsArray().Select(error => new FormError(Text(error!, "path")!, Text(error!, "code")!, Text(error!, "message")!)).ToList();
        Check(wanted, place + " (page)", errors, Texts(page, "hidden"), Texts(page, "required"), Texts(page, "dropped"), page["computed"]!.AsObject().ToDictionary());
        if (errors.TrueForAll(error => error.Code != "unknown-field"))
        {
            Assert.Equal(server.Errors.Select(error => error.Message.Replace('\u202f', ' ')), errors.Select(error => error.Message.Replace('\u202f', ' ')));
        }
    }

    private static void Check(
        Case wanted, string place, IReadOnlyList<FormError> errors, IEnumerable<string> hidden, IEnumerable<string> required, IEnumerable<string> dropped, IReadOnlyDictionary<string, JsonNode?> computed)
    {
        Assert.True(wanted.Errors.SequenceEqual(errors.Select(error => $"{error.Path} {error.Code}")), $"{place}: {string.Join(", ", errors.Select(error => $"{error.Path} {error.Code}"))}");
        Same("hidden", wanted.Hidden, hidden);
        Same("required", wanted.Required, required);
        Same("dropped", wanted.Dropped, dropped);
        foreach (var (path, value) in wanted.Computed)
        {
            Assert.True(computed.TryGetValue(path, out var found) && JsonNode.DeepEquals(value, found), $"{place}: {path} is computed as {found?.ToJsonString() ?? "null"}");
        }

        void Same(string what, IEnumerable<string> expected, IEnumerable<string> found) =>
            Assert.True(expected.Order(StringComparer.Ordinal).SequenceEqual(found.Order(StringComparer.Ordinal)), $"{place}, {what}: {string.Join(", ", found)}");
    }

    private FormDefinition Form(JsonObject group)
    {
        if (group["form"] is JsonArray components)
        {
            return kit.Form([.. components.Select(component => component!.ToJsonString())]);
        }

        var component = FormsKit.Json(kit.Component(Text(group, "type")!));
        foreach (var (name, value) in group["with"] as JsonObject ?? [])
        {
            if (name == "properties")
            {
                foreach (var (property, text) in value!.AsObject())
                {
                    component["properties"]![property] = text?.DeepClone();
                }
            }
            else
            {
                component[name] = value?.DeepClone();
            }
        }

        return kit.Form(component.ToJsonString());
    }

    /// <summary>A value stands as <c>[given, code, read as]</c>, a case as an object.</summary>
    private static IEnumerable<Case> Cases(JsonObject group)
    {
        foreach (var row in (group["values"] as JsonArray ?? []).Select(row => row!.AsArray()))
        {
            var code = row[1]!.GetValue<string>();
            yield return new Case(
                new JsonObject { ["v"] = row[0]?.DeepClone() }, null, code.Length == 0 ? [] : [$"v {code}"], [], [], [], new JsonObject(), row.Count > 2 ? row[2] : null);
        }

        foreach (var given in (group["cases"] as JsonArray ?? []).Select(row => row!.AsObject()))
        {
            yield return new Case(
                given["data"]!.AsObject(),
                Text(given, "action"),
                [.. given["errors"]!.AsArray().Select(error => $"{error![0]} {error[1]}")],
                Texts(given, "hidden"),
                Texts(given, "required"),
                Texts(given, "dropped"),
                given["computed"] as JsonObject ?? [],
                null);
        }
    }

    private static string? Text(JsonNode node, string name) => node[name]?.GetValue<string>();

    private static List<string> Texts(JsonNode node, string name) => [.. (node[name] as JsonArray ?? []).Select(text => text!.GetValue<string>())];

    private sealed record Case(
        JsonObject Data, string? Action, List<string> Errors, List<string> Hidden, List<string> Required, List<string> Dropped, JsonObject Computed, JsonNode? Value);
}
