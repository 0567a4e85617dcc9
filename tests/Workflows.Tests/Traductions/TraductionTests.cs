using System.Text;
using System.Text.Json.Nodes;
using Cleiss.Activities.Cases;
using Cleiss.Activities.PartnerLinks;
using Cleiss.Activities.UserTasks;
using Cleiss.Workflows.Traductions;
using Cleiss.Workflows.Traductions.Market;
using Cleiss.Workflows.Traductions.Months;
using Xunit;

namespace Cleiss.Workflows.Tests.Traductions;

/// <summary>One request of each kind, whole; the tests share a database, so each looks at its own cases.</summary>
public sealed class TraductionTests(LanguageService service) : IClassFixture<LanguageService>
{
    private Agency Agency => service.Agency;

    [Fact]
    public async Task A_language_with_room_in_its_tray_is_translated_in_house_revised_by_another_and_certified()
    {
        var id = await service.RequestAsync("ar", LanguageService.TextOf(105));
        await service.DoAsync(id, "traduire", service.Translator, "Remettre la traduction", await service.TranslationAsync());
        var both = service.Translator with { Roles = new HashSet<string> { "traducteur", "reviseur" } };
        var revising = await Agency.OpenTaskAsync(id, "reviser-interne");
        var own = await Assert.ThrowsAsync<UserTaskRefusedException>(() => Agency.Tasks.CompleteAsync(new CompleteUserTask(revising.Id, "Certifier"), both, CancellationToken.None));
        await service.DoAsync(id, "reviser-interne", service.Reviser, "Certifier");

        Assert.Equal("excluded", own.Code);
        Assert.Equal("Livrée", (await service.ClosedAsync(id)).Status);
        var detail = (await Agency.Get<CaseReader>().GetAsync(id, CancellationToken.None))!;
        Assert.StartsWith("CERT-2026-", Assert.Single(detail.Documents).Number, StringComparison.Ordinal);
        Assert.Equal(0, await Agency.CountAsync($"select count(*) from translation_costs where case_id = '{id}'"));
        Assert.Equal(0, await Agency.CountAsync($"select count(*) from bookmarks where workflow_instance_id = '{detail.Case.WorkflowInstanceId}'"));

        var view = await service.Links.OpenAsync(await service.TokenAsync(id, "traduction/livraison"), null, CancellationToken.None);
        Assert.Equal("traduction.txt", Assert.Single(view.Files).Name);
        Assert.NotEmpty((await service.Links.FetchAsync(await service.TokenAsync(id, "traduction/livraison"), 0, null, CancellationToken.None)).Content);
        Assert.Equal(1, await Agency.CountAsync($"select count(*) from trail_entries where kind = 'partner.fetched' and trail_id like '%{id}'"));
    }

    [Fact]
    public async Task A_provider_accepts_and_delivers_by_one_time_links_and_the_cost_is_that_of_the_orders_date()
    {
        var id = await service.RequestAsync("pl", LanguageService.TextOf(105), direction: "theme");
        await FillTrayAsync("pl");
        var second = await service.RequestAsync("pl", LanguageService.TextOf(105, "autre"));
        var token = await service.TokenAsync(second, "traduction/commande");
        await service.AnswerAsync(token, "Accepter");
        var again = await Assert.ThrowsAsync<PartnerLinkRefusedException>(() => service.AnswerAsync(token, "Décliner", reason: "Trop tard"));
        await service.DeliverAsync(second);
        await service.DoAsync(second, "reviser-prestataire", service.Reviser, "Certifier");
        await service.ClosedAsync(second);

        Assert.Equal((410, "link-closed"), (again.Status, again.Code));
        Assert.NotEqual(id, second);
        var price = ModelledMarket.Prices.Where(price => price is { Language: "pl", Direction: "version" }).MaxBy(price => price.From)!.Cents;
        Assert.Equal(TranslationMoney.AmountCents(105, price), await Agency.CountAsync($"select cents::bigint from translation_costs where case_id = '{second}'"));
        Assert.Equal(2, await Agency.CountAsync($"select count(*) from documents where case_id = '{second}' and state = 'valid'"));
        Assert.Equal(0, await Agency.CountAsync("select count(*) from partner_links where pending_token is not null and closed_at is not null"));
        await service.VerifyAsync();
    }

