using Cleiss.Persistence.Clock;
using Cleiss.Persistence.Embedded;
using Cleiss.Persistence.Migrations;
using Cleiss.Persistence.Startup;
using Microsoft.AspNetCore.DataProtection;
using Npgsql;

namespace Cleiss.Host.Hosting;

/// <summary>
/// One running host: its database when it is the private one, and the web application over it. Listening begins only after the migrations
/// and the start-up tasks; the database stops last.
/// </summary>
public sealed class HostApplication : IAsyncDisposable
{
    // Hosts that start together load shipped content one after the other.
    private const long StartupLock = 0x436c656973735374;

    private readonly EmbeddedPostgres? _postgres;
    private readonly WebApplication _app;

    private HostApplication(EmbeddedPostgres? postgres, WebApplication app)
    {
        _postgres = postgres;
        _app = app;
    }

    public IServiceProvider Services => _app.Services;

    /// <summary>Where it listens, with the real port when 0 was asked for.</summary>
    public string Address => _app.Urls.First();

    /// <param name="args">Settings as <c>--Key=value</c>, over environment and <c>appsettings.json</c>.</param>
    /// <param name="say">Receives a line for each thing that is ready.</param>
    public static async Task<HostApplication> StartAsync(string[] args, Action<string> say)
    {
        ArgumentNullException.ThrowIfNull(say);
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        var settings = HostSettings.Read(builder.Configuration, builder.Environment.IsProduction());
        EmbeddedPostgres? postgres = null;
        WebApplication? app = null;
        try
        {
            if (settings.ConnectionString is null)
            {
                postgres = await EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions(settings.DataPath), CancellationToken.None);
                if (postgres.Adopted)
                {
                    say("  Base de données : reprise du serveur laissé par un arrêt brutal");
                }
            }

            builder.AddProduct(settings, settings.ConnectionString ?? postgres!.ConnectionString);
            app = builder.Build();
            await PrepareAsync(app.Services, settings, say);
            app.UseProduct();
            await app.StartAsync();
            return new HostApplication(postgres, app);
        }
        catch
        {
            await StopAsync(app, postgres);
            throw;
        }
    }

    public Task WaitForShutdownAsync() => _app.WaitForShutdownAsync();

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await StopAsync(_app, _postgres);
    }

    private static async Task StopAsync(WebApplication? app, EmbeddedPostgres? postgres)
    {
        if (app is not null)
        {
            await app.DisposeAsync();
        }

        if (postgres is not null)
        {
            await postgres.DisposeAsync();
        }
    }

    private static async Task PrepareAsync(IServiceProvider services, HostSettings settings, Action<string> say)
    {
        var database = services.GetRequiredService<NpgsqlDataSource>();
        await services.GetRequiredService<Migrator>().MigrateAsync(CancellationToken.None);
        await using var connection = await database.OpenConnectionAsync();
        say($"  Base de données : PostgreSQL {connection.PostgreSqlVersion.ToString(2)}, {(settings.ConnectionString is null ? $"embarquée dans {settings.DataPath}" : "externe")}");
        if (services.GetService<MovableTimeProvider>() is { } clock)
        {
            await clock.ReadAsync(database, CancellationToken.None);
        }

        // The lock belongs to the connection: a host that dies in between lets go of it.
        await using var take = new NpgsqlCommand($"select pg_advisory_lock({StartupLock})", connection);
        await take.ExecuteNonQueryAsync();
        foreach (var task in services.GetServices<IStartupTask>().OrderBy(task => task.Order))
        {
            await task.RunAsync(CancellationToken.None);
            say($"  {task.Title} : prêt");
        }

        // Inside the lock, so that hosts starting together agree on one key instead of making one each.
        services.GetRequiredService<IDataProtectionProvider>().CreateProtector("start").Protect("start");
        if (settings.Production)
        {
            await RefuseDemoAccountsAsync(database);
        }

        await using var release = new NpgsqlCommand($"select pg_advisory_unlock({StartupLock})", connection);
        await release.ExecuteNonQueryAsync();
        if (settings.Demo)
        {
            say("  Comptes de démonstration : agent1, juriste, proprietaire, admin… (mot de passe cleiss-demo)");
        }
    }

    private static async Task RefuseDemoAccountsAsync(NpgsqlDataSource database)
    {
        await using var command = database.CreateCommand("select count(*) from users where demo and active");
        if (await command.ExecuteScalarAsync() is long count and > 0)
        {
            throw new HostSettingsException(
                $"Cette base contient {count} comptes de démonstration actifs, interdits en production. Bloquez-les, ou donnez une autre base (ConnectionStrings:Cleiss).");
        }
    }
}
