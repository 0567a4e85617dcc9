using Cleiss.Persistence.Trails;
using Microsoft.AspNetCore.Identity;
using Npgsql;

namespace Cleiss.Persistence.People;

/// <param name="Id">The user name, as typed at sign-in.</param>
/// <param name="Demo">Made by demo mode; a production host refuses to start while one is active.</param>
public sealed record Person(string Id, string Name, string Email, bool Active, bool Demo, IReadOnlySet<string> Roles);

/// <summary>People, their roles, and what roles may do.</summary>
public sealed class PeopleStore(NpgsqlDataSource database, TimeProvider time)
{
    // Answers for this long without asking the database again: a blocked account or a changed role takes effect within it on every host.
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(10);

    private static readonly PasswordHasher<string> Hasher = new();

    // Checked against when there is no such account, so that the time of the answer does not tell who exists.
    private static readonly Lazy<string> HashOfNobody = new(() => Hasher.HashPassword("", Guid.NewGuid().ToString()));

    private readonly Lock _gate = new();
    private Snapshot? _snapshot;

    public async Task<Person?> FindAsync(string id, CancellationToken cancellationToken) =>
        (await ReadAsync(cancellationToken)).People.GetValueOrDefault(id);

    /// <summary>Everybody, blocked accounts included, by name.</summary>
    public async Task<IReadOnlyList<Person>> ListAsync(CancellationToken cancellationToken) =>
        (await ReadAsync(cancellationToken)).People.Values.OrderBy(person => person.Name, StringComparer.Create(new("fr-FR"), ignoreCase: true)).ToArray();

    public async Task<IReadOnlySet<string>> RolesOfAsync(string id, CancellationToken cancellationToken) =>
        await FindAsync(id, cancellationToken) is { Active: true } person ? person.Roles : new HashSet<string>();

    /// <summary>The active people who have the role; a candidate group of a task is a role.</summary>
    public async Task<IReadOnlyList<Person>> InRoleAsync(string role, CancellationToken cancellationToken) =>
        (await ListAsync(cancellationToken)).Where(person => person.Active && person.Roles.Contains(role)).ToArray();

    /// <summary>All roles known to the table of permissions.</summary>
    public async Task<IReadOnlyList<string>> ListRolesAsync(CancellationToken cancellationToken) =>
        (await ReadAsync(cancellationToken)).Permissions.Keys.Order(StringComparer.Ordinal).ToArray();

    /// <summary>The person with what the roles allow now; null when unknown or blocked.</summary>
    public async Task<Actor?> FindActorAsync(string id, CancellationToken cancellationToken)
    {
        var snapshot = await ReadAsync(cancellationToken);
        return snapshot.People.GetValueOrDefault(id) is { Active: true } person
            ? new Actor(person.Id, person.Name, person.Roles)
            {
                Permissions = person.Roles.SelectMany(role => snapshot.Permissions.GetValueOrDefault(role, [])).ToHashSet(),
            }
            : null;
    }

    /// <summary>The person when the password is right and the account active; otherwise null, after the same time.</summary>
    public async Task<Actor?> VerifyPasswordAsync(string id, string password, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select password_hash from users where id = $1 and active");
        command.Parameters.Add(new() { Value = id });
        var hash = await command.ExecuteScalarAsync(cancellationToken) as string;
        var result = Hasher.VerifyHashedPassword(id, hash ?? HashOfNobody.Value, password);
        return hash is null || result == PasswordVerificationResult.Failed ? null : await FindActorAsync(id, cancellationToken);
    }

    /// <summary>Creates or changes an account, with its roles, and records it in the trail of the administration.</summary>
    /// <param name="password">Null leaves the password as it is.</param>
    /// <exception cref="ArgumentException">The user name stands for the product itself or for a partner.</exception>
    public async Task SaveAsync(Person person, string? password, Actor by, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(person);
        if (Actor.IsReserved(person.Id))
        {
            throw new ArgumentException($"« {person.Id} » ne peut pas être un nom d'utilisateur : il désigne Cleiss ou un partenaire. Choisissez-en un autre.", nameof(person));
        }

        var now = time.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection, transaction);
        Write(batch, person, password is null ? null : HashPassword(password), now);
        TrailSql.Append(
            batch,
            new TrailEntry(
                TrailIds.Administration,
                by,
                "account.saved",
                $"a enregistré le compte « {person.Id} » ({(person.Active ? "actif" : "bloqué")} ; rôles : {string.Join(", ", person.Roles.Order(StringComparer.Ordinal))})"),
            now);
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        Forget();
    }

    internal static string HashPassword(string password) => Hasher.HashPassword("", password);

    internal static void Write(NpgsqlBatch batch, Person person, string? passwordHash, DateTimeOffset now)
    {
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            insert into users as u (id, name, email, password_hash, active, demo, created_at) values ($1, $2, $3, $4, $5, $6, $7)
            on conflict (id) do update set name = $2, email = $3, password_hash = coalesce($4, u.password_hash), active = $5, demo = $6
            """)
        {
            Parameters =
            {
                new() { Value = person.Id },
                new() { Value = person.Name },
                new() { Value = person.Email },
                new() { Value = (object?)passwordHash ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text },
                new() { Value = person.Active },
                new() { Value = person.Demo },
                new() { Value = now.ToUniversalTime() },
            },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand("delete from user_roles where user_id = $1 and role <> all($2)")
        {
            Parameters = { new() { Value = person.Id }, new() { Value = person.Roles.ToArray() } },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand("insert into user_roles (user_id, role) select $1, unnest($2) on conflict do nothing")
        {
            Parameters = { new() { Value = person.Id }, new() { Value = person.Roles.ToArray() } },
        });
    }

    internal void Forget()
    {
        lock (_gate)
        {
            _snapshot = null;
        }
    }

    private async Task<Snapshot> ReadAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            // Elapsed real time, not the clock row: moving the clock says nothing about the age of this copy.
            if (_snapshot is { } known && TimeProvider.System.GetElapsedTime(known.ReadAt) < Freshness)
            {
                return known;
            }
        }

        var fresh = new Snapshot(TimeProvider.System.GetTimestamp(), new(), new());
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            "select id, name, email, active, demo, array(select role from user_roles where user_id = id) from users"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand("select role, array_agg(permission) from role_permissions group by role"));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var roles = await reader.GetFieldValueAsync<string[]>(5, cancellationToken);
            fresh.People.Add(
                reader.GetString(0),
                new Person(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetBoolean(3), reader.GetBoolean(4), roles.ToHashSet()));
        }

        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            fresh.Permissions.Add(reader.GetString(0), await reader.GetFieldValueAsync<string[]>(1, cancellationToken));
        }

        lock (_gate)
        {
            return _snapshot = fresh;
        }
    }

    private sealed record Snapshot(long ReadAt, Dictionary<string, Person> People, Dictionary<string, string[]> Permissions);
}
