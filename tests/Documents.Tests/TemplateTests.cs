using Cleiss.Documents.Templates;
using Xunit;

namespace Cleiss.Documents.Tests;

[Collection(nameof(Press))]
public sealed class TemplateTests(Press press)
{
    private const string Head = "#import \"/cleiss.typ\": *\n#set document(title: \"T\")\n#set text(lang: \"fr\")\n";

    private TemplateStore Store => press.Get<TemplateStore>();

    [Fact]
    public async Task A_release_brings_its_templates_published_and_leaves_an_owners_work_alone()
    {
        const string Code = "essai/livraison";
        await Store.SeedAsync(Code, Files("un"), CancellationToken.None);
        await Store.SeedAsync(Code, Files("un"), CancellationToken.None);
        await Store.SeedAsync(Code, Files("deux"), CancellationToken.None);
        Assert.Equal((2, "deux"), await InUseAsync(Code));

        var (draft, _) = await Store.SaveDraftAsync(Code, Files("du propriétaire"), null, Press.Owner, CancellationToken.None);
        await Store.PublishAsync(draft!, Press.Owner, CancellationToken.None);
        await Store.SeedAsync(Code, Files("trois"), CancellationToken.None);

        Assert.Equal((3, "du propriétaire"), await InUseAsync(Code));
        var summary = (await Store.SummariesAsync(CancellationToken.None)).Single(row => row.Code == Code);
        Assert.True(summary.Proposed);
        Assert.Equal(4, summary.DraftVersion);
    }

    [Fact]
    public async Task Two_owners_do_not_overwrite_each_other()
    {
        const string Code = "essai/deux-mains";
        var begun = await press.PublishAsync(Code, ("deux-mains.typ", Head + "a"), ("sample.json", "{}"));
        var (first, _) = await Store.SaveDraftAsync(Code, Files("premier"), begun.Hash, Press.Owner, CancellationToken.None);

        var (second, refusal) = await Store.SaveDraftAsync(Code, Files("second"), begun.Hash, Press.Owner, CancellationToken.None);

        Assert.Null(second);
        Assert.Equal(TemplateRefusal.ChangedMeanwhile, refusal);
        var (_, stale) = await Store.PublishAsync(first! with { Hash = "autre" }, Press.Owner, CancellationToken.None);
        Assert.Equal(TemplateRefusal.ChangedMeanwhile, stale);
        Assert.True(await Store.DiscardDraftAsync(Code, Press.Owner, CancellationToken.None));
        Assert.Equal(begun.Hash, (await Store.FindEditedAsync(Code, CancellationToken.None))!.Hash);
    }

    [Theory]
    [InlineData("#inconnu", 4, "Le nom « inconnu » n'existe pas")]
    [InlineData("#let x = (1, 2", 4, "n'est pas refermé")]
    [InlineData("#data.answer.absent", 4, "n'ont pas de champ « answer »")]
    [InlineData("#read(\"/etc/passwd\")", 4, "ne lit que ses propres fichiers")]
    [InlineData("#image(\"../../logo.png\")", 4, "ne lit que ses propres fichiers")]
    [InlineData("#import \"@preview/cetz:0.3.1\": *", 4, "ne peut pas charger de paquet")]
    [InlineData("#import (\"@\" + \"preview/cetz:0.3.1\"): *", 4, "ne peut pas charger de paquet")]
    [InlineData("#import \"@local/x:1.0.0\": *", 4, "ne peut pas charger de paquet")]
    [InlineData("#while true { }", 4, "ne finit jamais")]
    [InlineData("#let n = 0\n#while n < 1 { n = 0 }", 5, "ne finit jamais")]
    [InlineData("#let f() = f()\n#f()", 4, "sans fin")]
    public async Task A_mistake_is_told_in_French_with_its_line(string source, int line, string french)
    {
        var preview = await TryAsync(("essai.typ", Head + source), ("sample.json", "{\"document\": {}}"));

        var problem = Assert.Single(preview.Problems, one => one.File == "essai.typ");
        Assert.Equal(line, problem.Line);
        Assert.Contains(french, problem.Explanation, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sample.json", "{\n\"a\": }", 2, "JSON")]
    [InlineData("body.liquid", "a\n{{ x | inventé }}", 2, "filtre")]
    [InlineData("subject.liquid", "{% if %}", 1, "")]
    public async Task A_mistake_in_a_mail_is_told_with_its_file_and_line(string file, string text, int line, string french)
    {
        var files = new Dictionary<string, string> { ["subject.liquid"] = "Objet", ["body.liquid"] = "Corps", ["sample.json"] = "{}", [file] = text };

        var preview = await TryAsync([.. files.Select(one => (one.Key, one.Value))]);

        var problem = Assert.Single(preview.Problems);
        Assert.Equal((file, line), (problem.File, problem.Line));
        Assert.Contains(french, problem.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_published_that_does_not_print()
    {
        var preview = await TryAsync(("essai.typ", Head + "Sans les données d'exemple"));

        Assert.Contains("sample.json", Assert.Single(preview.Problems).Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Templates_that_do_not_exist_are_said_with_those_that_do()
    {
        var error = await Assert.ThrowsAsync<KeyNotFoundException>(() => Store.ReadAsync("../src/Host", null, CancellationToken.None));

        Assert.Contains("formulaire-de-liaison/relance", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_difference_names_the_fewest_lines()
    {
        var lines = TextDifference.Between("a\nb\nc\nd", "a\nc\nd\ne");

        Assert.Equal(
            "Kept 1 1 a|Removed 2  b|Kept 3 2 c|Kept 4 3 d|Added  4 e",
            string.Join('|', lines.Select(line => $"{line.Change} {line.Before} {line.After} {line.Text}")));
    }

    [Theory]
    [InlineData("../x", "a.typ")]
    [InlineData("un/Deux", "a.typ")]
    [InlineData("un/deux", "../a.typ")]
    [InlineData("un/deux", "a.exe")]
    public void Names_that_are_no_names_are_refused(string code, string file) =>
        Assert.NotNull(TemplateRules.Refuse(code, new Dictionary<string, string> { [file] = "" }));

    private static Dictionary<string, string> Files(string words) => new() { ["livraison.typ"] = words, ["sample.json"] = "{}" };

    private async Task<(int, string)> InUseAsync(string code)
    {
        var found = await Store.ReadAsync(code, null, CancellationToken.None);
        return (found.Version, found.Files["livraison.typ"]);
    }

    private Task<TemplatePreview> TryAsync(params (string Name, string Text)[] files) => press.Get<TemplateCheck>().TryAsync(
        new TemplateVersion("essai/essai", 0, TemplateState.Draft, files.ToDictionary(file => file.Name, file => file.Text), "", false, press.Time.GetUtcNow(), "", null, null),
        CancellationToken.None);
}
