using Cleiss.Host.Hosting;
using Cleiss.Persistence.Embedded;
using Cleiss.Persistence.Migrations;
using Cleiss.Persistence.Verification;

namespace Cleiss.Host.Operations;

/// <summary>
/// <c>Cleiss.Host.dll verify</c>: checks the whole database, changes nothing, prints what it found. Works beside running hosts, the private
/// server included.
/// </summary>
internal static class VerifyCommand
{
    public const string Name = "verify";

    /// <returns>0: every rule holds. 1: some do not. 2: the check could not be made.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        var settings = HostSettings.Read(builder.Configuration, builder.Environment.IsProduction());
        var connectionString = settings.ConnectionString ?? await EmbeddedPostgres.FindRunningAsync(settings.DataPath, CancellationToken.None);
        await using var postgres = connectionString is null
            ? await EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions(settings.DataPath), CancellationToken.None)
            : null;
        builder.AddProduct(settings, connectionString ?? postgres!.ConnectionString);
        await using var app = builder.Build();
        if (await app.Services.GetRequiredService<Migrator>().PendingAsync(CancellationToken.None) is { Count: > 0 } pending)
        {
            await output.WriteLineAsync(
                $"Cette base n’a pas le schéma de cette version de Cleiss (manquent : {string.Join(", ", pending)}). Démarrez un hôte de cette version, puis recommencez.");
            return 2;
        }

        var report = await app.Services.GetRequiredService<DatabaseVerifier>().VerifyAsync(CancellationToken.None);
        await output.WriteAsync(report.ToText());
        return report.Holds ? 0 : 1;
    }
}
