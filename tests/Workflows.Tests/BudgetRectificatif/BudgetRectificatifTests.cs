using System.Text.Json.Nodes;
using Cleiss.Activities;
using Cleiss.Activities.Cases;
using Cleiss.Activities.UserTasks;
using Cleiss.Persistence.People;
using Cleiss.Workflows.BudgetRectificatif.Register;
using Cleiss.Workflows.Statistiques;
using Xunit;

namespace Cleiss.Workflows.Tests.BudgetRectificatif;

public sealed class BudgetRectificatifTests(Agency agency) : IClassFixture<Agency>
{
    [Fact]
    public async Task The_amending_budget_of_2024_goes_from_the_last_vote_to_its_tacit_approval()
    {
        // In the autumn of 2024 the initial budget was the last one voted.
        await agency.ExecuteAsync("delete from budgets where exercise = 2024 and rank = 1 and case_id is null");
        var budget = await BudgetCase.OpenAsync(agency, 2024);
        var begun = (await agency.Tasks.GetAsync((await budget.TaskAsync("preparer")).Id, await agency.ActorAsync("budget"), CancellationToken.None))!.Data!;
        Assert.Equal("Budget initial de l'exercice 2024", begun["budgetPrecedent"]!.GetValue<string>());
        Assert.Equal([6_183_640m, 2_592_462m, 142_716m], begun["enveloppes"]!.AsArray().Select(row => row!["cpAvant"]!.GetValue<decimal>()));
        Assert.Equal(8_207_020m, begun["recettesAvant"]!.GetValue<decimal>());

        await budget.PrepareAsync();
        var read = await budget.ReadAsync("soumettre");
        Assert.Equal(
            [5_943_107.91m, 2_472_288m, 123_862.19m, 8_539_258.10m], read["enveloppes"]!.AsArray().Select(row => row!["cpApres"]!.GetValue<decimal>()));
        Assert.Equal([8_242_879m, 8_539_258.10m, -296_379.10m], read["equilibre"]!.AsArray().Select(row => row!["apres"]!.GetValue<decimal>()));
        Assert.Empty(read["erreurs"]!.AsArray());
        var remarks = read["remarques"]!.AsArray().Select(row => row!["constat"]!.GetValue<string>().Replace('\u202F', ' ').Replace('\u00A0', ' ')).ToList();
        Assert.Contains(remarks, remark => remark.StartsWith("Le total des CP : 8 539 258,09 € ; la somme donne 8 539 258,10 €.", StringComparison.Ordinal));
        Assert.Contains(
            "La variation totale des CP : −379 560 € ; la somme donne −379 561 €. Arrondi dans le mauvais sens : la variation de l'enveloppe personnel, −240 533 € imprimé pour −240 532,09 €.",
            remarks);

        await budget.DoAsync("soumettre", "Soumettre au visa", "budget");
        await budget.SignAsync();
        var project = Assert.Single(await budget.DocumentsAsync("Projet de budget"));
        Assert.Equal(2, await budget.ToldAsync("document.signed", project.Sha256!));
        var pack = await budget.ReadAsync("voter");
        Assert.Equal(("Thierry Morel", "Isabelle Laurent", project.Number, project.Sha256), (Text(pack, "visaPar"), Text(pack, "signePar"), Text(pack, "documentSigne"), Text(pack, "empreinte")));

        await budget.VoteAsync();
        await agency.UntilAsync("the budget has left", async () => await budget.CountAsync("mails", "case_id = @case and state = 'sent' and template = 'budget-rectificatif/transmission'") == 1);
        Assert.Equal(1, await budget.StageAsync("adopted"));
        await budget.NoteReceiptAsync();
        var executory = DateOnly.Parse(budget.Today(), null).AddMonths(1).AddDays(1);
        var due = (await budget.TaskAsync("suivre")).DueAt!.Value;
        Assert.Equal(ParisDate.Start(executory), due);
        agency.Time.AdvanceTo(due.AddMinutes(-1));
        Assert.False((await budget.TaskAsync("suivre")).IsClosed);
        agency.Time.AdvanceTo(due.AddMinutes(1));

        await budget.ClosedAsync("Exécutoire par approbation tacite");
        Assert.Single(await budget.DocumentsAsync("Certificat d'approbation tacite"));
        Assert.Equal(1, await budget.CountAsync("budgets", $"case_id = @case and stage = 'executory' and executory_on = '{BudgetCase.Iso(executory)}' and figures ->> 'revenue' = '8242879'"));
        Assert.Equal(1, await budget.CountAsync("mails", $"case_id = @case and to_address = 'agence.comptable@cleiss.example' and body like '%{executory:dd'/'MM'/'yyyy}%'"));
        await StatisticsAsync();
    }

