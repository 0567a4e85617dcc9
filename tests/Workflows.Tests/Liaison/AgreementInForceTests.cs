using Cleiss.Activities;
using Cleiss.Activities.Cases;
using Cleiss.Persistence.People;
using Cleiss.Persistence.Trails;
using Cleiss.Workflows.Referentiels;
using Xunit;

namespace Cleiss.Workflows.Tests.Liaison;

/// <summary>The owner moves the agreement and a form into force; what began before finishes as it began.</summary>
public sealed class AgreementInForceTests(Agency agency) : IClassFixture<Agency>
{
    private CatalogueEditor Catalogue => agency.Get<CatalogueEditor>();

    private DateOnly Today => ParisDate.Of(agency.Time.GetUtcNow());

    [Fact]
    public async Task Between_two_documents_the_agreement_enters_into_force_and_only_what_is_opened_afterwards_is_real()
    {
        var owner = await agency.ActorAsync("proprietaire");
        var begun = await agency.OpenAsync();

        await Catalogue.SaveAgreementAsync("MD", new AgreementChange(AgreementStatus.InForce, Today, null, "Ratifié."), owner, CancellationToken.None);
        var early = await Assert.ThrowsAsync<CaseRefusedException>(() => OpenRealAsync("se-151-08"));
        Assert.Equal("form-not-in-force", early.Code);

        await MoveAsync(owner, "se-151-08", FormLife.Notified, FormLife.InForce);
        var real = await OpenRealAsync("se-151-08");
        foreach (var caseId in new[] { begun.CaseId, real.CaseId })
        {
            await agency.FillAsync(caseId);
            await agency.ValidateAsync(caseId);
            await agency.UntilAsync("the document has left", () => agency.Cases.AwaitsReplyAsync(caseId, CancellationToken.None));
        }

        var (before, after) = (await ReadAsync(begun.CaseId), await ReadAsync(real.CaseId));
        Assert.StartsWith("FL-ESSAI-2026-", begun.Reference, StringComparison.Ordinal);
        Assert.StartsWith("SPEC-MD-2026-", Assert.Single(before.Documents).Number, StringComparison.Ordinal);
        Assert.StartsWith("[SPÉCIMEN]", Assert.Single(before.Mails).Subject, StringComparison.Ordinal);
        Assert.StartsWith("FL-2026-", real.Reference, StringComparison.Ordinal);
        var document = Assert.Single(after.Documents);
        Assert.Equal(("MD-2026-0001", "valid", false), (document.Number, document.State, document.ProvisionalCode));
        Assert.DoesNotContain("SPÉCIMEN", Assert.Single(after.Mails).Subject, StringComparison.Ordinal);

        // A form whose own life has not come that far still makes test cases only.
        var other = await Assert.ThrowsAsync<CaseRefusedException>(() => OpenRealAsync("se-151-06"));
        Assert.Equal("form-not-in-force", other.Code);
    }

    [Fact]
    public async Task A_form_moves_only_along_its_line_and_only_by_the_roles_of_the_arrow()
    {
        var owner = await agency.ActorAsync("proprietaire");
        var jump = await RefusedAsync(new FormMove(FormLife.InForce), owner);
        Assert.Equal("arrow", Assert.Single(jump.Faults).Code);
        Assert.Contains("« notifié par les autorités », « en négociation »", jump.Faults[0].Message, StringComparison.Ordinal);
        Assert.Equal("required", Assert.Single((await RefusedAsync(new FormMove(FormLife.Negotiation), owner)).Faults).Code);
        Assert.Equal((403, "form-move-not-yours"), await StatusAsync(new FormMove(FormLife.Notified), agency.Juriste));

        await Catalogue.SaveArrowsAsync([new FormLifeArrow(FormLife.Validated, FormLife.Notified, [Role.Juriste])], owner, CancellationToken.None);

        Assert.Equal((403, "form-move-not-yours"), await StatusAsync(new FormMove(FormLife.Notified), owner));
        await Catalogue.MoveFormAsync("MD", "se-151-17", new FormMove(FormLife.Notified), agency.Juriste, CancellationToken.None);
        await Catalogue.MoveFormAsync("MD", "se-151-17", new FormMove(FormLife.Validated, Reason: "Notification retirée."), owner, CancellationToken.None);

        await Catalogue.SaveArrowsAsync([new FormLifeArrow(FormLife.Validated, FormLife.Notified, [Role.Proprietaire])], owner, CancellationToken.None);
        var told = (await Catalogue.ListHistoryAsync("MD", "se-151-17", CancellationToken.None)).Select(line => (line.ActorId, line.Sentence)).ToList();
        Assert.Equal(2, told.Count);
        Assert.Equal("proprietaire", told[0].ActorId);
        Assert.EndsWith(": Notification retirée.", told[0].Sentence, StringComparison.Ordinal);
        Assert.Equal(("juriste", "a fait passer le formulaire SE 151-17 de « validé par les organismes » à « notifié par les autorités »"), told[1]);
        Assert.True((await agency.Get<TrailReader>().VerifyAsync(TrailIds.Administration, CancellationToken.None)).Intact);
    }

