using Cleiss.Documents.Issuing;
using Cleiss.Engine.Execution;
using Xunit;

namespace Cleiss.Workflows.Tests;

public sealed class SpecimenTests(Agency agency) : IClassFixture<Agency>
{
    [Theory]
    [InlineData("MD", null, false, "SPEC-MD-")]
    [InlineData("DZ", null, false, "DZ-")]
    [InlineData("DZ", null, true, "SPEC-DZ-")]
    [InlineData("DZ", "se-151-08", false, "SPEC-DZ-")]
    [InlineData("BC", null, false, "BC-")]
    public async Task A_document_is_real_only_while_its_agreement_and_its_form_are_in_force(string series, string? form, bool test, string prefix)
    {
        var issue = new IssueDocument(
            Guid.NewGuid().ToString("N"), series, test, null, "Attestation", "formulaire-de-liaison/formulaire-bilingue", form, null, false, null, "ro",
            VerificationCodes.New(), "agent1");
        await agency.Get<WorkflowRuntime>().WriteAsync([issue], CancellationToken.None);

        var document = await agency.Get<DocumentStore>().FindAsync(issue.DocumentId, CancellationToken.None);

        Assert.StartsWith(prefix, document!.Number, StringComparison.Ordinal);
        Assert.Equal(prefix.StartsWith("SPEC-", StringComparison.Ordinal), document.Specimen);
    }
}
