using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.Execution;
using Cleiss.Persistence.People;
using Xunit;
using static Cleiss.TestKit.Workflows.FlowJson;

namespace Cleiss.Host.Tests;

[Collection(HostCollection.Name)]
public sealed class TaskConflictTests(HostFixture host)
{
    [Fact]
    public async Task Whoever_filled_the_form_gets_nowhere_with_its_validation()
    {
        var (opened, validation) = await LiaisonCase.OpenFilledAsync(host);
        var id = validation["id"]!.GetValue<string>();
        var people = host.Get<PeopleStore>();
        var agent = (await people.FindAsync("agent1", CancellationToken.None))!;

        // Even with the lawyer's role: the rule looks at the person, not the role.
        await people.SaveAsync(agent with { Roles = new HashSet<string> { Role.Agent, Role.Juriste } }, null, Actor.System, CancellationToken.None);
        try
        {
            (await opened.CompleteAsync("agent1", validation, "Valider")).IsRefused(HttpStatusCode.Forbidden, "excluded");
            (await opened.CompleteAsync("agent1", validation, "Renvoyer", reason: "Un oubli.")).IsRefused(HttpStatusCode.Forbidden, "excluded");
            (await (await host.AsAsync("agent1")).PostAsync($"elsa/api/user-tasks/{id}/claim", new JsonObject())).IsRefused(HttpStatusCode.Forbidden, "excluded");

            // 422 is what Elsa's contract says for this one.
            (await (await host.AsAsync("proprietaire")).PostAsync($"elsa/api/user-tasks/{id}/assign", new JsonObject { ["assignee"] = "agent1" }))
                .IsRefused(HttpStatusCode.UnprocessableEntity, "excluded-assignee");
            Assert.Equal(
                HttpStatusCode.Forbidden,
                (await (await host.AsAsync("agent1")).PostAsync($"elsa/api/user-tasks/{id}/assign", new JsonObject { ["assignee"] = "agent1" })).Status);
        }
        finally
        {
            await people.SaveAsync(agent, null, Actor.System, CancellationToken.None);
        }

        Assert.Equal(0, await host.CountAsync($"select count(*) from documents where case_id = '{opened.Id}'"));
        (await opened.CompleteAsync("juriste", validation, "Valider")).Ok();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_exclusion_keeps_managers_away_unless_the_task_says_otherwise_and_four_eyes_always_hold(bool allowed)
    {
        var manager = await host.AsAsync("proprietaire");
        var agent = await host.AsAsync("agent1");
        var definitionId = "exclusion-" + allowed;
        (await manager.PostAsync("elsa/api/workflow-definitions", new JsonObject
        {
            ["model"] = Definition(Sequence(Excluding("un", allowed, "[]"), Excluding("deux", allowed, """["un"]"""))).With("definitionId", definitionId),
            ["publish"] = true,
        })).Ok();
        var version = (await host.Get<IDefinitionStore>().ListAsync(definitionId, CancellationToken.None))[0];
        var instance = (await host.Get<WorkflowRuntime>().StartAsync(new StartWorkflow(version.Id), CancellationToken.None)).Instance!.Id;

        (await CompleteAsync(agent)).IsRefused(HttpStatusCode.Forbidden, "excluded");
        var first = await CompleteAsync(manager);
        if (allowed)
        {
            first.Ok();
        }

        (await CompleteAsync(manager)).IsRefused(HttpStatusCode.Forbidden, "excluded");

        async Task<Answer> CompleteAsync(Caller caller)
        {
            var open = (await manager.GetAsync($"elsa/api/user-tasks?scope=all&workflowInstanceId={instance}")).Ok()["items"]!.AsArray();
            return await caller.PostAsync(
                $"elsa/api/user-tasks/{Assert.Single(open)!["task"]!["id"]!.GetValue<string>()}/complete", new JsonObject { ["actionKey"] = "Fait" });
        }
    }

    private static JsonObject Excluding(string id, bool allowed, string distinctFrom) => Activity(
        id, "Elsa.UserTask", ("title", Literal(id)), ("outcomes", Input("Object", """["Fait"]""")),
        ("excludedUsers", Input("Object", """["proprietaire","agent1"]""")), ("distinctFrom", Input("Object", distinctFrom)),
        ("allowManagerExclusionOverride", Literal(allowed)));

    [Fact]
    public async Task An_assignment_opens_a_task_to_nobody_else_than_its_candidates()
    {
        var (opened, validation) = await LiaisonCase.OpenFilledAsync(host);
        var id = validation["id"]!.GetValue<string>();
        var owner = await host.AsAsync("directrice");
        var people = host.Get<PeopleStore>();
        var lawyer = (await people.FindAsync("juriste2", CancellationToken.None))!;

        (await AssignAsync("agent2")).IsRefused(HttpStatusCode.UnprocessableEntity, "ineligible-assignee");
        (await AssignAsync("comptable")).IsRefused(HttpStatusCode.UnprocessableEntity, "ineligible-assignee");
        (await AssignAsync("admin")).IsRefused(HttpStatusCode.UnprocessableEntity, "powerless-assignee");
        (await AssignAsync("personne")).IsRefused(HttpStatusCode.UnprocessableEntity, "unknown-assignee");
        try
        {
            await people.SaveAsync(lawyer with { Active = false }, null, Actor.System, CancellationToken.None);
            (await AssignAsync("juriste2")).IsRefused(HttpStatusCode.UnprocessableEntity, "unknown-assignee");
            await people.SaveAsync(lawyer, null, Actor.System, CancellationToken.None);
            var assigned = (await AssignAsync("juriste2")).Ok();

            // Whoever loses the role loses what is in their hands.
            await people.SaveAsync(lawyer with { Roles = new HashSet<string> { Role.Agent } }, null, Actor.System, CancellationToken.None);
            (await opened.CompleteAsync("juriste2", assigned["task"]!, "Valider")).IsRefused(HttpStatusCode.Forbidden, "not-candidate");
            await people.SaveAsync(lawyer, null, Actor.System, CancellationToken.None);
            (await opened.CompleteAsync("juriste2", assigned["task"]!, "Valider")).Ok();
        }
        finally
        {
            await people.SaveAsync(lawyer, null, Actor.System, CancellationToken.None);
        }

        Task<Answer> AssignAsync(string person) => owner.PostAsync($"elsa/api/user-tasks/{id}/assign", new JsonObject { ["assignee"] = person });
    }

    [Fact]
    public async Task Who_opened_a_case_fills_its_form_whatever_their_role()
    {
        var opened = (await (await host.AsAsync("juriste")).PostAsync(LiaisonCase.Cases, LiaisonCase.Opening())).Ok();
        var tasks = (await (await host.AsAsync("juriste")).GetAsync($"elsa/api/user-tasks?caseId={opened["caseId"]!.GetValue<string>()}")).Ok();
        var id = tasks["items"]![0]!["task"]!["id"]!.GetValue<string>();

        var rights = (await (await host.AsAsync("juriste")).GetAsync($"elsa/api/user-tasks/{id}/capabilities")).Ok();

        Assert.True(rights["canComplete"]!.GetValue<bool>());
    }

    [Fact]
    public async Task Of_two_people_completing_at_once_one_wins_and_the_other_learns_who_and_when()
    {
        var (opened, validation) = await LiaisonCase.OpenFilledAsync(host);
        await host.AsAsync("juriste");
        await host.AsAsync("juriste2");

        var answers = await Task.WhenAll(opened.CompleteAsync("juriste", validation, "Valider"), opened.CompleteAsync("juriste2", validation, "Valider"));

        Assert.Single(answers, answer => answer.Status == HttpStatusCode.Accepted);
        var late = Assert.Single(answers, answer => answer.Status != HttpStatusCode.Accepted).IsRefused(HttpStatusCode.Conflict, "terminal");
        Assert.Matches("terminée par (Claire Dubois|Paul Girard) le .+ à [0-9]{2}:[0-9]{2}", late.Body!["message"]!.GetValue<string>());
        await opened.MailAsync("sent");
        Assert.Equal(1, await host.CountAsync($"select count(*) from documents where case_id = '{opened.Id}'"));
    }

    [Fact]
    public async Task A_stale_revision_is_refused_and_the_draft_is_kept()
    {
        var opened = await LiaisonCase.OpenAsync(host);
        var task = await opened.TaskAsync("remplir");
        var id = task["id"]!.GetValue<string>();
        var agent = await host.AsAsync("agent1");
        (await agent.PutAsync($"elsa/api/user-tasks/{id}/draft", new JsonObject { ["data"] = new JsonObject { ["nomNaissance"] = "POPESCU" }, ["revision"] = 0 })).Ok();

        (await opened.CompleteAsync("agent1", task, LiaisonCase.SendToValidation, await opened.SampleAsync(), expectedRevision: 99))
            .IsRefused(HttpStatusCode.Conflict, "revision-conflict");
        (await agent.PutAsync($"elsa/api/user-tasks/{id}/draft", new JsonObject { ["data"] = new JsonObject(), ["revision"] = 0 }))
            .IsRefused(HttpStatusCode.Conflict, "draft-conflict");

        Assert.Equal("POPESCU", (await agent.GetAsync($"elsa/api/user-tasks/{id}/draft")).Ok()["data"]!["nomNaissance"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_revision_of_the_wrong_kind_is_refused_not_overlooked()
    {
        var opened = await LiaisonCase.OpenAsync(host);
        var task = await opened.TaskAsync("remplir");
        var path = $"elsa/api/user-tasks/{task["id"]!.GetValue<string>()}";
        var owner = await host.AsAsync("proprietaire");

        foreach (var wrong in new JsonObject[] { new() { ["expectedRevision"] = "99" }, new() { ["priority"] = 1.5 }, new() { ["dueAt"] = new JsonObject() } })
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await owner.SendAsync(HttpMethod.Patch, path, JsonContent.Create(wrong))).Status);
        }

        Assert.Equal(task["revision"]!.GetValue<int>(), (await owner.GetAsync(path)).Ok()["task"]!["revision"]!.GetValue<int>());
        (await owner.SendAsync(HttpMethod.Patch, path, JsonContent.Create(new JsonObject { ["priority"] = 70, ["expectedRevision"] = task["revision"]!.GetValue<int>() }))).Ok();
    }

    [Fact]
    public async Task A_repeated_operation_gets_the_same_answer_and_another_request_under_its_name_none()
    {
        var opened = await LiaisonCase.OpenAsync(host);
        var task = await opened.TaskAsync("remplir");
        var data = await opened.SampleAsync();

        var first = (await opened.CompleteAsync("agent1", task, LiaisonCase.SendToValidation, data, "op-1")).Ok();
        var second = (await opened.CompleteAsync("agent1", task, LiaisonCase.SendToValidation, data, "op-1")).Ok();
        data["nomNaissance"] = "AUTRE";
        (await opened.CompleteAsync("agent1", task, LiaisonCase.SendToValidation, data, "op-1")).IsRefused(HttpStatusCode.Conflict, "idempotency-conflict");

        Assert.Equal(first["status"]!.GetValue<string>(), second["status"]!.GetValue<string>());
        Assert.Equal(first["revision"]!.GetValue<int>(), second["revision"]!.GetValue<int>());
        Assert.Equal(1, await host.CountAsync($"select count(*) from form_answers where task_id = '{task["id"]!.GetValue<string>()}'"));
    }

    [Fact]
    public async Task Opening_twice_with_one_operation_id_opens_one_case()
    {
        var agent = await host.AsAsync("agent1");
        var request = LiaisonCase.Opening();
        request["operationId"] = "ouvrir-1";

        var first = (await agent.PostAsync(LiaisonCase.Cases, request)).Ok();
        var second = (await agent.PostAsync(LiaisonCase.Cases, request)).Ok();
        request["input"]!["nomNaissance"] = "AUTRE";
        (await agent.PostAsync(LiaisonCase.Cases, request)).IsProblem(HttpStatusCode.Conflict, "idempotency-conflict");

        Assert.Equal(first["caseId"]!.GetValue<string>(), second["caseId"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_task_that_does_not_exist_is_not_found()
    {
        var agent = await host.AsAsync("agent1");

        (await agent.GetAsync("elsa/api/user-tasks/0")).IsRefused(HttpStatusCode.NotFound, "not-found");
        (await agent.PostAsync("elsa/api/user-tasks/0/complete", new JsonObject { ["actionKey"] = "Valider" })).IsRefused(HttpStatusCode.NotFound, "not-found");
    }

    [Fact]
    public async Task A_task_of_a_cancelled_case_is_over()
    {
        var opened = await LiaisonCase.OpenAsync(host);
        var task = await opened.TaskAsync("remplir");
        var cancel = new JsonObject { ["reason"] = "Demande retirée." };
        (await (await host.AsAsync("agent1")).PostAsync($"api/cases/{opened.Id}/cancel", cancel)).Ok();

        var late = (await opened.CompleteAsync("agent1", task, LiaisonCase.SendToValidation, await opened.SampleAsync())).IsRefused(HttpStatusCode.Conflict, "terminal");

        Assert.Contains("a été annulée le", late.Body!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        (await (await host.AsAsync("agent1")).PostAsync($"api/cases/{opened.Id}/cancel", cancel)).IsProblem(HttpStatusCode.Conflict, "terminal");
        Assert.Equal("cancelled", (await opened.DetailAsync())["case"]!["state"]!.GetValue<string>());
    }

    [Fact]
    public async Task Sending_back_needs_a_reason_and_a_made_up_action_is_refused()
    {
        var (opened, validation) = await LiaisonCase.OpenFilledAsync(host);

        (await opened.CompleteAsync("juriste", validation, "Renvoyer")).IsRefused(HttpStatusCode.UnprocessableEntity, "reason-required");
        (await opened.CompleteAsync("juriste", validation, "Timeout")).IsRefused(HttpStatusCode.UnprocessableEntity, "reserved-action");
        (await opened.CompleteAsync("juriste", validation, "Signer")).IsRefused(HttpStatusCode.UnprocessableEntity, "invalid-action");
        (await opened.CompleteAsync("juriste", validation, "Renvoyer", reason: "La date manque.")).Ok();

        var again = await opened.TaskAsync("remplir");
        var detail = (await (await host.AsAsync("agent1")).GetAsync($"elsa/api/user-tasks/{again["id"]!.GetValue<string>()}")).Ok();
        Assert.Equal("La date manque.", detail["sentBack"]!["reason"]!.GetValue<string>());
    }
}