    [Fact]
    public async Task Declined_then_lapsed_the_order_goes_to_the_next_in_rank_and_at_last_to_the_manager()
    {
        var id = await service.RequestAsync("so", LanguageService.TextOf(300));
        var ranks = ModelledMarket.Offers.Count(offer => offer.Lot == LanguageService.LotOf("so"));
        await service.AnswerAsync(await service.TokenAsync(id, "traduction/commande"), "Décliner", reason: "Pas de traducteur disponible.");
        for (var rank = 2; rank <= ranks; rank++)
        {
            await service.TokenAsync(id, "traduction/commande", rank);
            Agency.Time.Advance(TimeSpan.FromDays(6));
        }

        var question = await Agency.OpenTaskAsync(id, "decider");

        Assert.Contains("ont décliné ou n'ont pas répondu", question.Instructions, StringComparison.Ordinal);
        Assert.Equal(1, await Agency.CountAsync($"select count(*) from translation_orders where case_id = '{id}' and state = 'declined'"));
        Assert.Equal(ranks - 1, await Agency.CountAsync($"select count(*) from translation_orders where case_id = '{id}' and state = 'lapsed'"));
        Assert.Equal(0, await service.HeldAsync(id));
        await service.DoAsync(id, "decider", service.Manager, "Renoncer", reason: "Aucun prestataire.");
        Assert.Equal("Non traitée", (await service.ClosedAsync(id)).Status);
        await service.VerifyAsync();
    }

    [Theory]
    [InlineData("bn", "version", "Le lot 15 est infructueux")]
    [InlineData("am", "theme", "Aucun lot du marché ne couvre")]
    public async Task What_the_market_does_not_cover_goes_to_the_manager_with_the_reason(string language, string direction, string reason)
    {
        var id = await service.RequestAsync(language, LanguageService.TextOf(50), direction: direction);

        Assert.StartsWith(reason, (await Agency.OpenTaskAsync(id, "decider")).Instructions, StringComparison.Ordinal);
        await service.DoAsync(id, "decider", service.Manager, "Traduire en interne");
        Assert.Equal("Traduire le document", (await Agency.OpenTaskAsync(id, "traduire")).Title);
    }

    [Fact]
    public async Task The_same_document_in_the_same_languages_is_recognised_and_its_translation_proposed()
    {
        var document = LanguageService.TextOf(40, "unique");
        var first = await service.RequestAsync("ar", document);
        await service.DoAsync(first, "traduire", service.Translator, "Remettre la traduction", await service.TranslationAsync());
        await service.DoAsync(first, "reviser-interne", service.Reviser, "Certifier");
        var reference = (await service.ClosedAsync(first)).Reference;

        var second = await service.RequestAsync("ar", document);
        Assert.Contains(reference, (await Agency.OpenTaskAsync(second, "proposer-doublon")).Instructions, StringComparison.Ordinal);
        await service.DoAsync(second, "proposer-doublon", service.Manager, "Reprendre la traduction existante");
        Assert.Equal("Traduction existante reprise", (await service.ClosedAsync(second)).Status);

        var third = await service.RequestAsync("ar", document, direction: "theme");
        Assert.NotNull(await Agency.OpenTaskAsync(third, "traduire"));
    }

    [Fact]
    public async Task A_picture_has_no_words_to_count_so_a_person_does()
    {
        var id = await service.RequestAsync("so", [0x89, .. "PNG\r\n\u001a\n"u8.ToArray(), .. new byte[40]]);
        await service.DoAsync(id, "compter", service.Manager, "Noter le nombre de mots", new JsonObject { ["mots"] = 450 });
        await service.TokenAsync(id, "traduction/commande");

        Assert.Equal(450, await Agency.CountAsync($"select words::bigint from translation_orders where case_id = '{id}'"));
    }

    [Fact]
    public async Task A_translation_made_elsewhere_is_verified_and_certified_or_refused()
    {
        var good = await service.RequestAsync("it", LanguageService.TextOf(20), "certification");
        var bad = await service.RequestAsync("it", LanguageService.TextOf(21), "certification");
        await service.DoAsync(good, "verifier", service.Reviser, "Certifier");
        await service.DoAsync(bad, "verifier", service.Reviser, "Refuser la certification", reason: "La traduction omet une page.");

        Assert.Equal("Livrée", (await service.ClosedAsync(good)).Status);
        Assert.Equal("Non traitée", (await service.ClosedAsync(bad)).Status);
        Assert.Equal(1, await Agency.CountAsync($"select count(*) from documents where case_id in ('{good}', '{bad}') and series = 'CERT' and state = 'valid'"));
        Assert.Equal(1, await Agency.CountAsync($"select count(*) from mails where case_id = '{bad}' and template = 'traduction/renoncement' and state = 'sent'"));
    }