    [Fact]
    public async Task Everything_wrong_with_a_change_is_said_at_once()
    {
        var owner = await agency.ActorAsync("proprietaire");
        var agreement = await Assert.ThrowsAsync<CatalogueRefusedException>(() => Catalogue.SaveAgreementAsync(
            "MD", new AgreementChange("peut-être", new DateOnly(2027, 1, 1), new DateOnly(2026, 1, 1), "a\u0000b"), owner, CancellationToken.None));
        Assert.Equal(["status", "endedOn", "note"], agreement.Faults.Select(fault => fault.Path));

        var form = await Assert.ThrowsAsync<CatalogueRefusedException>(() => Catalogue.SaveFormAsync(
            "MD", "se-151-01", new FormChange(" ", null, "sports", "", null, "par avion", Today, null, "se-151-01"), owner, CancellationToken.None));
        Assert.Equal(["code", "titleFr", "family", "direction", "inForceOn", "replacedBy"], form.Faults.Select(fault => fault.Path));

        var taken = await Assert.ThrowsAsync<CatalogueRefusedException>(() => Catalogue.SaveFormAsync(
            "SN", "se-151-01", new FormChange("SE 151-01", null, "entraide", "Autre", null, "both", null, null, null), owner, CancellationToken.None));
        Assert.Contains("de l'accord MD", Assert.Single(taken.Faults).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_two_owners_who_change_the_same_form_the_second_is_told()
    {
        var owner = await agency.ActorAsync("proprietaire");
        var change = new FormChange("SE 151-19", null, "entraide", "Fiche de liaison", "Fișă de legătură", "both", null, null, null);
        await Catalogue.SaveFormAsync("MD", "se-151-19", change, owner, CancellationToken.None);

        await Catalogue.SaveFormAsync("MD", "se-151-19", change with { TitleFr = "Fiche", Revision = 1 }, owner, CancellationToken.None);
        var late = await Assert.ThrowsAsync<CatalogueRefusedException>(
            () => Catalogue.SaveFormAsync("MD", "se-151-19", change with { TitleFr = "Note", Revision = 1 }, owner, CancellationToken.None));

        Assert.Equal((409, "changed-meanwhile"), (late.Status, late.Code));
        var kept = (await agency.Get<ReferenceData>().FindFormAsync("se-151-19", CancellationToken.None))!;
        Assert.Equal(("Fiche", FormLife.Draft, 2), (kept.TitleFr, kept.Life, kept.Revision));
        Assert.Equal("unknown-form", (await Assert.ThrowsAsync<CaseRefusedException>(() => agency.Cases.OpenAsync(
            new OpenCase("formulaire-de-liaison", Agency.Opening("se-151-19"), Test: true), agency.Agent, CancellationToken.None))).Code);
    }

    [Theory]
    [InlineData(AgreementStatus.InForce, null, null, true)]
    [InlineData(AgreementStatus.InForce, "2026-06-15", "2026-06-15", true)]
    [InlineData(AgreementStatus.InForce, "2026-06-16", null, false)]
    [InlineData(AgreementStatus.InForce, null, "2026-06-14", false)]
    [InlineData(AgreementStatus.Denounced, null, "2026-06-15", true)]
    [InlineData(AgreementStatus.Denounced, null, "2026-06-14", false)]
    [InlineData(AgreementStatus.Denounced, null, null, false)]
    [InlineData(AgreementStatus.Signed, null, null, false)]
    [InlineData(AgreementStatus.Ended, null, "2026-12-31", false)]
    public async Task Cases_and_documents_judge_the_period_of_an_agreement_alike(string status, string? from, string? until, bool binds)
    {
        var day = new DateOnly(2026, 6, 15);
        var agreement = new Agreement { Iso = "UY", Partner = "Uruguay", Kind = "", Status = status, InForceOn = Day(from), EndedOn = Day(until) };
        await agency.ExecuteAsync(
            $"update agreements set status = '{status}', in_force_on = {Quoted(from)}::date, ended_on = {Quoted(until)}::date where iso = 'UY'");

        Assert.Equal(binds, agreement.IsInForce(day));
        Assert.Equal(binds ? 1 : 0, await agency.CountAsync("select count(*) where document_may_be_real('UY', null, '2026-06-15')"));
    }

    private static DateOnly? Day(string? text) => text is null ? null : DateOnly.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static string Quoted(string? text) => text is null ? "null" : $"'{text}'";

    private Task<OpenedCase> OpenRealAsync(string form) =>
        agency.Cases.OpenAsync(new OpenCase("formulaire-de-liaison", Agency.Opening(form)), agency.Agent, CancellationToken.None);

    private async Task<CaseDetail> ReadAsync(string caseId) => (await agency.Get<CaseReader>().GetAsync(caseId, CancellationToken.None))!;

    private async Task MoveAsync(Actor actor, string form, params string[] steps)
    {
        foreach (var to in steps)
        {
            await Catalogue.MoveFormAsync("MD", form, new FormMove(to), actor, CancellationToken.None);
        }
    }

    private Task<CatalogueRefusedException> RefusedAsync(FormMove move, Actor actor) =>
        Assert.ThrowsAsync<CatalogueRefusedException>(() => Catalogue.MoveFormAsync("MD", "se-151-17", move, actor, CancellationToken.None));

    private async Task<(int Status, string Code)> StatusAsync(FormMove move, Actor actor) =>
        await RefusedAsync(move, actor) is { } refused ? (refused.Status, refused.Code) : default;
}
