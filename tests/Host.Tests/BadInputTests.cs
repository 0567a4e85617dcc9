using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace Cleiss.Host.Tests;

[Collection(HostCollection.Name)]
public sealed class BadInputTests(HostFixture host)
{
    [Theory]
    [InlineData("inconnu", "MD", "se-151-08", true, HttpStatusCode.NotFound, "unknown-process")]
    [InlineData("formulaire-de-liaison", "MD", "se-999", true, HttpStatusCode.UnprocessableEntity, "unknown-form")]
    [InlineData("formulaire-de-liaison", "ZZ", "se-151-08", true, HttpStatusCode.UnprocessableEntity, "unknown-agreement")]
    [InlineData("formulaire-de-liaison", "MD", "se-151-08", false, HttpStatusCode.UnprocessableEntity, "agreement-not-in-force")]
    public async Task A_case_that_cannot_be_opened_is_refused_with_its_code(string process, string agreement, string form, bool test, HttpStatusCode status, string code)
    {
        var before = await host.CountAsync("select count(*) from cases");

        (await (await host.AsAsync("agent1")).PostAsync($"api/processes/{process}/cases", LiaisonCase.Opening(agreement, form, test))).IsProblem(status, code);

        Assert.Equal(before, await host.CountAsync("select count(*) from cases"));
    }

