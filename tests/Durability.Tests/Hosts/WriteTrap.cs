using Cleiss.TestKit;

namespace Cleiss.Durability.Tests.Hosts;

/// <summary>
/// Kills a database session in the middle of a chosen write, whoever makes it: every statement that really changes rows is counted by a trigger,
/// which ends its own session when the count is reached. To the host it is what a dying server or network is.
/// </summary>
internal sealed class WriteTrap(TestDatabase database)
{
    /// <summary>Puts the triggers on every table there is.</summary>
    public static async Task<WriteTrap> SetAsync(TestDatabase database)
    {
        await database.ExecuteAsync(
            """
            create sequence trap_writes;
            create table trap (at bigint not null, every bigint not null);
            insert into trap values (0, 0);
            create function trap_write() returns trigger language plpgsql as $$
            declare
                write bigint;
            begin
                if not exists (select 1 from changed) then
                    return null;
                end if;
                write := nextval('trap_writes');
                if exists (select 1 from trap where at = write or every > 0 and write % every = 0) then
                    perform pg_terminate_backend(pg_backend_pid());
                    perform pg_sleep(1);
                end if;
                return null;
            end $$;
            do $$
            declare
                tab text;
            begin
                for tab in select table_name from information_schema.tables
                    where table_schema = 'public' and table_type = 'BASE TABLE' and table_name not in ('trap', 'schema_migrations')
                loop
                    execute format('create trigger trap_insert after insert on %I referencing new table as changed for each statement execute function trap_write()', tab);
                    execute format('create trigger trap_update after update on %I referencing new table as changed for each statement execute function trap_write()', tab);
                    execute format('create trigger trap_delete after delete on %I referencing old table as changed for each statement execute function trap_write()', tab);
                end loop;
            end $$;
            """);
        return new WriteTrap(database);
    }

    /// <summary>The next session to make the write of this number from now on dies in it.</summary>
    public Task ArmAsync(int writes) => database.ExecuteAsync($"update trap set at = {writes} + (select case when is_called then last_value else 0 end from trap_writes)");

    /// <summary>From now on each write of this many dies.</summary>
    public Task EveryAsync(int writes) => database.ExecuteAsync($"update trap set at = 0, every = {writes}");

    public Task DisarmAsync() => database.ExecuteAsync("update trap set at = 0, every = 0");

    /// <summary>True when the armed write has been reached.</summary>
    public Task<bool> SprangAsync() => database.ScalarAsync<bool>("select w.last_value >= t.at and t.at > 0 from trap_writes w, trap t");
}