    [Fact]
    public async Task Contradictory_figures_go_back_with_every_mistake_at_once()
    {
        var budget = await BudgetCase.OpenAsync(agency, 2025);
        var figures = await BudgetCase.FiguresAsync(agency);
        figures["modifications"]![0]!["ae"] = -1;
        figures["emplois"] = 90;
        figures["totalCpImprime"] = 8_539_300;
        await budget.PrepareAsync(figures);

        var read = await budget.ReadAsync("preparer");
        var errors = read["erreurs"]!.AsArray().Select(row => row!["constat"]!.GetValue<string>()).ToList();
        Assert.Contains(errors, error => error.Contains("égaux par construction", StringComparison.Ordinal));
        Assert.Contains(errors, error => error.Contains("plafond d'emplois", StringComparison.Ordinal));
        Assert.Contains(errors, error => error.Contains("que l'arrondi n'explique pas", StringComparison.Ordinal));
        // The figures are not those of the second amending budget of 2025.
        Assert.Contains(errors, error => error.StartsWith("Budget rectificatif n° 2 de l'exercice 2025 : les CP de l'enveloppe personnel", StringComparison.Ordinal));
        Assert.Empty(await budget.DocumentsAsync("Projet de budget"));
    }

    [Fact]
    public async Task A_refused_visa_goes_back_with_its_reason_and_the_refused_variant_is_kept()
    {
        var budget = await BudgetCase.OpenAsync(agency);
        await budget.SubmitAsync();
        await budget.DoAsync("viser", "Refuser le visa", "comptable", reason: "La ligne des traductions n'est pas justifiée.");

        var task = await budget.TaskAsync("preparer");
        var detail = (await agency.Tasks.GetAsync(task.Id, await agency.ActorAsync("budget"), CancellationToken.None))!;
        Assert.Equal(("La ligne des traductions n'est pas justifiée.", "Thierry Morel"), (detail.SentBack!.Reason, detail.SentBack.By));
        var again = detail.Data!.DeepClone().AsObject();
        again["modifications"]![1]!["motif"] = "Moins de pages par demande : 0,92 au lieu de 1,77 en serbo-croate.";
        await budget.SubmitAsync(again);
        await budget.TaskAsync("viser");

        var variants = await budget.DocumentsAsync("Projet de budget");
        Assert.Equal(["replaced", "valid"], variants.Select(document => document.State));
        Assert.Equal(variants[0].Id, variants[1].PreviousDocumentId);
        Assert.NotEqual(variants[0].Sha256, variants[1].Sha256);
        Assert.Equal(2, await budget.CountAsync("form_answers", "case_id = @case and form_key = 'budget-etabli'"));
        Assert.Equal(0, await budget.ToldAsync("document.signed", ""));
        Assert.Equal(1, await budget.FactAsync("renvoi", "oui"));
    }

    [Fact]
    public async Task The_director_sends_back_and_the_visa_has_to_be_given_again()
    {
        var budget = await BudgetCase.OpenAsync(agency);
        await budget.SubmitAsync();
        await budget.DoAsync("viser", "Viser", "comptable");
        await budget.DoAsync("signer", "Renvoyer à la préparation", "directrice", reason: "Attendez la notification des recettes.");
        await budget.SubmitAsync();
        await budget.SignAsync();

        await budget.TaskAsync("voter");
        Assert.Equal(2, await budget.ToldAsync("document.signed", "« Viser »"));
        Assert.Equal(1, await budget.ToldAsync("document.signed", "« Signer »"));
    }

    [Fact]
    public async Task Who_prepared_a_budget_neither_gives_the_visa_nor_signs_it()
    {
        var both = await PersonAsync("cumul-1", Role.Budget, Role.Comptable, Role.Directrice);
        var budget = await BudgetCase.OpenAsync(agency);
        await budget.DoAsync("preparer", "Contrôler les chiffres", both, await BudgetCase.FiguresAsync(agency));
        await budget.DoAsync("soumettre", "Soumettre au visa", "budget");

        AssertExcluded(await budget.RefusedAsync("viser", "Viser", both));
        await budget.DoAsync("viser", "Viser", "comptable");
        AssertExcluded(await budget.RefusedAsync("signer", "Signer", both));
        // Who only submitted counts as having prepared.
        AssertExcluded(await budget.RefusedAsync("signer", "Signer", await WithRoleAsync("budget", Role.Directrice)));
        Assert.Equal(1, await budget.ToldAsync("document.signed", ""));
    }

