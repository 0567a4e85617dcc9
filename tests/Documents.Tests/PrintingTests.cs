using System.Globalization;
using System.Text.Json.Nodes;
using Cleiss.Documents.Issuing;
using Cleiss.Documents.Rendering;
using Cleiss.Documents.Templates;
using Cleiss.Engine.Effects;
using Cleiss.Scripting.Hosting;
using Cleiss.Scripting.Qr;
using Cleiss.Scripting.Typst;
using Cleiss.Scripting.Workers;
using Cleiss.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace Cleiss.Documents.Tests;

[Collection(nameof(Press))]
public sealed class PrintingTests(Press press)
{
    private const string Generic = "formulaire-de-liaison/formulaire-bilingue";

    private static readonly string TemplatesFolder = Path.Combine(TestKit.RepositoryFolder.Path, "templates");

    public static TheoryData<string> Documents => new(Directory.EnumerateFiles(
        TemplatesFolder, "*.typ", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(TemplatesFolder, Path.GetDirectoryName(file)!).Replace('\\', '/')).Order());

    public static TheoryData<string> Mails => new(Directory.EnumerateFiles(
        TemplatesFolder, "subject.liquid", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(TemplatesFolder, Path.GetDirectoryName(file)!).Replace('\\', '/')).Order());

