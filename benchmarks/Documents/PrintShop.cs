using System.Diagnostics;
using System.Text.Json.Nodes;
using Cleiss.Documents.Hosting;
using Cleiss.Documents.Issuing;
using Cleiss.Documents.Rendering;
using Cleiss.Documents.Templates;
using Cleiss.Engine.Execution;
using Cleiss.Engine.Storage;
using Cleiss.Persistence.Engine;
using Cleiss.Persistence.Hosting;
using Cleiss.Persistence.Migrations;
using Cleiss.Persistence.Startup;
using Cleiss.Scripting.Hosting;
using Cleiss.Scripting.Workers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Cleiss.DocumentsBenchmark;

/// <summary>Numbering, outbox, script host and storage as the product composes them, on a PostgreSQL with fsync on; only the answers are given.</summary>
internal sealed class PrintShop : IAsyncDisposable
{
    public const string Template = "formulaire-de-liaison/formulaire-bilingue";

    private readonly ServiceProvider _services;
    private readonly SampleAnswers _answers = new();

    public PrintShop(string connectionString)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["PublicUrl"] = "https://cleiss.example" }).Build();
        var services = new ServiceCollection().AddLogging().AddSingleton<IConfiguration>(configuration).AddSingleton(TimeProvider.System).AddSingleton<IAnswerSource>(_answers);
        services.AddPersistence(connectionString);
        services.AddWorkflowWorkers();
        services.AddScripting(configuration);
        services.AddDocuments(configuration);
        _services = services.BuildServiceProvider();
    }

    public async Task OpenAsync()
    {
        await Get<Migrator>().MigrateAsync(CancellationToken.None);
        await _services.GetServices<IStartupTask>().OfType<TemplateSeed>().Single().RunAsync(CancellationToken.None);
        var template = await Get<TemplateStore>().ReadAsync(Template, null, CancellationToken.None);
        _answers.Sample = JsonNode.Parse(template.Files[TemplateVersion.Sample])!["answer"]!.AsObject();
        foreach (var worker in _services.GetServices<IHostedService>())
        {
            await worker.StartAsync(CancellationToken.None);
        }
    }

    /// <summary>Issues this many documents and waits until all are stored.</summary>
    public async Task<TimeSpan> PrintAsync(int count, int callers = 8)
    {
        var clock = Stopwatch.StartNew();
        var left = count;
        await Task.WhenAll(Enumerable.Range(0, callers).Select(async _ =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                await IssueAsync();
            }
        }));
        while (await PendingAsync() > 0)
        {
            await Task.Delay(20);
        }

        return clock.Elapsed;
    }

    /// <summary>One document of about this many pages, printed without the outbox.</summary>
    public async Task<TimeSpan> PrintLongAsync(int rows)
    {
        var issue = Issue();
        await Get<WorkflowRuntime>().WriteAsync([issue], CancellationToken.None);
        var document = await Get<DocumentStore>().FindAsync(issue.DocumentId, CancellationToken.None);
        _answers.Rows = rows;
        var clock = Stopwatch.StartNew();
        var pdf = await Get<DocumentRenderer>().RenderAsync(document!, CancellationToken.None);
        var elapsed = clock.Elapsed;
        _answers.Rows = 0;
        await Get<WorkflowRuntime>().WriteAsync([new DocumentRendered(issue.DocumentId, "long.pdf", pdf)], CancellationToken.None);
        return elapsed;
    }

    /// <summary>Processes of the script host.</summary>
    public IReadOnlyList<int> Workers => [.. Get<ScriptHost>().Typst.ProcessIds, .. Get<ScriptHost>().Texts.ProcessIds];

    public double ScriptMegabytes()
    {
        return Workers.Sum(id =>
        {
            try
            {
                return Process.GetProcessById(id).WorkingSet64 / 1048576.0;
            }
            catch (ArgumentException)
            {
                return 0;
            }
        });
    }

    public void KillTypst()
    {
        foreach (var id in Get<ScriptHost>().Typst.ProcessIds)
        {
            Process.GetProcessById(id).Kill();
        }
    }

    public async Task<long> PendingAsync() => await ScalarAsync("select count(*) from documents where state = 'pending'");

    public async Task<long> ScalarAsync(string sql)
    {
        await using var command = Get<NpgsqlDataSource>().CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _services.GetServices<IHostedService>().Reverse())
        {
            await worker.StopAsync(CancellationToken.None);
        }

        await _services.DisposeAsync();
    }

    private async Task IssueAsync()
    {
        var issue = Issue();
        var effect = new EffectRequest(
            Guid.CreateVersion7().ToString("N"), RenderDocumentHandler.EffectKind, issue.DocumentId, new JsonObject { ["documentId"] = issue.DocumentId }, null);
        await Get<WorkflowRuntime>().WriteAsync([issue, new EnqueueEffects([new TargetedEffect(effect, null, null)])], CancellationToken.None);
    }

    private static IssueDocument Issue() => new(
        Guid.CreateVersion7().ToString("N"), "MD", false, null, "Attestation des périodes d'assurance", Template, null, "SE 151-08", true, "answer", "ro",
        VerificationCodes.New(), "benchmark");

    private T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    /// <summary>The template's own sample, with as many rows of periods as wanted.</summary>
    private sealed class SampleAnswers : IAnswerSource
    {
        public JsonObject Sample { get; set; } = [];

        public int Rows { get; set; }

        public Task<JsonObject?> FindAsync(string answerId, string language, CancellationToken cancellationToken)
        {
            var answer = Sample.DeepClone().AsObject();
            var rows = answer["sections"]![1]!["tables"]![0]!["rows"]!.AsArray();
            for (var i = rows.Count; i < Rows; i++)
            {
                rows.Add(rows[0]!.DeepClone());
            }

            return Task.FromResult<JsonObject?>(answer);
        }

        public Task<JsonObject?> FindCaseAsync(string caseId, CancellationToken cancellationToken) => Task.FromResult<JsonObject?>(null);

        public Task<JsonObject?> FindQuotableAsync(string answerId, CancellationToken cancellationToken) => Task.FromResult<JsonObject?>(null);

        public Task<string?> FindTextAsync(string caseId, string field, CancellationToken cancellationToken) => Task.FromResult<string?>(null);

        public Task<(string FileId, string Name)?> FindFileAsync(string caseId, string field, CancellationToken cancellationToken) =>
            Task.FromResult<(string FileId, string Name)?>(null);
    }
}