    [Fact]
    public async Task Nobody_signs_twice_in_two_capacities_even_in_another_round()
    {
        var both = await PersonAsync("cumul-2", Role.Comptable, Role.Directrice);
        var budget = await BudgetCase.OpenAsync(agency);
        await budget.SubmitAsync();
        await budget.DoAsync("viser", "Viser", both);
        AssertExcluded(await budget.RefusedAsync("signer", "Signer", both));

        await budget.DoAsync("signer", "Renvoyer à la préparation", "directrice", reason: "À revoir.");
        await budget.SubmitAsync();
        await budget.DoAsync("viser", "Viser", "comptable");
        AssertExcluded(await budget.RefusedAsync("signer", "Signer", both));
    }

    [Fact]
    public async Task A_document_that_changed_since_it_was_given_to_sign_refuses_the_signature()
    {
        var budget = await BudgetCase.OpenAsync(agency);
        await budget.SubmitAsync();
        await budget.DoAsync("viser", "Viser", "comptable");
        var task = await budget.TaskAsync("signer");
        var document = Assert.Single(await budget.DocumentsAsync("Projet de budget"));

        // The bytes alone, behind the product's back.
        await agency.ExecuteAsync($"update file_contents set content = content || '\\x20'::bytea where sha256 = '{document.Sha256}'");
        var refusal = await budget.RefusedAsync("signer", "Signer", await agency.ActorAsync("directrice"));
        Assert.Equal((409, "document-changed"), (refusal.Status, refusal.Code));
        Assert.Contains(document.Number, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(1, await budget.ToldAsync("document.signed", ""));
        Assert.Equal(task.Revision, (await budget.TaskAsync("signer")).Revision);

        // Sending it back signs nothing and stays possible.
        await budget.DoAsync("signer", "Renvoyer à la préparation", "directrice", reason: "Le document a changé.");
        await budget.TaskAsync("preparer");
    }

    [Fact]
    public async Task A_vote_that_contradicts_its_count_is_refused_and_a_refusal_of_the_board_goes_back()
    {
        var budget = await BudgetCase.OpenAsync(agency);
        await budget.SubmitAsync();
        await budget.SignAsync();

        var task = await budget.TaskAsync("voter");
        var wrong = await budget.RefusedAsync(
            "voter", "Le conseil adopte", await agency.ActorAsync("budget"),
            new JsonObject { ["seanceLe"] = budget.Today(), ["presents"] = 10, ["pour"] = 3, ["contre"] = 9, ["abstentions"] = 0 });
        Assert.Equal(["pour", "presents"], wrong.Faults.Select(fault => fault.Path).Order(StringComparer.Ordinal));
        await budget.VoteAsync("Le conseil refuse", votesFor: 2, against: 14, reason: "Le conseil demande un effort sur le fonctionnement.");

        Assert.NotNull(task);
        await budget.TaskAsync("preparer");
        Assert.Equal(1, await budget.FactAsync("vote", "refusé"));
        Assert.Equal(1, await budget.StageAsync("preparation"));
        Assert.Equal(0, await budget.CountAsync("mails", "case_id = @case"));
    }

    [Fact]
    public async Task The_board_sends_a_budget_back_and_votes_on_the_corrected_one()
    {
        var budget = await BudgetCase.OpenAsync(agency);
        await budget.SubmitAsync();
        await budget.SignAsync();
        await budget.DoAsync("voter", "Le conseil renvoie", "budget", reason: "La note explicative est à compléter.");
        await budget.SubmitAsync();
        await budget.SignAsync();
        await budget.VoteAsync();

        await budget.TaskAsync("enregistrer-reception");
        Assert.Equal(["replaced", "valid"], (await budget.DocumentsAsync("Dossier du conseil d'administration")).Select(document => document.State));
        Assert.Equal(1, await budget.FactAsync("vote", "adopté"));
    }

    [Fact]
    public async Task Documents_asked_for_in_writing_suspend_the_delay_and_its_end_moves_by_as_many_days()
    {
        var budget = await BudgetCase.OpenAsync(agency);
        await budget.ReceiveAsync();
        var first = (await budget.TaskAsync("suivre")).DueAt!.Value;
        agency.Time.Advance(TimeSpan.FromDays(10));
        await budget.WriteAsync("Délai suspendu");
        await budget.TaskAsync("reprendre");
        agency.Time.AdvanceTo(first.AddDays(5));
        Assert.Equal(CaseState.Open, (await budget.FindAsync()).State);
        var asked = (await agency.Tasks.GetAsync((await budget.TaskAsync("reprendre")).Id, await agency.ActorAsync("budget"), CancellationToken.None))!.Data!;
        await budget.DoAsync("reprendre", "Reprendre le délai", "budget", new JsonObject { ["demandesLe"] = asked["demandesLe"]!.DeepClone(), ["recusLe"] = budget.Today() });

        var second = (await budget.TaskAsync("suivre")).DueAt!.Value;
        var days = DateOnly.Parse(budget.Today(), null).DayNumber - DateOnly.Parse(asked["demandesLe"]!.GetValue<string>(), null).DayNumber;
        Assert.Equal(days, (int)Math.Round((second - first).TotalDays));
        agency.Time.AdvanceTo(second.AddMinutes(-1));
        Assert.False((await budget.TaskAsync("suivre")).IsClosed);
        agency.Time.AdvanceTo(second.AddMinutes(1));
        await budget.ClosedAsync("Exécutoire par approbation tacite");
        Assert.Equal(1, await budget.ToldAsync("budget.deadline", $"soit {days} jours"));
    }

    [Fact]
    public async Task A_suspension_cannot_end_before_it_begins()
    {
        var budget = await BudgetCase.OpenAsync(agency);
        await budget.ReceiveAsync();
        agency.Time.Advance(TimeSpan.FromDays(10));
        await budget.WriteAsync("Délai suspendu");
        var asked = ParisDate.Of(agency.Time.GetUtcNow());
        var refused = await budget.RefusedAsync(
            "reprendre", "Reprendre le délai", await agency.ActorAsync("budget"),
            new JsonObject { ["demandesLe"] = BudgetCase.Iso(asked), ["recusLe"] = BudgetCase.Iso(asked.AddDays(-1)) });

        var fault = Assert.Single(refused.Faults);
        Assert.Equal(("recusLe", "end-before-start"), (fault.Path, fault.Code));
        Assert.False((await budget.TaskAsync("reprendre")).IsClosed);
    }

    [Fact]
    public async Task An_express_approval_ends_the_wait_and_the_silence_after_it_changes_nothing()
    {
        var budget = await BudgetCase.OpenAsync(agency);
        await budget.ReceiveAsync();
        agency.Time.Advance(TimeSpan.FromDays(3));
        await budget.WriteAsync("Approbation expresse");
        await budget.ClosedAsync("Exécutoire par approbation expresse");
        agency.Time.Advance(TimeSpan.FromDays(60));

        Assert.Empty(await budget.DocumentsAsync("Certificat d'approbation tacite"));
        Assert.Equal(1, await budget.FactAsync("approbation", "expresse"));
        Assert.Equal(1, await budget.StageAsync("executory"));
    }

    [Fact]
    public async Task An_opposition_of_the_authority_takes_the_budget_back_to_its_preparation()
    {
        var exercise = BudgetCase.NewExercise();
        var budget = await BudgetCase.OpenAsync(agency, exercise);
        await budget.ReceiveAsync();
        Assert.Equal(exercise, (await agency.Get<BudgetRegister>().FindLastVotedAsync(exercise, CancellationToken.None))!.Exercise);
        await budget.WriteAsync("Opposition", "Le solde dépasse l'autorisation de la tutelle.");
        var task = await budget.TaskAsync("preparer");

        Assert.Equal(1, await budget.StageAsync("preparation"));
        Assert.Equal(1, await budget.FactAsync("vote", "opposition de la tutelle"));
        Assert.Equal("Le solde dépasse l'autorisation de la tutelle.", (await agency.Tasks.GetAsync(task.Id, await agency.ActorAsync("budget"), CancellationToken.None))!.SentBack!.Reason);
        await budget.ReceiveAsync();
        await budget.WriteAsync("Approbation expresse");
        await budget.ClosedAsync("Exécutoire par approbation expresse");
    }

    [Fact]
    public async Task A_wrong_date_of_receipt_is_corrected_and_the_delay_counted_anew()
    {
        var budget = await BudgetCase.OpenAsync(agency);
        await budget.SubmitAsync();
        await budget.SignAsync();
        await budget.VoteAsync();
        var today = DateOnly.Parse(budget.Today(), null);
        await budget.NoteReceiptAsync(BudgetCase.Iso(today.AddDays(-5)));
        var wrong = (await budget.TaskAsync("suivre")).DueAt;
        await budget.WriteAsync("Réception à corriger");
        await budget.NoteReceiptAsync(BudgetCase.Iso(today.AddDays(-2)));

        Assert.True((await budget.TaskAsync("suivre")).DueAt > wrong);
        Assert.Equal(2, await budget.ToldAsync("budget.deadline", ""));
    }

    [Fact]
    public async Task A_budget_has_one_place_that_a_cancelled_case_gives_back_and_a_try_out_never_takes()
    {
        var exercise = BudgetCase.NewExercise();
        await BudgetCase.OpenAsync(agency, exercise, test: true);
        var first = await BudgetCase.OpenAsync(agency, exercise);
        var refused = await Assert.ThrowsAsync<CaseRefusedException>(() => BudgetCase.OpenAsync(agency, exercise));
        Assert.Equal((409, "already-open"), (refused.Status, refused.Code));
        Assert.Contains(first.Reference, refused.Message, StringComparison.Ordinal);

        await agency.Cases.CancelAsync(first.CaseId, "Ouvert par erreur", await agency.ActorAsync("budget"), CancellationToken.None);
        await BudgetCase.OpenAsync(agency, exercise);
        var voted = await Assert.ThrowsAsync<CaseRefusedException>(() => BudgetCase.OpenAsync(agency, 2024, "initial"));
        Assert.Equal("already-voted", voted.Code);
    }

    [Fact]
    public async Task The_next_budget_begins_with_the_figures_that_were_voted_last()
    {
        var exercise = BudgetCase.NewExercise();
        var first = await BudgetCase.OpenAsync(agency, exercise, "initial");
        await first.ReceiveAsync();
        await first.TaskAsync("suivre");
        var next = await BudgetCase.OpenAsync(agency, exercise);

        Assert.Equal($"Budget rectificatif n° 1 de l'exercice {exercise}", (await next.FindAsync()).Title);
        var begun = (await agency.Tasks.GetAsync((await next.TaskAsync("preparer")).Id, await agency.ActorAsync("budget"), CancellationToken.None))!.Data!;
        Assert.Equal([5_943_107.91m, 2_472_288m, 123_862.19m], begun["enveloppes"]!.AsArray().Select(row => row!["cpAvant"]!.GetValue<decimal>()));
        Assert.Equal([5_943_107.91m, 1_163_662m, 70_721.19m], begun["enveloppes"]!.AsArray().Select(row => row!["aeAvant"]!.GetValue<decimal>()));
    }

    private async Task StatisticsAsync()
    {
        var report = await agency.Get<StatisticsDesk>().ComputeAsync("budget-rectificatif", 2026, CancellationToken.None);
        var row = report.Tables.Single(table => table.Key == "equilibre").Rows.Single(row => row.Name == "BR1 2024");
        Assert.Equal([7_177_491.10m, 8_539_258.10m, 8_242_879m, -296_379.10m], row.Values.Select(value => value!.Value));
        Assert.Contains(report.Tables.Single(table => table.Key == "cp-par-enveloppe").Rows, one => one.Name == "BR1 2024" && one.Values[0] == 5_943_107.91m);
        Assert.Matches("^dont [1-9] par approbation tacite$", report.Figures.Single(figure => figure.Words == "Exécutoires").Remark);

        var published = await agency.Get<StatisticsDesk>().ComputeAsync("budget-rectificatif", 2025, CancellationToken.None);
        Assert.Equal([98.96m, 95.19m, 55.33m, 97.48m], published.Tables.Single(table => table.Key == "execution-publiee").Rows.Select(row => row.Values[0]!.Value));
    }

    private static void AssertExcluded(UserTaskRefusedException refusal) => Assert.Equal((403, "excluded"), (refusal.Status, refusal.Code));

    private static string Text(JsonObject data, string name) => data[name]!.GetValue<string>();

    /// <summary>Somebody whose roles alone would allow everything.</summary>
    private async Task<Actor> PersonAsync(string id, params string[] roles)
    {
        await agency.Get<PeopleStore>().SaveAsync(new Person(id, id, $"{id}@demo.invalid", Active: true, Demo: true, roles.ToHashSet()), null, Actor.System, CancellationToken.None);
        return await agency.ActorAsync(id);
    }

    private async Task<Actor> WithRoleAsync(string id, string role)
    {
        var person = (await agency.Get<PeopleStore>().FindAsync(id, CancellationToken.None))!;
        await agency.Get<PeopleStore>().SaveAsync(person with { Roles = person.Roles.Append(role).ToHashSet() }, null, Actor.System, CancellationToken.None);
        return await agency.ActorAsync(id);
    }
}
