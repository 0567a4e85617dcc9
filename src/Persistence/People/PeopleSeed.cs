using Cleiss.Persistence.Startup;
using Microsoft.Extensions.Configuration;
using Npgsql;

namespace Cleiss.Persistence.People;

/// <summary>Fills the table of permissions for roles it does not know yet, and creates the demo accounts in demo mode.</summary>
public sealed class PeopleSeed(NpgsqlDataSource database, PeopleStore people, IConfiguration configuration, TimeProvider time) : IStartupTask
{
    public const string DemoPassword = "cleiss-demo";

    private static readonly (string Id, string Name, string Role)[] DemoPeople =
    [
        ("proprietaire", "Hélène Rousseau", Role.Proprietaire),
        ("agent1", "Anne Martin", Role.Agent),
        ("agent2", "Karim Benali", Role.Agent),
        ("juriste", "Claire Dubois", Role.Juriste),
        ("juriste2", "Paul Girard", Role.Juriste),
        ("directrice", "Isabelle Laurent", Role.Directrice),
        ("comptable", "Thierry Morel", Role.Comptable),
        ("budget", "Sandrine Petit", Role.Budget),
        ("traduction", "Elena Popescu-Bernard", Role.Traduction),
        ("reviseur", "François Lefèvre", Role.Reviseur),
        ("traducteur", "Maria Fontaine", Role.Traducteur),
        ("sdl2", "Nathalie Garnier", Role.Sdl2),
        ("admin", "Julien Mercier", Role.Admin),
    ];

    public int Order => 100;

    public string Title => "Comptes et rôles";

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection, transaction);
        foreach (var (role, permissions) in Role.Permissions)
        {
            // A role the agency has already adjusted stays as it is.
            batch.BatchCommands.Add(new NpgsqlBatchCommand(
                """
                insert into role_permissions (role, permission)
                select $1, unnest($2) where not exists (select from role_permissions where role = $1) on conflict do nothing
                """)
            {
                Parameters = { new() { Value = role }, new() { Value = permissions.ToArray() } },
            });
        }

        if (configuration.GetValue<bool>("Demo:Enabled"))
        {
            var known = (await people.ListAsync(cancellationToken)).Select(person => person.Id).ToHashSet();
            var missing = DemoPeople.Where(demo => !known.Contains(demo.Id)).ToArray();

            // One hash for all: the password is printed in the manual, and thirteen hashes would slow the first start.
            var hash = missing.Length == 0 ? null : PeopleStore.HashPassword(DemoPassword);
            foreach (var (id, name, role) in missing)
            {
                PeopleStore.Write(batch, new Person(id, name, $"{id}@demo.invalid", Active: true, Demo: true, new HashSet<string> { role }), hash, time.GetUtcNow());
            }
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        people.Forget();
    }
}
