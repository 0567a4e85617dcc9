using Cleiss.Documents.Issuing;
using Cleiss.Documents.Rendering;
using Cleiss.Engine.Execution;
using Cleiss.Forms.Answers;
using Cleiss.Forms.Catalogue;
using Cleiss.Forms.Printing;
using Cleiss.Forms.Validation;
using Cleiss.TestKit;
using Xunit;

namespace Cleiss.Workflows.Tests;

/// <summary>The eighteen forms of the agreement with Moldova, filled with their sample and printed.</summary>
public sealed class MoldovaFormsTests(Agency agency) : IClassFixture<Agency>
{
    public static TheoryData<string> Keys => [.. Enumerable.Range(1, 18).Select(number => $"se-151-{number:00}")];

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task A_form_prints_all_it_was_given_in_both_languages(string key)
    {
        var form = (await agency.Get<FormStore>().FindAsync(key, null, CancellationToken.None))!;
        var judged = await agency.Get<FormValidator>().ValidateAsync(form, form.Sample!, "fr", CancellationToken.None);
        Assert.True(judged.Valid, string.Join(" ", judged.Errors));
        var answerId = Guid.NewGuid().ToString("N");
        var issue = new IssueDocument(
            Guid.NewGuid().ToString("N"), "MD", true, null, form.Title.Fr, "formulaire-de-liaison/formulaire-bilingue", key, form.Code, true, answerId, "ro", VerificationCodes.New(), "agent1");
        await agency.Get<WorkflowRuntime>().WriteAsync([new RecordAnswer(answerId, key, form.Version, null, null, judged.Data, "agent1"), issue], CancellationToken.None);
        var document = (await agency.Get<DocumentStore>().FindAsync(issue.DocumentId, CancellationToken.None))!;

        var pdf = new PrintedFile(await agency.Get<DocumentRenderer>().RenderAsync(document, CancellationToken.None));

        var text = await pdf.RunningTextAsync();
        var print = FormPrint.Build(form, judged.Data, "ro");
        foreach (var words in Words(print).Append(form.Code!).Append(document.Number).Append("SPÉCIMEN"))
        {
            Assert.Contains(PrintedFile.Squeeze(words), text, StringComparison.Ordinal);
        }

        var tags = await pdf.TagsAsync();
        Assert.Contains("H1", tags, StringComparison.Ordinal);
        Assert.Equal(print.Sections.Count, System.Text.RegularExpressions.Regex.Count(tags, "^ +H2", System.Text.RegularExpressions.RegexOptions.Multiline));
        Assert.Contains("ro", tags, StringComparison.Ordinal);
        var facts = await pdf.InfoAsync();
        Assert.Matches(@"Tagged:\s+yes", facts);
        Assert.True(pdf.SaysItIsUniversallyAccessible);
        Assert.Contains(form.Title.Fr, facts, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Words(PrintModel print) =>
        new[] { print.TitleFr, print.TitlePartner }
            .Concat(print.Sections.SelectMany(section => new[] { section.TitleFr, section.TitlePartner }))
            .Concat(print.Sections.SelectMany(section => section.Rows).SelectMany(row => new[] { row.LabelFr, row.LabelPartner, row.ValueFr, row.ValuePartner }))
            .Concat(print.Sections.SelectMany(section => section.Tables).SelectMany(table => table.Columns.Concat(table.Rows.SelectMany(row => row))).SelectMany(cell => new[] { cell.Fr, cell.Partner }));
}
