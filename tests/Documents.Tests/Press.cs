using System.Text.Json.Nodes;
using Cleiss.Documents.Hosting;
using Cleiss.Documents.Issuing;
using Cleiss.Documents.Rendering;
using Cleiss.Documents.Templates;
using Cleiss.Engine.Execution;
using Cleiss.Persistence.Engine;
using Cleiss.Persistence.Hosting;
using Cleiss.Persistence.People;
using Cleiss.Scripting.Hosting;
using Cleiss.TestKit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Cleiss.Documents.Tests;

/// <summary>Templates, numbering and real printing on a database of their own; answers are whatever the test puts into <see cref="Answers"/>.</summary>
public sealed class Press : IAsyncLifetime
{
    public static readonly Actor Owner = new("proprietaire", "Hélène Rousseau", new HashSet<string>());

    private ServiceProvider _services = null!;

    public TestDatabase Database { get; private set; } = null!;

    public ManualTimeProvider Time { get; } = new();

    public GivenAnswers Answers { get; } = new();

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public async Task InitializeAsync()
    {
        Database = await PostgresServer.CreateDatabaseAsync();
        var settings = new Dictionary<string, string?> { ["PublicUrl"] = "https://cleiss.example", ["Scripting:TypstMilliseconds"] = "120000" };
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        var services = new ServiceCollection().AddLogging().AddSingleton<IConfiguration>(configuration).AddSingleton<TimeProvider>(Time).AddSingleton<IAnswerSource>(Answers);
        services.AddPersistence(Database.ConnectionString);
        services.AddWorkflowStores();
        services.AddScripting(configuration);
        services.AddDocuments(configuration);
        _services = services.BuildServiceProvider();
        await Get<IEnumerable<Persistence.Startup.IStartupTask>>().OfType<TemplateSeed>().Single().RunAsync(CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        await _services.DisposeAsync();
        await Database.DisposeAsync();
    }

    public Task WriteAsync(params object[] companions) => Get<WorkflowRuntime>().WriteAsync(companions, CancellationToken.None);

    public async Task<Document> IssueAsync(IssueDocument issue)
    {
        await WriteAsync(issue);
        return (await Get<DocumentStore>().FindAsync(issue.DocumentId, CancellationToken.None))!;
    }

    public async Task<TemplateVersion> PublishAsync(string code, params (string Name, string Text)[] files)
    {
        var (draft, _) = await Get<TemplateStore>().SaveDraftAsync(code, files.ToDictionary(file => file.Name, file => file.Text), null, Owner, CancellationToken.None);
        return (await Get<TemplateStore>().PublishAsync(draft!, Owner, CancellationToken.None)).Published!;
    }

    /// <summary>Prints a template over its own sample, changed by the test.</summary>
    public async Task<PrintedFile> PrintSampleAsync(string code, Action<JsonObject>? change = null)
    {
        var template = await Get<TemplateStore>().ReadAsync(code, null, CancellationToken.None);
        var data = JsonNode.Parse(template.Files[TemplateVersion.Sample])!.AsObject();
        change?.Invoke(data);
        return new PrintedFile((await Get<DocumentRenderer>().PreviewAsync(template, data, Time.GetUtcNow(), CancellationToken.None)).Pdf);
    }

    public static IssueDocument Issue(string template) => new(
        Guid.NewGuid().ToString("N"), "MD", false, null, "Attestation", template, null, null, false, "reponse", "ro", VerificationCodes.New(), "agent1");

    public sealed class GivenAnswers : IAnswerSource
    {
        public JsonObject Answer { get; set; } = [];

        public Task<JsonObject?> FindAsync(string answerId, string language, CancellationToken cancellationToken) =>
            Task.FromResult<JsonObject?>(Answer.DeepClone().AsObject());

        public Task<JsonObject?> FindCaseAsync(string caseId, CancellationToken cancellationToken) => Task.FromResult<JsonObject?>(null);

        public Task<JsonObject?> FindQuotableAsync(string answerId, CancellationToken cancellationToken) => Task.FromResult<JsonObject?>(null);

        public Task<(string FileId, string Name)?> FindFileAsync(string caseId, string field, CancellationToken cancellationToken) =>
            Task.FromResult<(string FileId, string Name)?>(null);

        public Task<string?> FindTextAsync(string caseId, string field, CancellationToken cancellationToken) => Task.FromResult<string?>(null);
    }
}

[CollectionDefinition(nameof(Press))]
public sealed class PressCollection : ICollectionFixture<Press>;
