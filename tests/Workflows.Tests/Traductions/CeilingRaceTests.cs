using Cleiss.Workflows.Traductions.Market;
using Xunit;

namespace Cleiss.Workflows.Tests.Traductions;

public sealed class CeilingRaceTests(LanguageService service) : IClassFixture<LanguageService>
{
    private Agency Agency => service.Agency;

    [Fact]
    public async Task Ceilings_hold_though_orders_race_on_two_hosts_and_a_repeated_decision_orders_once()
    {
        await Agency.AddHostAsync();
        var lot = LanguageService.LotOf("so");
        await Agency.ExecuteAsync($"update translation_lots set ceiling_words = 1000 where number = {lot}");
        var ids = await Task.WhenAll(Enumerable.Range(0, 12).Select(n => service.RequestAsync("so", LanguageService.TextOf(150, "course" + n))));
        await Agency.UntilAsync("all are decided", async () => await Agency.CountAsync(
            "select (select count(*) from translation_orders) + (select count(*) from user_tasks where activity_id = 'decider')") == ids.Length);

        Assert.Equal(6, await Agency.CountAsync("select count(*) from translation_orders"));
        Assert.Equal(900, await Agency.CountAsync($"select ordered_words::bigint from translation_lots where number = {lot}"));
        var held = await Agency.CountAsync("select count(*) from translation_orders");
        var market = Agency.Get<TranslationMarket>();
        var undecided = ids[0];
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => market.RouteAsync(undecided, "same-key", 40, CancellationToken.None)));
        Assert.Single(answers.Select(answer => (answer.Way, answer.OrderId)).Distinct());
        Assert.True(await Agency.CountAsync("select count(*) from translation_orders") <= held + 1);
        await service.VerifyAsync();
    }
}