    [Fact]
    public async Task The_reviser_sends_a_delivery_back_and_a_late_provider_loses_the_order()
    {
        var id = await service.RequestAsync("so", LanguageService.TextOf(600));
        await service.AnswerAsync(await service.TokenAsync(id, "traduction/commande"), "Accepter");
        await service.DeliverAsync(id);
        await service.DoAsync(id, "reviser-prestataire", service.Reviser, "Renvoyer", reason: "Les dates sont fausses.");
        var again = await service.Links.OpenAsync(await service.TokenAsync(id, "traduction/livraison-attendue", 2), null, CancellationToken.None);
        Assert.Equal("Les dates sont fausses.", again.SentBack);
        Agency.Time.Advance(TimeSpan.FromDays(11));
        await service.DoAsync(id, "decider-retard", service.Manager, "Confier à un autre");
        await service.AnswerAsync(await service.TokenAsync(id, "traduction/commande", 2), "Accepter");
        await service.DeliverAsync(id, 3);
        await service.DoAsync(id, "reviser-prestataire", service.Reviser, "Certifier");
        await service.ClosedAsync(id);

        Assert.Equal(2, await Agency.CountAsync($"select count(distinct provider) from translation_orders where case_id = '{id}'"));
        Assert.Equal(1, await Agency.CountAsync($"select count(*) from translation_costs where case_id = '{id}'"));
        Assert.Equal(600, await service.HeldAsync(id));
        await service.VerifyAsync();
    }

    [Fact]
    public async Task Alerts_come_at_14_20_and_21_days_once_each_and_stop_with_the_case()
    {
        var late = await service.RequestAsync("ar", LanguageService.TextOf(30));
        var done = await service.RequestAsync("ar", LanguageService.TextOf(31));
        await service.DoAsync(done, "traduire", service.Translator, "Remettre la traduction", await service.TranslationAsync());
        await service.DoAsync(done, "reviser-interne", service.Reviser, "Certifier");
        await service.ClosedAsync(done);
        await Agency.OpenTaskAsync(late, "traduire");
        Agency.Time.Advance(TimeSpan.FromDays(60));
        await Agency.UntilAsync(
            "three alerts have left", async () => await Agency.CountAsync($"select count(*) from mails where case_id = '{late}' and template = 'traduction/alerte' and state = 'sent'") == 3);

        Assert.Equal(55, await Agency.CountAsync($"select sum(distinct reminder_number) from mails where case_id = '{late}' and template = 'traduction/alerte'"));
        Assert.Equal(0, await Agency.CountAsync($"select count(*) from mails where case_id = '{done}' and template = 'traduction/alerte'"));
    }

    [Fact]
    public async Task A_closed_month_stays_and_what_comes_late_counts_in_the_next()
    {
        var id = await service.RequestAsync("so", LanguageService.TextOf(300));
        await service.AnswerAsync(await service.TokenAsync(id, "traduction/commande"), "Accepter");
        await service.DeliverAsync(id);
        await service.DoAsync(id, "reviser-prestataire", service.Reviser, "Certifier");
        await service.ClosedAsync(id);
        var costs = Agency.Get<TranslationCosts>();
        var month = Cleiss.Activities.ParisDate.Of(Agency.Time.GetUtcNow()).ToString("yyyy-MM", null);
        var early = await Assert.ThrowsAsync<CaseRefusedException>(() => costs.CloseAsync(month, service.Manager, CancellationToken.None));
        Agency.Time.Advance(TimeSpan.FromDays(32));
        foreach (var before in (await costs.ListOpenMonthsAsync(CancellationToken.None)).Where(open => string.CompareOrdinal(open.Month, month) < 0))
        {
            await costs.CloseAsync(before.Month, service.Manager, CancellationToken.None);
        }

        var stranger = await Assert.ThrowsAsync<CaseRefusedException>(() => costs.CloseAsync(month, Agency.Agent, CancellationToken.None));
        var expected = await Agency.CountAsync($"select count(*) from translation_costs where month = '{month}'");
        var closed = await costs.CloseAsync(month, service.Manager, CancellationToken.None);
        var again = await Assert.ThrowsAsync<CaseRefusedException>(() => costs.CloseAsync(month, service.Manager, CancellationToken.None));
        var correctedIn = await costs.CorrectAsync(id, -250, "Mots comptés deux fois.", service.Manager, CancellationToken.None);

        Assert.Equal("month-not-over", early.Code);
        Assert.Equal("month-closed", again.Code);
        Assert.Equal("not-allowed", stranger.Code);
        Assert.True(expected > 0 && expected == closed.Costs);
        Assert.True(string.CompareOrdinal(correctedIn, month) > 0);
        Assert.Equal(closed.TotalCents, await Agency.CountAsync($"select total_cents from translation_months where month = '{month}'"));
        await service.VerifyAsync();
    }

