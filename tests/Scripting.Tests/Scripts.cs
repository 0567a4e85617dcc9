using System.Text.Json.Nodes;
using Cleiss.Engine.Expressions;
using Cleiss.Scripting.Hosting;
using Cleiss.Scripting.Workers;
using Cleiss.TestKit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Cleiss.Scripting.Tests;

/// <summary>One script host for all tests, as one host of the product has one.</summary>
public sealed class Scripts : IDisposable
{
    private readonly ServiceProvider _services;

    public Scripts()
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(new ManualTimeProvider());
        var settings = new Dictionary<string, string?> { ["Scripting:ScriptMilliseconds"] = "500", ["Scripting:TextMilliseconds"] = "3000", ["Scripting:TypstMilliseconds"] = "120000" };
        services.AddScripting(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        _services = services.BuildServiceProvider();
    }

    public ScriptHost Host => Get<ScriptHost>();

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public Task<ScriptBatchResult> RunAsync(params string[] sources) =>
        Get<IScriptEvaluator>().EvaluateAsync(Batch([.. sources.Select(source => new ScriptExpression("JavaScript", source))]), CancellationToken.None);

    public static ScriptBatch Batch(IReadOnlyList<ScriptExpression> expressions) => new(
        expressions,
        new JsonObject { ["Count"] = 1, ["Periods"] = new JsonArray(1) },
        new JsonObject { ["Country"] = "MD" },
        new JsonObject { ["UserTask1"] = new JsonObject { ["Result"] = new JsonObject { ["action"] = "approve" } } },
        "last",
        "instance-1",
        "formulaire-de-liaison",
        3,
        "FL-2026-0042",
        "case-1",
        new DateTimeOffset(2026, 3, 10, 8, 0, 0, TimeSpan.Zero),
        "version-3",
        new JsonObject { ["Item"] = "x" });

    public void Dispose() => _services.Dispose();
}

[CollectionDefinition(nameof(Scripts))]
public sealed class ScriptsCollection : ICollectionFixture<Scripts>;
