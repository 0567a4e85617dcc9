using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cleiss.TestKit.Product;
using Microsoft.Playwright;
using Xunit;
using static Cleiss.TestKit.Workflows.FlowJson;

namespace Cleiss.Browser.Tests.Formulaires;

/// <summary>Two officers write into one form, then its owner publishes another version.</summary>
[Collection(ConceptionCollection.Name)]
public sealed class TwoOfficersTests(Product product)
{
    private const string Key = "essai-02";

    [Fact]
    public async Task Nothing_typed_is_overwritten_unseen_and_a_task_may_take_the_new_version()
    {
        using var client = new ProductClient(product.Host.Address, "proprietaire");
        await client.SignInAsync();
        await PublishAsync(client, Text("ville", "Ville"), Text("telex", "Télex"));
        await client.PostAsync("elsa/api/workflow-definitions", new JsonObject { ["model"] = Flow(), ["publish"] = true });
        await client.PostAsync($"elsa/api/workflow-definitions/{Key}/execute", new JsonObject());
        await using var anne = await product.OpenAsync();
        await using var other = await product.OpenAsync();
        await OpenTaskAsync(anne, "agent1");
        await OpenTaskAsync(other, "agent2");

        await WriteAsync(anne, "Ville", "Bălți");
        await Expect(anne).ToContainTextAsync("Brouillon enregistré à", new() { Timeout = 15_000 });
        await WriteAsync(other, "Ville", "Chișinău");
        await Expect(other).ToContainTextAsync("l'a modifié pendant que vous écriviez", new() { Timeout = 15_000 });
        await other.SeeAsync("saisie-1-deux-agents");
        await other.Page.GetByRole(AriaRole.Button, new() { Name = "Garder ma saisie" }).ClickAsync();
        await Expect(other).ToContainTextAsync("Brouillon enregistré à", new() { Timeout = 15_000 });

        // Who sends a page that knows nothing of it is asked as well, without any script.
        await Body(anne).GetByRole(AriaRole.Button, new() { Name = "Fait" }).Last.ClickAsync();
        await Expect(anne).ToContainTextAsync("a modifié ce formulaire pendant que vous écriviez");
        await Assertions.Expect(anne.Page.GetByLabel("Ville")).ToHaveValueAsync("Bălți");
        await anne.SeeAsync("saisie-2-choisir");
        await Body(anne).GetByRole(AriaRole.Button, new() { Name = "Prendre la saisie de" }).First.ClickAsync();
        await Assertions.Expect(anne.Page.GetByLabel("Ville")).ToHaveValueAsync("Chișinău");
        await WriteAsync(anne, "Télex", "12345");
        await Expect(anne).ToContainTextAsync("Brouillon enregistré à", new() { Timeout = 15_000 });

        await PublishAsync(client, Text("localite", "Localité", was: "ville"));
        await anne.Page.ReloadAsync();
        await Expect(anne).ToContainTextAsync("La version 2 de ce formulaire est parue");
        await Expect(anne).ToContainTextAsync("Télex — Le formulaire n'a plus ce champ.");
        await anne.SeeAsync("saisie-3-nouvelle-version");
        await Body(anne).GetByRole(AriaRole.Button, new() { Name = "Passer à la version 2" }).ClickAsync();
        await Expect(anne).ToContainTextAsync("La tâche a maintenant la version 2 du formulaire");
        await Assertions.Expect(anne.Page.GetByLabel("Localité")).ToHaveValueAsync("Chișinău");
        await anne.Page.SetViewportSizeAsync(360, 740);
        await anne.SeeAsync("saisie-4-passee-360");
        await Body(anne).GetByRole(AriaRole.Button, new() { Name = "Fait" }).Last.ClickAsync();
        await anne.ArriveAsync(new Regex("/taches\\?fait="));
    }

    private static ILocator Body(Visitor visitor) => visitor.Page.GetByRole(AriaRole.Main);

    private static ILocatorAssertions Expect(Visitor visitor) => Assertions.Expect(Body(visitor));

    private static async Task OpenTaskAsync(Visitor visitor, string user)
    {
        await visitor.SignInAsync(user);
        await visitor.Page.GotoAsync("/taches?vue=a-prendre");
        await Body(visitor).GetByRole(AriaRole.Link, new() { Name = "Remplir ESSAI-02" }).First.ClickAsync();
        await visitor.Page.WaitForSelectorAsync("[data-cl-ready]");
    }

    private static async Task WriteAsync(Visitor visitor, string label, string text) => await visitor.Page.GetByLabel(label).FillAsync(text);

    private static async Task PublishAsync(ProductClient owner, params JsonNode[] fields)
    {
        var schema = new JsonObject
        {
            ["type"] = "default",
            ["id"] = Key,
            ["schemaVersion"] = 19,
            ["properties"] = new JsonObject { ["cleiss.title.fr"] = "Deux agents" },
            ["components"] = new JsonArray(fields),
        };
        await owner.SendAsync(HttpMethod.Put, "api/forms/" + Key, new JsonObject { ["schema"] = schema });
        await owner.PostAsync($"api/forms/{Key}/publish", new JsonObject());
    }

    private static JsonObject Text(string key, string label, string? was = null)
    {
        var properties = new JsonObject { ["cleiss.type"] = "text" };
        if (was is not null)
        {
            properties["cleiss.was"] = was;
        }

        return new JsonObject { ["id"] = "c_" + key, ["type"] = "textfield", ["key"] = key, ["label"] = label, ["properties"] = properties };
    }

    private static JsonObject Flow() => Definition(
        Activity("remplir", "Elsa.UserTask", ("title", Literal("Remplir ESSAI-02")), ("candidateGroups", Input("Object", """["agent"]""")), ("outcomes", Input("Object", """["Fait"]""")),
            ("form", Literal(Key)))).With("definitionId", Key).With("name", "Essai 02");
}
