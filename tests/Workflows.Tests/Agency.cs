using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cleiss.Activities.Cases;
using Cleiss.Activities.Mail;
using Cleiss.Activities.PartnerLinks;
using Cleiss.Activities.UserTasks;
using Cleiss.Documents.Hosting;
using Cleiss.Forms.Hosting;
using Cleiss.Persistence.Engine;
using Cleiss.Persistence.Hosting;
using Cleiss.Persistence.People;
using Cleiss.Persistence.Startup;
using Cleiss.Scripting.Hosting;
using Cleiss.TestKit;
using Cleiss.Workflows.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Cleiss.Workflows.Tests;

/// <summary>The product's own parts on a database of its own, with its workers and its script host running; only time stands still.</summary>
public sealed partial class Agency : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private readonly List<ServiceProvider> _others = [];
    private ServiceProvider _services = null!;

    public ManualTimeProvider Time { get; } = new();

    /// <summary>How mails leave; null: the built-in outbox.</summary>
    public IMailTransport? Transport { get; init; }

    public CaseService Cases => Get<CaseService>();

    public UserTaskService Tasks => Get<UserTaskService>();

    public Actor Agent { get; private set; } = null!;

    public Actor Agent2 { get; private set; } = null!;

    public Actor Juriste { get; private set; } = null!;

    public Actor Juriste2 { get; private set; } = null!;

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public async Task InitializeAsync()
    {
        _database = await PostgresServer.CreateDatabaseAsync();
        _services = BuildHost();
        foreach (var task in _services.GetServices<IStartupTask>().OrderBy(task => task.Order))
        {
            await task.RunAsync(CancellationToken.None);
        }

        await _services.StartWorkersAsync();

        Agent = await ActorAsync("agent1");
        Agent2 = await ActorAsync("agent2");
        Juriste = await ActorAsync("juriste");
        Juriste2 = await ActorAsync("juriste2");
    }

    /// <summary>Another host on the same database, with workers of its own.</summary>
    public async Task AddHostAsync()
    {
        var host = BuildHost();
        _others.Add(host);
        await host.StartWorkersAsync();
    }

    public async Task DisposeAsync()
    {
        foreach (var host in _others)
        {
            await host.StopWorkersAsync();
            await host.DisposeAsync();
        }

        await _services.StopWorkersAsync();

        await _services.DisposeAsync();
        await _database.DisposeAsync();
    }

    public static JsonObject Opening(string form = "se-151-08", string agreement = "MD") => new()
    {
        ["accord"] = agreement,
        ["formulaire"] = form,
        ["nomNaissance"] = "POPESCU",
        ["prenoms"] = "Maria",
        ["dateNaissance"] = "1958-03-14",
    };

    public Task<OpenedCase> OpenAsync() => Cases.OpenAsync(new OpenCase("formulaire-de-liaison", Opening(), Test: true), Agent, CancellationToken.None);

    public async Task<UserTaskRow> OpenTaskAsync(string caseId, string activityId)
    {
        UserTaskRow? found = null;
        await UntilAsync($"the task {activityId} is open", async () =>
        {
            found = (await Get<UserTaskReader>().ListByCaseAsync(caseId, CancellationToken.None)).LastOrDefault(t => t.ActivityId == activityId && !t.IsClosed);
            return found is not null;
        });
        return found!;
    }

    public async Task<UserTaskCommandResult> FillAsync(string caseId)
    {
        var task = await OpenTaskAsync(caseId, "remplir");
        return await Tasks.CompleteAsync(new CompleteUserTask(task.Id, "Envoyer à la validation", await SampleAsync("se-151-08")), Agent, CancellationToken.None);
    }

    public async Task ValidateAsync(string caseId)
    {
        var task = await OpenTaskAsync(caseId, "valider");
        await Tasks.CompleteAsync(new CompleteUserTask(task.Id, "Valider"), Juriste, CancellationToken.None);
    }

    /// <summary>A case whose document has left and that waits for the partner.</summary>
    public async Task<OpenedCase> OpenWaitingAsync()
    {
        var opened = await OpenAsync();
        await FillAsync(opened.CaseId);
        await ValidateAsync(opened.CaseId);
        await UntilAsync("the case waits for the reply", () => Cases.AwaitsReplyAsync(opened.CaseId, CancellationToken.None));
        return opened;
    }

    public Task ReplyAsync(string caseId) => Cases.ReplyAsync(
        caseId, new JsonObject { ["dateReception"] = "2026-05-04", ["natureReponse"] = "complete" }, null, Agent, CancellationToken.None);

    public async Task<JsonObject> SampleAsync(string form) =>
        (await Get<Forms.Catalogue.FormStore>().FindAsync(form, null, CancellationToken.None))!.Sample!.DeepClone().AsObject();

    /// <summary>The token of the open link among those that the case's mails of this template brought, once there are as many.</summary>
    public async Task<string> PartnerTokenAsync(string caseId, string template, int number = 1)
    {
        string? token = null;
        await UntilAsync($"mail {number} of {template} has left", async () =>
        {
            var mails = (await Get<CaseReader>().GetAsync(caseId, CancellationToken.None))!.Mails.Where(mail => mail.Template == template && mail.State == "sent").ToList();
            foreach (var candidate in mails.Count < number ? [] : mails.Select(mail => PartnerLinkAddress().Match(mail.Body!).Groups["token"].Value))
            {
                var links = Get<PartnerLinkService>();
                token = links.IsOpen((await links.OpenAsync(candidate, null, CancellationToken.None)).Link) ? candidate : token;
            }

            return token is not null;
        });
        return token!;
    }

    public Task<long> CountAsync(string sql) => _database.ScalarAsync<long>(sql);

    public Task ExecuteAsync(string sql) => _database.ExecuteAsync(sql);

    /// <summary>Asks again until it is so; the workers run on their own threads.</summary>
    public async Task UntilAsync(string what, Func<Task<bool>> condition)
    {
        using var again = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        for (var i = 0; i < 1200; i++)
        {
            if (await condition())
            {
                return;
            }

            await again.WaitForNextTickAsync();
        }

        Assert.Fail($"Waited in vain until {what}. Outbox: {await _database.ScalarAsync<string>("select string_agg(kind || ' ' || coalesce(last_error, ''), '; ') from outbox")}; mails: {await _database.ScalarAsync<string>("select string_agg(template || ' ' || state || coalesce(' ' || reason, ''), '; ') from mails")}; waiting: {await _database.ScalarAsync<string>("select string_agg(name || ' ' || activity_id || coalesce(' ' || due_at::text, ''), '; ') from bookmarks")}; instances: {await _database.ScalarAsync<string>("select string_agg(distinct sub_status, '; ') from workflow_instances")}; incidents: {await _database.ScalarAsync<string>("select string_agg(message, '; ') from workflow_journal where event_name = 'Faulted'")}");
    }

    public async Task<Actor> ActorAsync(string id) => (await Get<PeopleStore>().FindActorAsync(id, CancellationToken.None))!;

    private ServiceProvider BuildHost()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Demo:Enabled"] = "true",
            ["PublicUrl"] = "https://cleiss.example",
        }).Build();
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddSingleton<TimeProvider>(Time);
        services.AddPersistence(_database.ConnectionString);
        services.AddWorkflowWorkers();
        services.AddForms();
        services.AddDocuments(configuration);
        if (Transport is not null)
        {
            services.AddSingleton(Transport);
        }

        services.AddWorkflows(configuration);
        services.AddScripting(configuration);
        return services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true });
    }

    [GeneratedRegex("/partenaire/(?<token>[A-Za-z0-9_-]+)")]
    private static partial Regex PartnerLinkAddress();
}
