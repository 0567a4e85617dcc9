using Cleiss.Documents.Hosting;
using Cleiss.Engine.Execution;
using Cleiss.Forms.Hosting;
using Cleiss.Persistence.Engine;
using Cleiss.Persistence.Hosting;
using Cleiss.Persistence.People;
using Cleiss.Persistence.Startup;
using Cleiss.Scripting.Hosting;
using Cleiss.Scripting.Typst;
using Cleiss.Scripting.Workers;
using Cleiss.TestKit;
using Cleiss.Workflows.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Cleiss.Durability.Tests.Hosts;

/// <summary>One host of the product, or of the engine alone, inside the test's process: several may share a database, each can be ended at any time.</summary>
internal sealed class InProcessHost : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private bool _working;
    private bool _ended;

    private InProcessHost(ServiceProvider services) => _services = services;

    public WorkflowRuntime Runtime => Get<WorkflowRuntime>();

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    /// <summary>The engine on PostgreSQL with this project's test activities.</summary>
    public static InProcessHost Engine(string connectionString, TimeProvider time, Ledger ledger, Action<IServiceCollection>? also = null)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(time);
        services.AddPersistence(connectionString);
        services.AddWorkflowWorkers();
        services.AddLedger(ledger);
        also?.Invoke(services);
        return new InProcessHost(services.BuildServiceProvider());
    }

    /// <summary>The whole product without HTTP; documents are printed as a line of text, which costs nothing.</summary>
    /// <param name="scripts">A script host to share: starting Node for each host of a test would be most of its time.</param>
    public static async Task<InProcessHost> ProductAsync(
        string connectionString, TimeProvider time, ScriptHost? scripts = null, bool seed = true, Action<IServiceCollection>? also = null)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Demo:Enabled"] = "true",
            ["PublicUrl"] = "https://cleiss.example",
        }).Build();
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddSingleton(time);
        services.AddPersistence(connectionString);
        services.AddWorkflowWorkers();
        services.AddForms();
        services.AddDocuments(configuration);
        services.AddWorkflows(configuration);
        services.AddScripting(configuration);
        services.Replace(ServiceDescriptor.Singleton<ITypstCompiler, LineOfText>());
        if (scripts is not null)
        {
            services.Replace(ServiceDescriptor.Singleton(scripts));
        }

        also?.Invoke(services);
        var host = new InProcessHost(services.BuildServiceProvider());
        foreach (var task in host._services.GetServices<IStartupTask>().Where(_ => seed).OrderBy(task => task.Order))
        {
            await task.RunAsync(CancellationToken.None);
        }

        return host;
    }

    /// <summary>Presence, outbox and timers begin to work.</summary>
    public async Task<InProcessHost> WorkAsync()
    {
        _working = true;
        await _services.StartWorkersAsync();

        return this;
    }

    /// <summary>Its workers stop; its services go on.</summary>
    public async Task RestAsync()
    {
        if (_working)
        {
            _working = false;
            await _services.StopWorkersAsync();
        }
    }

    public async Task<Actor> ActorAsync(string id) => (await Get<PeopleStore>().FindActorAsync(id, CancellationToken.None))!;

    /// <summary>Ends the host; ending it twice is once.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _ended, true))
        {
            return;
        }

        await RestAsync();
        await _services.DisposeAsync();
    }

    private sealed class LineOfText : ITypstCompiler
    {
        public Task<byte[]> CompileAsync(TypstJob job, CancellationToken cancellationToken) => Task.FromResult("%PDF-1.7 essai"u8.ToArray());

        public Task<TypstPreview> PreviewAsync(TypstJob job, CancellationToken cancellationToken) =>
            Task.FromResult(new TypstPreview("%PDF-1.7 essai"u8.ToArray(), "<svg xmlns=\"http://www.w3.org/2000/svg\"/>"));
    }
}
