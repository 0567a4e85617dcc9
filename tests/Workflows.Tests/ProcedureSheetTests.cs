using Cleiss.Workflows.Fiches;
using Xunit;

namespace Cleiss.Workflows.Tests;

public sealed class ProcedureSheetTests(Agency agency) : IClassFixture<Agency>
{
    [Fact]
    public async Task The_sheet_says_who_does_what_when_and_on_what_basis()
    {
        var sheet = await ReadAsync("demande-pcn");

        var answer = sheet.Steps[0];
        Assert.Equal(("1", "Répondre à la question", "Directive 2011/24/UE, article 6"), (answer.Number, answer.What, answer.LegalBasis));
        Assert.Equal(["agent"], answer.Roles);
        Assert.Equal(new ProcedureFact("Délai", "8j ouvrés"), Assert.Single(answer.Delays));
        Assert.Equal(["Envoyer la réponse", "Demander une précision"], answer.Next.Select(move => move.Outcome));
        Assert.Contains(sheet.Steps, step => step is { What: "Relancer la personne", Number: "5.1" });
        Assert.Equal(["Directive 2011/24/UE, article 6"], sheet.LegalBases);
    }

    [Fact]
    public async Task A_second_pair_of_eyes_is_named_by_the_step_it_differs_from()
    {
        var sheet = await ReadAsync("formulaire-de-liaison");

        Assert.Contains(sheet.Steps, step => step.Roles.Contains("juriste") && step.Rules.Any(rule => rule.StartsWith("une autre personne que pour « ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Every_process_has_a_sheet_whose_steps_all_read_as_words()
    {
        foreach (var process in agency.Cases.Processes)
        {
            var sheet = await ReadAsync(process.Key);
            Assert.NotEmpty(sheet.Steps);
            Assert.All(sheet.Steps, step => Assert.True(char.IsUpper(step.What[0]) && step.What.IndexOfAny(['.', '-', '_']) < 0, $"{process.Key}: « {step.What} »"));
        }
    }

    [Fact]
    public async Task Printed_small_steps_are_told_with_the_outcome_that_leads_to_them()
    {
        var brief = ProcedureBrief.Of(await ReadAsync("demande-pcn"));

        Assert.Equal(["Répondre à la question", "Attendre la précision, relancer une fois"], brief.Rows.Select(row => row.Step.What));
        var (answer, wait) = (brief.Rows[0], brief.Rows[1]);
        Assert.Equal(("a", "Directive 2011/24/UE, article 6"), (answer.Basis, Assert.Single(brief.Bases).Value));
        Assert.Equal(["Envoyer la réponse", "Clore : réponse donnée"], answer.Ways[0].Then.Select(step => step.What));
        Assert.Null(answer.Ways[0].Target);
        Assert.Equal(("Demander une précision", wait.Step), (answer.Ways[1].Outcome, answer.Ways[1].Target));
        Assert.Equal("Relancer la personne", Assert.Single(wait.Meanwhile).What);
        Assert.Equal(answer.Step, wait.Ways[0].Target);
    }

    [Fact]
    public async Task Nothing_of_a_sheet_is_missing_when_it_is_printed()
    {
        foreach (var process in agency.Cases.Processes)
        {
            var sheet = await ReadAsync(process.Key);
            var brief = ProcedureBrief.Of(sheet);
            var told = brief.Rows.SelectMany(row => row.Meanwhile.Concat(row.Ways.SelectMany(way => way.Then)).Append(row.Step)).Select(step => step.Number).ToHashSet(StringComparer.Ordinal);
            Assert.Equal(sheet.Steps.Select(step => step.Number).Order(StringComparer.Ordinal), told.Order(StringComparer.Ordinal));
            Assert.All(brief.Rows.Where(row => row.Step.LegalBasis is not null), row => Assert.NotNull(row.Basis));
        }
    }

    [Fact]
    public async Task A_delay_that_is_computed_names_the_settings_it_comes_from()
    {
        var sheet = await ReadAsync("solvit-sdl2");

        Assert.Equal("selon le dossier (horloge 7 jours : 7)", Assert.Single(sheet.Steps.Single(step => step.What == "Répondre au demandeur").Delays).Value);
    }

    private async Task<ProcedureSheet> ReadAsync(string key) => (await agency.Get<ProcedureSheets>().FindInForceAsync(key, CancellationToken.None))!;
}
