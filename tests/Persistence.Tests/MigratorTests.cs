using Cleiss.Persistence.Hosting;
using Cleiss.Persistence.Migrations;
using Cleiss.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Cleiss.Persistence.Tests;

public sealed class MigratorTests : IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async Task InitializeAsync() => _database = await PostgresServer.CreateEmptyDatabaseAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task Migrate_OnAnEmptyDatabase_RunsEveryScriptOnce()
    {
        await Migrator().MigrateAsync(CancellationToken.None);
        var first = await _database.ScalarAsync<long>("select count(*) from schema_migrations");
        await Migrator().MigrateAsync(CancellationToken.None);

        Assert.True(first >= 1);
        Assert.Equal(first, await _database.ScalarAsync<long>("select count(*) from schema_migrations"));
        Assert.Empty(await Migrator().PendingAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Migrate_ByFourHostsAtOnce_RunsEveryScriptOnce()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Migrator().MigrateAsync(CancellationToken.None)));

        Assert.Equal(1, await _database.ScalarAsync<long>("select count(*) from schema_migrations where name = '0001_infrastructure'"));
    }

    [Fact]
    public async Task Migrate_WhenAScriptWasChangedAfterItRan_RefusesAndNamesIt()
    {
        await Migrator().MigrateAsync(CancellationToken.None);
        await _database.ExecuteAsync("update schema_migrations set hash = 'other' where name = '0001_infrastructure'");

        var refusal = await Assert.ThrowsAsync<MigrationException>(() => Migrator().MigrateAsync(CancellationToken.None));

        Assert.Contains("0001_infrastructure of Cleiss.Persistence was changed after it ran", refusal.Message, StringComparison.Ordinal);
    }

    private Migrator Migrator() =>
        new(_database.DataSource, [new MigrationSource(typeof(PersistenceServices).Assembly)], TimeProvider.System, NullLogger<Migrator>.Instance);
}