    [Theory]
    [MemberData(nameof(Documents))]
    public async Task Every_document_template_prints_its_sample_accessibly(string code)
    {
        var file = await press.PrintSampleAsync(code);

        var info = await file.InfoAsync();
        Assert.Contains("Tagged:          yes", info, StringComparison.Ordinal);
        Assert.Matches(@"Title:\s+\S+-2026-\d{4} – \S", info);
        var fonts = (await file.FontsAsync()).Split('\n').Skip(2).Where(line => line.Length > 0).ToList();
        Assert.NotEmpty(fonts);
        // Columns: name, type, encoding, emb, sub, uni. Embedded, and with a map back to Unicode.
        Assert.All(fonts, font => Assert.Matches(@"Identity-H\s+yes yes yes", font));
        var structure = await file.StructureAsync();
        Assert.Contains("\"/Lang\": \"u:fr", structure, StringComparison.Ordinal);
        // What poppler's pdfinfo complains of is a boolean, as ISO 32000-1 table 321 demands, and false, as PDF/UA-1 7.1 demands.
        Assert.Matches(@"""/MarkInfo"": \{\s*""/Marked"": true,\s*""/Suspects"": false", structure);
        Assert.Matches("page 1 / [1-9]", await file.TextAsync());
        Assert.Contains("7K2M-", await file.TextAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Mails))]
    public async Task Every_mail_template_writes_its_sample(string code)
    {
        var template = await press.Get<TemplateStore>().ReadAsync(code, null, CancellationToken.None);

        var preview = await press.Get<TemplateCheck>().TryAsync(template, CancellationToken.None);

        Assert.Empty(preview.Problems);
        Assert.NotEmpty(preview.Subject!);
        var sample = JsonNode.Parse(template.Files[TemplateVersion.Sample])!;
        Assert.Contains(sample["case"]!["reference"]!.GetValue<string>(), preview.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fr", "Élève où l'œuvre naïve, ça coûte 12 €")]
    [InlineData("ro", "Ștefan Țurcanu, înțelegere, Chișinău, ăâîșț ĂÂÎȘȚ")]
    [InlineData("sr", "Љиљана Ђорђевић, Ниш, осигураник")]
    [InlineData("el", "Ελληνική Δημοκρατία, ασφαλισμένος, έγγραφο")]
    public async Task Letters_of_partners_come_out_as_they_went_in(string language, string words)
    {
        var file = await press.PrintSampleAsync(Generic, data => Fill(data, language, words));

        Assert.Contains(words, (await file.TextAsync()).Replace("\n", " ", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains($"/Lang ({language})", await file.ObjectsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Arabic_is_joined_and_runs_from_right_to_left()
    {
        // Without lam-alef, which poppler gives back in the order of its drawing.
        const string Words = "صندوق التقاعد";
        var file = await press.PrintSampleAsync(Generic, data => Fill(data, "ar", Words));

        // poppler gives right-to-left text back in reading order, with marks of direction around it.
        Assert.Contains(Words, new string([.. (await file.TextAsync()).Where(c => c is not ('\u202b' or '\u202a' or '\u202c' or '\u200f'))]), StringComparison.Ordinal);
        Assert.Contains("NotoSansArabic", await file.FontsAsync(), StringComparison.Ordinal);
        // Letters that are joined take less room than the same letters kept apart by a non-joiner.
        var joined = await DrawAsync("ar", "سسسسسس");
        var apart = await DrawAsync("ar", "س\u200cس\u200cس\u200cس\u200cس\u200cس");
        Assert.True(joined.Width < apart.Width, $"joined {joined.Width}, apart {apart.Width}");
        // What is read first stands on the right: the letters there, the dots after them on the left.
        var lettersThenDots = await DrawAsync("ar", "سسسس.....");
        Assert.True(InkOf(lettersThenDots, right: true) > InkOf(lettersThenDots, right: false));
    }

    [Theory]
    [InlineData("fr", "Œç", "Œç")]
    [InlineData("ro", "Șș", "Șș")]
    [InlineData("sr", "Ђђ", "Ђђ")]
    [InlineData("el", "Ωω", "Ωω")]
    [InlineData("ar", "ض", "ض")]
    public async Task A_letter_is_drawn_as_itself(string language, string letters, string again)
    {
        var one = await DrawAsync(language, letters);
        var two = await DrawAsync(language, again);
        var box = await DrawAsync("fr", "□");

        // The same ink each time, and not the empty box a missing letter would leave.
        Assert.Equal(one.Pixels, two.Pixels);
        Assert.True(one.Ink > 100);
        Assert.NotEqual((box.Width, box.Height, box.Ink), (one.Width, one.Height, one.Ink));
    }

    [Theory]
    [InlineData("fr", "Œuvre, élève")]
    [InlineData("ro", "Ștefan Țurcanu")]
    [InlineData("sr", "Љиљана, Ниш")]
    [InlineData("el", "Ελλάδα, ώρα")]
    [InlineData("ar", "الضمان الاجتماعي")]
    public async Task A_script_looks_as_it_was_once_seen_to_be_right(string language, string words) =>
        Golden.MatchPicture(await DrawAsync(language, words, 300), Path.Combine("Pictures", language + ".txt"));

    [Fact]
    public async Task A_letter_that_no_font_has_is_refused_not_printed_as_a_box()
    {
        var failure = await Assert.ThrowsAsync<TypstException>(() => press.PrintSampleAsync(Generic, data => Fill(data, "ro", "\U000F1234")));

        Assert.Contains("U+F1234", failure.Message + string.Concat(failure.Diagnostics), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_long_table_breaks_across_pages_and_repeats_its_head()
    {
        var file = await press.PrintSampleAsync(Generic, data =>
        {
            var rows = data["answer"]!["sections"]![1]!["tables"]![0]!["rows"]!.AsArray();
            for (var i = 0; i < 120; i++)
            {
                rows.Add(rows[0]!.DeepClone());
            }
        });

        var text = await file.TextAsync();
        var pages = int.Parse((await file.InfoAsync()).Split('\n').First(line => line.StartsWith("Pages:", StringComparison.Ordinal))[6..], CultureInfo.InvariantCulture);
        Assert.InRange(pages, 4, 12);
        Assert.Equal(pages, text.Split("Angajator").Length - 1);
        Assert.Contains($"page {pages} / {pages}", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_correction_names_the_document_it_replaces()
    {
        await press.PublishAsync(
            "essai/correction", ("correction.typ", "#import \"/cleiss.typ\": *\n#show: page-of.with(title: \"T\")\n#notices()\nCorps"), ("sample.json", "{}"));
        var first = await press.IssueAsync(Press.Issue("essai/correction"));
        var second = await press.IssueAsync(Press.Issue("essai/correction") with { PreviousDocumentId = first.Id });
        var third = await press.IssueAsync(Press.Issue("essai/correction") with { PreviousDocumentId = second.Id, CancelsPrevious = true });

        var correction = new PrintedFile(await press.Get<DocumentRenderer>().RenderAsync(second, CancellationToken.None));
        var withdrawal = new PrintedFile(await press.Get<DocumentRenderer>().RenderAsync(third, CancellationToken.None));

        Assert.Contains($"corrige et remplace le document n° {first.Number}", await correction.TextAsync(), StringComparison.Ordinal);
        Assert.Contains($"înlocuiește documentul nr. {first.Number}", await correction.TextAsync(), StringComparison.Ordinal);
        Assert.Contains($"annule le document n° {second.Number}", await withdrawal.TextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_running_document_is_printed_with_the_version_it_was_issued_on()
    {
        static (string, string)[] Saying(string words) =>
            [("version.typ", $"#import \"/cleiss.typ\": *\n#show: page-of.with(title: \"T\")\n{words}"), ("sample.json", "{}")];
        var first = await press.PublishAsync("essai/version", Saying("Ancien texte"));
        var running = await press.IssueAsync(Press.Issue("essai/version"));
        var second = await press.PublishAsync("essai/version", Saying("Nouveau texte"));
        var later = await press.IssueAsync(Press.Issue("essai/version"));

        Assert.Equal((first.Version, second.Version), (running.TemplateVersion, later.TemplateVersion));
        Assert.Contains("Ancien texte", await new PrintedFile(await press.Get<DocumentRenderer>().RenderAsync(running, CancellationToken.None)).TextAsync(), StringComparison.Ordinal);
        Assert.Contains("Nouveau texte", await new PrintedFile(await press.Get<DocumentRenderer>().RenderAsync(later, CancellationToken.None)).TextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_document_that_takes_too_long_is_tried_again_then_parked_and_keeps_its_number()
    {
        await press.PublishAsync(
            "essai/sans-fin", ("sans-fin.typ", "#let n = 0\n#for a in range(9000) { for b in range(9000) { for c in range(9000) { n += 1 } } }"), ("sample.json", "{}"));
        var document = await press.IssueAsync(Press.Issue("essai/sans-fin"));
        using var impatient = new ScriptHost(Options.Create(new ScriptingOptions { TypstMilliseconds = 1000 }), NullLogger<ScriptHost>.Instance);
        var renderer = new DocumentRenderer(
            press.Get<TemplateStore>(), new TypstCompiler(impatient), press.Get<IQrCodes>(), press.Answers, press.Get<DocumentStore>(), press.Get<IOptions<PublicAddressOptions>>());
        var handler = new RenderDocumentHandler(press.Get<DocumentStore>(), renderer);
        Effect Attempt(int number) => new("effet", handler.Kind, "cle", new JsonObject { ["documentId"] = document.Id }, null, null, null, number, press.Time.GetUtcNow());

        var early = await handler.HandleAsync(Attempt(1), CancellationToken.None);
        var late = await handler.HandleAsync(Attempt(4), CancellationToken.None);

        Assert.Contains("time limit", Assert.IsType<EffectResult.Retry>(early).Reason, StringComparison.Ordinal);
        Assert.IsType<EffectResult.Park>(late);
        var kept = await press.Get<DocumentStore>().FindAsync(document.Id, CancellationToken.None);
        Assert.Equal((document.Number, DocumentState.Pending), (kept!.Number, kept.State));
        // Its neighbours print.
        await press.PrintSampleAsync(Generic);
    }

    private static void Fill(JsonObject data, string language, string words)
    {
        data["document"]!["language"] = language;
        data["document"]!["specimen"] = false;
        data["answer"]!["sections"]![0]!["rows"]![1]!["valuePartner"] = words;
    }

    private async Task<GreyPicture> DrawAsync(string language, string words, int resolution = 100)
    {
        var code = "essai/dessin";
        var template = new TemplateVersion(
            code, 0, TemplateState.Draft,
            new Dictionary<string, string>
            {
                ["dessin.typ"] = "#import \"/cleiss.typ\": *\n#set document(title: \"T\")\n#set page(width: 300pt, height: 60pt, margin: 10pt)\n#set text(font: fonts, lang: \"fr\")\n"
                    + "#text(lang: partner-lang, size: 20pt, data.words)",
            },
            "", false, press.Time.GetUtcNow(), "", null, null);
        var data = new JsonObject { ["document"] = new JsonObject { ["language"] = language, ["specimen"] = false }, ["words"] = words };
        var preview = await press.Get<DocumentRenderer>().PreviewAsync(template, data, press.Time.GetUtcNow(), CancellationToken.None);
        return (await new PrintedFile(preview.Pdf).DrawAsync(resolution)).Cut();
    }

    private static int InkOf(GreyPicture picture, bool right) =>
        Enumerable.Range(0, picture.Pixels.Length).Count(i => picture.Pixels[i] < 128 && (i % picture.Width >= picture.Width / 2) == right);
}