    [Fact]
    public async Task A_cancelled_request_gives_its_words_back_and_frees_its_place()
    {
        var ordered = await service.RequestAsync("so", LanguageService.TextOf(500));
        var inHouse = await service.RequestAsync("ar", LanguageService.TextOf(40));
        var token = await service.TokenAsync(ordered, "traduction/commande");
        await Agency.OpenTaskAsync(inHouse, "traduire");
        Assert.Equal(500, await service.HeldAsync(ordered));
        foreach (var id in new[] { ordered, inHouse })
        {
            await Agency.Cases.CancelAsync(id, "Demande retirée par la caisse.", service.Manager, CancellationToken.None);
        }

        Assert.Equal(0, await service.HeldAsync(ordered));
        Assert.Equal(1, await Agency.CountAsync($"select count(*) from translation_orders where case_id = '{ordered}' and state = 'cancelled'"));
        Assert.Equal(0, await Agency.CountAsync($"select count(*) from translation_requests where case_id in ('{ordered}', '{inHouse}') and ended_at is null"));
        Assert.Equal("link-closed", (await Assert.ThrowsAsync<PartnerLinkRefusedException>(() => service.AnswerAsync(token, "Accepter"))).Code);
        await service.VerifyAsync();
    }

    [Fact]
    public async Task A_test_case_runs_whole_but_holds_no_words_and_costs_nothing()
    {
        var id = await service.RequestAsync("so", LanguageService.TextOf(500), test: true);
        await service.AnswerAsync(await service.TokenAsync(id, "traduction/commande"), "Accepter");
        await service.DeliverAsync(id);
        await service.DoAsync(id, "reviser-prestataire", service.Reviser, "Certifier");
        await service.ClosedAsync(id);

        Assert.Equal(0, await service.HeldAsync(id));
        Assert.Equal(0, await Agency.CountAsync($"select count(*) from translation_costs where case_id = '{id}'"));
        Assert.Equal(2, await Agency.CountAsync($"select count(*) from documents where case_id = '{id}' and number like 'SPEC-%'"));
        await service.VerifyAsync();
    }

    [Fact]
    public async Task Words_of_text_word_opendocument_and_pdf_are_counted()
    {
        const string Word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
        var docx = LanguageService.Zip("word/document.xml", $"<w:document xmlns:w=\"{Word}\"><w:body><w:p><w:r><w:t>Un acte</w:t></w:r><w:r><w:t> de</w:t></w:r></w:p><w:p><w:r><w:t>naissance</w:t></w:r></w:p></w:body></w:document>");
        var odt = LanguageService.Zip(
            "content.xml", "<o xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\"><text:p>Un acte</text:p><text:p>de<text:s/>naissance</text:p></o>", "application/vnd.oasis.opendocument.text");
        var pdf = Encoding.Latin1.GetBytes(
            "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n" +
            "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>endobj\n" +
            "4 0 obj<</Length 52>>stream\nBT /F1 12 Tf 20 200 Td (Un acte de naissance) Tj ET  \nendstream endobj\n5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF");
        foreach (var content in new[] { "Un acte de naissance"u8.ToArray(), docx, odt, pdf })
        {
            var id = await service.RequestAsync("so", content);
            await Agency.UntilAsync("the words are counted", async () => await Agency.CountAsync($"select count(*) from translation_requests where case_id = '{id}' and words = 4") == 1);
        }
    }

    private Task FillTrayAsync(string language) => Agency.ExecuteAsync($"update translation_inhouse set tray_limit = 0 where language = '{language}'");
}
