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

    private async Task<ProcedureSheet> ReadAsync(string key) => (await agency.Get<ProcedureSheets>().FindInForceAsync(key, CancellationToken.None))!;
}