    [Fact]
    public async Task A_body_that_is_no_json_is_a_problem_of_the_sender()
    {
        var agent = await host.AsAsync("agent1");
        var owner = await host.AsAsync("proprietaire");

        (await agent.SendAsync(HttpMethod.Post, LiaisonCase.Cases, Json("{oops"))).IsProblem(HttpStatusCode.BadRequest, "bad-request");
        (await agent.SendAsync(HttpMethod.Post, LiaisonCase.Cases, new StringContent("x"))).IsProblem(HttpStatusCode.UnsupportedMediaType, "unsupported-media-type");
        (await agent.SendAsync(HttpMethod.Delete, LiaisonCase.Cases)).IsProblem(HttpStatusCode.MethodNotAllowed, "method-not-allowed");
        Assert.Equal(HttpStatusCode.BadRequest, (await owner.SendAsync(HttpMethod.Post, "elsa/api/workflow-definitions", Json("{}"))).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await owner.SendAsync(HttpMethod.Post, "elsa/api/workflow-definitions", Json("{\"model\":{\"definitionId\":5},\"publish\":true}"))).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await agent.GetAsync("api/cases/0")).Status);
    }

    [Fact]
    public async Task An_unknown_form_is_told_together_with_those_that_exist()
    {
        var refused = (await (await host.AsAsync("agent1")).GetAsync("api/forms/se-999")).IsProblem(HttpStatusCode.NotFound, "form-unknown");

        Assert.Contains("se-151-08", refused.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_field_is_named_at_its_path_when_opening()
    {
        var opening = LiaisonCase.Opening();
        opening["input"]!["couleur"] = "bleu";

        var refused = (await (await host.AsAsync("agent1")).PostAsync(LiaisonCase.Cases, opening)).IsProblem(HttpStatusCode.UnprocessableEntity, "form-invalid");

        Assert.Contains("couleur", refused.MessageAt("couleur", "unknown-field"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mistakes_in_an_answer_are_named_at_their_fields_and_the_draft_stays()
    {
        var opened = await LiaisonCase.OpenAsync(host);
        var task = await opened.TaskAsync("remplir");
        var id = task["id"]!.GetValue<string>();
        var agent = await host.AsAsync("agent1");
        var data = await opened.SampleAsync();
        (await agent.PutAsync($"elsa/api/user-tasks/{id}/draft", new JsonObject { ["data"] = data.DeepClone(), ["revision"] = 0 })).Ok();
        var nir = data["nir"]!.GetValue<string>();
        data["nir"] = nir[..13] + (nir[13..] == "46" ? "47" : "46");
        data["couleur"] = "bleu";

        var refused = (await opened.CompleteAsync("agent1", task, LiaisonCase.SendToValidation, data)).IsRefused(HttpStatusCode.UnprocessableEntity, "form-invalid");

        Assert.Contains("clé du NIR", refused.MessageAt("nir", "nir-key"), StringComparison.Ordinal);
        refused.MessageAt("couleur", "unknown-field");
        Assert.DoesNotContain(nir[..13], refused.Text, StringComparison.Ordinal);
        Assert.Equal(nir, (await agent.GetAsync($"elsa/api/user-tasks/{id}/draft")).Ok()["data"]!["nir"]!.GetValue<string>());
        Assert.Equal(0, await host.CountAsync($"select count(*) from form_answers where task_id = '{id}'"));
        await opened.TaskAsync("remplir");
    }

    [Theory]
    [InlineData("CLS-1001", "produire", "type")]
    [InlineData("CLS-1042", "remplir", "form")]
    public async Task A_definition_that_names_what_does_not_exist_is_not_published(string code, string activityId, string member)
    {
        const string Definitions = "elsa/api/workflow-definitions";
        var owner = await host.AsAsync("proprietaire");
        var model = (await owner.GetAsync($"{Definitions}/by-definition-id/formulaire-de-liaison")).Ok().DeepClone().AsObject();
        model.Remove("id");
        model["definitionId"] = "essai-" + activityId;
        var activity = model["root"]!["activities"]!.AsArray().Single(a => a!["id"]!.GetValue<string>() == activityId)!;
        activity[member] = member == "type"
            ? "Cleiss.Inexistante"
            : new JsonObject { ["typeName"] = "String", ["expression"] = new JsonObject { ["type"] = "Literal", ["value"] = "se-999" } };

        var refused = await owner.PostAsync(Definitions, new JsonObject { ["model"] = model, ["publish"] = true });

        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains(
            refused.Body!["errors"]!.AsObject(),
            entry => entry.Key.Contains(member, StringComparison.Ordinal) && entry.Value!.AsArray().Any(text => text!.GetValue<string>().StartsWith(code, StringComparison.Ordinal)));
        Assert.Equal(HttpStatusCode.NotFound, (await owner.GetAsync($"{Definitions}/by-definition-id/essai-{activityId}")).Status);
        Assert.Equal(0, await host.CountAsync($"select count(*) from workflow_definitions where definition_id = 'essai-{activityId}'"));
    }

    [Fact]
    public async Task An_attachment_of_30_MB_is_refused_with_the_limit()
    {
        var refused = await (await host.AsAsync("agent1")).UploadAsync("api/files", "grand.pdf", [.. "%PDF-1.7"u8, .. new byte[30 * 1024 * 1024]]);

        refused.IsProblem(HttpStatusCode.RequestEntityTooLarge, "file-too-large");
        Assert.Contains("25 Mo", refused.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_type_of_an_attachment_is_told_by_its_content_not_its_name()
    {
        var agent = await host.AsAsync("agent1");

        (await agent.UploadAsync("api/files", "facture.pdf", [.. "MZ"u8, 0x90, 0, 3, 0, 0, 0])).IsProblem(HttpStatusCode.UnsupportedMediaType, "file-type");
        (await agent.UploadAsync("api/files", "vide.pdf", [])).IsProblem(HttpStatusCode.UnprocessableEntity, "file-missing");
        Assert.Equal("application/pdf", (await agent.UploadAsync("api/files", "lettre.exe", [.. "%PDF-1.7\n"u8])).Ok()["mediaType"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_mail_to_a_partner_without_address_waits_until_somebody_mends_it()
    {
        const string Body = "api/agreements/MD/liaison-body";
        var owner = await host.AsAsync("proprietaire");
        var body = (await owner.GetAsync(Body)).Ok().AsObject();
        var before = body.DeepClone();
        body["email"] = null;
        (await owner.PutAsync(Body, body)).Ok();
        try
        {
            var (opened, validation) = await LiaisonCase.OpenFilledAsync(host);
            (await opened.CompleteAsync("juriste", validation, "Valider")).Ok();
            var mail = await opened.MailAsync("blocked");
            Assert.Contains("adresse", mail["reason"]!.GetValue<string>(), StringComparison.Ordinal);
            (await owner.PutAsync(Body, With(body, "email", "pas une adresse"))).IsProblem(HttpStatusCode.UnprocessableEntity, "liaison-body-invalid");
            (await owner.PutAsync(Body, With(body, "email", "CNAS <liaison@cnas.example>"))).IsProblem(HttpStatusCode.UnprocessableEntity, "liaison-body-invalid");
            (await owner.PutAsync(Body, With(body, "name", "CNAS\r\nBcc: x@y.example"))).IsProblem(HttpStatusCode.UnprocessableEntity, "liaison-body-invalid");

            (await owner.PutAsync(Body, With(body, "email", "liaison@cnas.example"))).Ok();
            Assert.Equal(HttpStatusCode.Accepted, (await owner.SendAsync(HttpMethod.Post, $"api/mails/{mail["id"]!.GetValue<string>()}/retry")).Status);

            var sent = await opened.MailAsync("sent");
            Assert.Equal(mail["id"]!.GetValue<string>(), sent["id"]!.GetValue<string>());
            Assert.Equal("liaison@cnas.example", sent["toAddress"]!.GetValue<string>());
            await opened.InStateAsync("waiting");
            (await owner.SendAsync(HttpMethod.Post, $"api/mails/{sent["id"]!.GetValue<string>()}/retry")).IsProblem(HttpStatusCode.Conflict, "mail-not-blocked");
        }
        finally
        {
            (await owner.PutAsync(Body, before)).Ok();
        }
    }

    private static JsonObject With(JsonObject body, string member, string value)
    {
        var changed = body.DeepClone().AsObject();
        changed[member] = value;
        return changed;
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}
