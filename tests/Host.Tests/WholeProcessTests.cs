using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Xunit;

namespace Cleiss.Host.Tests;

[Collection(HostCollection.Name)]
public sealed class WholeProcessTests(HostFixture host)
{
    [Fact]
    public async Task A_form_goes_from_the_officers_request_to_the_partner_and_the_reply_closes_the_case()
    {
        var agent = await host.AsAsync("agent1");
        var (opened, validation) = await LiaisonCase.OpenFilledAsync(host);
        Assert.Contains(
            (await (await host.AsAsync("juriste")).GetAsync($"elsa/api/user-tasks?scope=all&caseId={opened.Id}")).Ok()["items"]!.AsArray(),
            item => item!["task"]!["id"]!.GetValue<string>() == validation["id"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.Accepted, (await opened.CompleteAsync("juriste", validation, "Valider")).Status);

        var mail = await opened.MailAsync("sent");
        Assert.Matches("^<.+@.+>$", mail["messageId"]!.GetValue<string>());
        Assert.StartsWith("[SPÉCIMEN] ", mail["subject"]!.GetValue<string>(), StringComparison.Ordinal);

        var document = Assert.Single((await agent.GetAsync($"api/documents?case={opened.Id}")).Ok()["items"]!.AsArray())!;
        var pdf = (await agent.GetAsync($"api/documents/{document["id"]!.GetValue<string>()}/content")).Bytes;
        Assert.Matches("^SPEC-MD-[0-9]{4}-[0-9]{4}$", document["number"]!.GetValue<string>());
        Assert.Equal("specimen", document["state"]!.GetValue<string>());
        Assert.True(pdf.AsSpan().StartsWith("%PDF-"u8));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(pdf)), document["sha256"]!.GetValue<string>());
        Assert.Equal(document["id"]!.GetValue<string>(), Assert.Single(mail["documents"]!.AsArray())!.GetValue<string>());
        await VerifyAsync(document, pdf);

        await opened.InStateAsync("waiting");
        (await (await host.AsAsync("admin")).PostAsync("api/clock/advance", new JsonObject { ["by"] = "31.00:00:00" })).Ok();
        var reminder = await opened.MailAsync("sent", reminder: 1);
        Assert.NotEqual(mail["messageId"]!.GetValue<string>(), reminder["messageId"]!.GetValue<string>());

        var file = (await agent.UploadAsync("api/files", "reponse-cnas.pdf", pdf)).Ok();
        var reply = new JsonObject
        {
            ["data"] = new JsonObject
            {
                ["dateReception"] = "2026-05-04",
                ["natureReponse"] = "complete",
                ["piece"] = new JsonObject { ["id"] = file["id"]!.DeepClone(), ["name"] = file["name"]!.DeepClone() },
            },
            ["operationId"] = "reponse-1",
        };
        (await agent.PostAsync($"api/cases/{opened.Id}/reply", reply)).Ok();
        var closed = await opened.InStateAsync("closed");
        Assert.Equal("Réponse reçue", closed["case"]!["status"]!.GetValue<string>());
        Assert.Empty(closed["openTasks"]!.AsArray());
        Assert.Equal(pdf, (await agent.GetAsync($"api/files/{file["id"]!.GetValue<string>()}")).Bytes);
        (await agent.PostAsync($"api/cases/{opened.Id}/reply", reply)).Ok();
        reply["operationId"] = "reponse-2";
        (await agent.PostAsync($"api/cases/{opened.Id}/reply", reply)).IsProblem(HttpStatusCode.Conflict, "not-waiting");
    }

    /// <summary>What a stranger with the paper in hand learns.</summary>
    private async Task VerifyAsync(JsonNode document, byte[] pdf)
    {
        var found = (await host.Stranger.GetAsync($"api/verify/{document["verificationCode"]!.GetValue<string>()}")).Ok().AsObject();
        Assert.Equal(["date", "number", "replacedBy", "sha256", "state"], found.Select(member => member.Key).Order(StringComparer.Ordinal));
        Assert.Equal(document["number"]!.GetValue<string>(), found["number"]!.GetValue<string>());
        Assert.Equal("specimen", found["state"]!.GetValue<string>());
        Assert.Equal(document["sha256"]!.GetValue<string>(), found["sha256"]!.GetValue<string>());
        Assert.Matches("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", found["date"]!.GetValue<string>());

        var same = (await host.Stranger.UploadAsync("api/verify", "recu.pdf", pdf)).Ok();
        byte[] changed = [.. pdf];
        changed[changed.Length / 2] ^= 1;
        var flipped = (await host.Stranger.UploadAsync("api/verify", "recu.pdf", changed)).Ok();
        Assert.True(same["known"]!.GetValue<bool>());
        Assert.Equal(document["number"]!.GetValue<string>(), same["document"]!["number"]!.GetValue<string>());
        Assert.False(flipped["known"]!.GetValue<bool>());
        Assert.Null(flipped["document"]);
        (await host.Stranger.GetAsync("api/verify/AAAAAAAAAAAA")).IsProblem(HttpStatusCode.NotFound, "unknown-code");
    }
}
