using Cleiss.Persistence.People;
using Cleiss.TestKit;
using Xunit;

namespace Cleiss.Persistence.Tests;

public sealed class ReservedNameTests
{
    [Theory]
    [InlineData("partenaire", true)]
    [InlineData("system", true)]
    [InlineData("partenaires", false)]
    public async Task No_account_is_named_like_the_product_or_a_partner(string id, bool refused)
    {
        await using var database = await PostgresServer.CreateDatabaseAsync();
        var people = new PeopleStore(database.DataSource, new ManualTimeProvider());
        var account = new Person(id, "Jeanne Essai", "jeanne@cleiss.example", Active: true, Demo: false, new HashSet<string>());

        var fault = await Record.ExceptionAsync(() => people.SaveAsync(account, "une phrase de passe", Actor.System, CancellationToken.None));

        Assert.Equal(refused, fault is ArgumentException);
        Assert.Equal(!refused, await people.FindAsync(id, CancellationToken.None) is not null);
    }
}
