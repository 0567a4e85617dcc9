using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cleiss.Activities.PartnerLinks;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.Execution;
using Cleiss.Persistence.Files;
using Xunit;
using static Cleiss.TestKit.Workflows.FlowJson;

namespace Cleiss.Workflows.Tests.PartnerLinks;

public sealed class PartnerLinkTests : IAsyncLifetime
{
    private readonly MailTaker _mails = new();
    private readonly Agency _agency;

    public PartnerLinkTests() => _agency = new Agency { Transport = _mails };

    private PartnerLinkService Links => _agency.Get<PartnerLinkService>();

    public Task InitializeAsync() => _agency.InitializeAsync();

    public Task DisposeAsync() => _agency.DisposeAsync();

    [Fact]
    public async Task Only_the_mail_that_left_holds_the_token_and_it_answers_once()
    {
        var (instance, token) = await AskAsync(("form", Literal("livraison-prestataire")));
        await _agency.UntilAsync("the mail is noted as sent", async () => await _agency.CountAsync("select count(*) from mails where state = 'sent' and template = 'traduction/commande'") == 1);
        foreach (var table in new[] { "partner_links", "mails", "workflow_instances", "workflow_journal", "bookmarks", "outbox", "trail_entries" })
        {
            Assert.True(await _agency.CountAsync($"select count(*) from {table} t where strpos(t::text, '{token}') > 0") == 0, $"The token is in {table}.");
        }

        // A mail scanner opens what it likes: reading uses nothing up.
        Assert.Equal(["Accepter", "Décliner"], (await Links.OpenAsync(token, null, CancellationToken.None)).Link.Actions.Select(action => action.Key));
        Assert.True(Links.IsOpen((await Links.OpenAsync(token, null, CancellationToken.None)).Link));

        Assert.Equal("form-invalid", await RefusedAsync(token, "Accepter"));
        Assert.Equal("reason-required", await RefusedAsync(token, "Décliner"));
        Assert.Equal("invalid-action", await RefusedAsync(token, "Sans réponse"));
        Assert.True(Links.IsOpen((await Links.OpenAsync(token, null, CancellationToken.None)).Link));

        // Several clicks at once: one counts.
        var file = await Links.KeepFileAsync(token, "traduction.txt", new MemoryStream("Traduit"u8.ToArray()), 7, null, CancellationToken.None);
        var codes = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => RefusedAsync(token, "Accepter", Delivery(file))));
        Assert.Equal([null, "link-closed", "link-closed", "link-closed"], codes.Order(StringComparer.Ordinal));
        Assert.Equal("Accepter", (await Links.OpenAsync(token, null, CancellationToken.None)).Link.ClosedByAction);
        Assert.Equal(1, await _agency.CountAsync($"select count(*) from workflow_instances where id = '{instance}' and sub_status = 'Finished'"));
        Assert.Equal(1, await _agency.CountAsync("select count(*) from form_answers where form_key = 'livraison-prestataire'"));
        Assert.Equal(1, await _agency.CountAsync("select count(*) from trail_entries where kind = 'partner.answered'"));
    }

    [Fact]
    public async Task Past_the_delay_the_flow_goes_on_and_the_link_opens_no_more()
    {
        var (instance, token) = await AskAsync(("dueRule", Literal("5j")));
        _agency.Time.Advance(TimeSpan.FromDays(5.1));
        Assert.Equal("link-closed", await RefusedAsync(token, "Accepter"));
        await _agency.UntilAsync("the flow has gone on", async () => await _agency.CountAsync($"select count(*) from workflow_instances where id = '{instance}' and sub_status = 'Finished'") == 1);

        Assert.Equal(1, await _agency.CountAsync("select count(*) from trail_entries where kind = 'partner.lapsed'"));
        Assert.Equal(1, await _agency.CountAsync("select count(*) from partner_links where closed_at is not null and closed_by_action is null and pending_token is null"));
    }

    [Fact]
    public async Task A_partner_brings_in_only_what_came_through_the_link()
    {
        var (_, token) = await AskAsync(("form", Literal("livraison-prestataire")));
        var other = await _agency.Get<FileStore>().SaveAsync("secret.txt", MediaSniffer.Text, "Pièce d'un autre dossier"u8.ToArray(), "agent1", CancellationToken.None);
        Assert.Equal("file-not-yours", await RefusedAsync(token, "Accepter", Delivery(other)));

        var own = await Links.KeepFileAsync(token, "..\\traduction.txt", new MemoryStream("Traduit"u8.ToArray()), 7, null, CancellationToken.None);
        Assert.Equal("traduction.txt", own.Name);
        Assert.Null(await RefusedAsync(token, "Accepter", Delivery(own)));
        var closed = await Assert.ThrowsAsync<PartnerLinkRefusedException>(() => Links.KeepFileAsync(token, "a.txt", new MemoryStream([65]), 1, null, CancellationToken.None));
        Assert.Equal(410, closed.Status);
    }

    [Fact]
    public async Task A_link_that_does_not_exist_opens_nothing_and_trying_many_is_slowed_down()
    {
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal("unknown-link", await OpenedAsync("192.0.2.9"));
        }

        Assert.Equal("too-many-tries", await OpenedAsync("192.0.2.9"));
        Assert.Equal("unknown-link", await OpenedAsync("192.0.2.10"));
        _agency.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal("unknown-link", await OpenedAsync("192.0.2.9"));
    }

    private static JsonObject Delivery(StoredFile file) => new() { ["traduction"] = new JsonObject { ["id"] = file.Id, ["name"] = file.Name } };

    private async Task<string> OpenedAsync(string address) =>
        (await Assert.ThrowsAsync<PartnerLinkRefusedException>(() => Links.OpenAsync(new string('x', 43), address, CancellationToken.None))).Code;

    /// <summary>The code of the refusal; null when the answer was recorded.</summary>
    private async Task<string?> RefusedAsync(string token, string action, JsonObject? data = null)
    {
        try
        {
            await Links.AnswerAsync(token, action, data, null, "192.0.2.1", CancellationToken.None);
            return null;
        }
        catch (PartnerLinkRefusedException refusal)
        {
            return refusal.Code;
        }
    }

    /// <summary>A flow of one question to a partner, in a case; and the token that its mail brought.</summary>
    private async Task<(string Instance, string Token)> AskAsync(params (string, JsonNode?)[] more)
    {
        var opened = await _agency.OpenAsync();
        var ask = Activity(
            "demander", "Cleiss.AwaitPartner",
            [
                ("template", Literal("traduction/commande")), ("to", Literal("prestataire@exemple.fr")), ("title", Literal("Bon de commande d'essai")),
                ("outcomes", Input("Object", """["Accepter","Décliner"]""")),
                ("actionDefinitions", Input("Object", """[{"key":"Décliner","reasonRequired":true,"validatesForm":false}]""")),
                .. more,
            ]);
        var version = await _agency.Get<DefinitionPublisher>().PublishAsync("lien-essai", Definition(Sequence(ask)), CancellationToken.None);
        var started = await _agency.Get<WorkflowRuntime>().StartAsync(new StartWorkflow(version.Id, CorrelationId: opened.CaseId), CancellationToken.None);
        await _agency.UntilAsync("the mail has left", () => Task.FromResult(_mails.Taken.Count == 1));
        return (started.Instance!.Id, Regex.Match(_mails.Taken[0].Body, "/partenaire/(?<token>[A-Za-z0-9_-]{43})", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["token"].Value);
    }
}
