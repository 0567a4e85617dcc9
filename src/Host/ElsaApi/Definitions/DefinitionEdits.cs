using System.Globalization;
using System.Text.RegularExpressions;
using Cleiss.Persistence;
using Cleiss.Persistence.Http;
using Cleiss.Persistence.People;
using Npgsql;

namespace Cleiss.Host.ElsaApi.Definitions;

/// <summary>A save came from a page that had been shown an older state of the definition. The message says who saved, when, and what to do.</summary>
internal sealed class StaleEditException(string message) : Exception(message);

/// <summary>
/// Keeps two people who edit one definition from overwriting each other. Studio sends no token, so its page names itself in a header, and the
/// database remembers what each page was last shown: any host can judge its next save. Changes of one definition follow one another, over all
/// hosts. A caller without the header is a program; there the last writer wins, as in Elsa.
/// </summary>
internal sealed partial class DefinitionEdits(NpgsqlDataSource database, TimeProvider time) : IDisposable
{
    public const string Header = "X-Cleiss-Page";
    private const int LockClass = 7102;
    private static readonly TimeSpan Forgotten = TimeSpan.FromDays(30);
    private static readonly TimeZoneInfo Zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Paris");

    // One connection per definition and host waits for the lock in the database; the others wait here, so that they cannot use up the pool.
    private readonly SemaphoreSlim[] _gates = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1, 1))];

    /// <summary>To be called before the definition is read: what changes in between makes the page older than it looks, never younger.</summary>
    public async Task NoteShownAsync(HttpContext http, string definitionId, CancellationToken cancellationToken)
    {
        if (PageOf(http) is not { } page)
        {
            return;
        }

        await using var batch = database.CreateBatch();
        NoteView(batch, page, definitionId);
        batch.Add("delete from studio_page_views where seen_at < $1", Sql.Time(time.GetUtcNow() - Forgotten));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Runs a change of one definition alone and remembers who made it.</summary>
    /// <param name="onlyIfShown">A change made from what the page shows, as opposed to one made by name, like « publish » in a list.</param>
    /// <exception cref="StaleEditException">The page was shown an older state; the change was not run.</exception>
    public async Task<T> ChangeAsync<T>(HttpContext http, string definitionId, bool onlyIfShown, Func<Task<T>> change, CancellationToken cancellationToken)
    {
        var gate = _gates[(uint)StringComparer.Ordinal.GetHashCode(definitionId) % _gates.Length];
        await gate.WaitAsync(cancellationToken);
        try
        {
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            var page = PageOf(http);
            var before = await LookAsync(connection, definitionId, page, cancellationToken);
            var isCurrent = before is null || before.Revision == before.Shown;
            if (onlyIfShown && page is not null && !isCurrent)
            {
                throw new StaleEditException(Explain(before!, http.GetActor()));
            }

            var result = await change();
            await using var batch = new NpgsqlBatch(connection, transaction);
            NoteEdit(batch, definitionId, http.GetActor());
            if (page is not null && isCurrent)
            {
                NoteView(batch, page, definitionId);
            }

            await batch.ExecuteNonQueryAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return result;
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose() => Array.ForEach(_gates, gate => gate.Dispose());

    /// <exception cref="BadHttpRequestException">The header holds something else than a page's name.</exception>
    private static string? PageOf(HttpContext http) => http.Request.Headers[Header].ToString() switch
    {
        "" => null,
        var name when PageName().IsMatch(name) => name,
        _ => throw new BadHttpRequestException($"{Header} is 8 to 64 letters, digits or dashes."),
    };

    private static async Task<Look?> LookAsync(NpgsqlConnection connection, string definitionId, string? page, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.Add("select pg_advisory_xact_lock($1, hashtext($2))", Sql.Int(LockClass), Sql.Text(definitionId));
        batch.Add(
            """
            select d.id || ':' || d.xmin::text, v.revision, e.editor_id, e.editor_name, e.edited_at
            from workflow_definitions d
            left join studio_page_views v on v.page_id = $2 and v.definition_id = d.definition_id
            left join definition_edits e on e.definition_id = d.definition_id and e.revision = d.id || ':' || d.xmin::text
            where d.definition_id = $1 and d.is_latest
            """,
            Sql.Text(definitionId), Sql.Text(page));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new Look(
                reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetString(2),
                reader.IsDBNull(3) ? null : reader.GetString(3), reader.IsDBNull(4) ? null : reader.GetFieldValue<DateTimeOffset>(4))
            : null;
    }

    // The system column xmin changes with each update of the row and with nothing else.
    private void NoteView(NpgsqlBatch batch, string page, string definitionId) => batch.Add(
        """
        insert into studio_page_views (page_id, definition_id, revision, seen_at)
        select $1, definition_id, id || ':' || xmin::text, $3 from workflow_definitions where definition_id = $2 and is_latest
        on conflict (page_id, definition_id) do update set revision = excluded.revision, seen_at = excluded.seen_at
        """,
        Sql.Text(page), Sql.Text(definitionId), Sql.Time(time.GetUtcNow()));

    private void NoteEdit(NpgsqlBatch batch, string definitionId, Actor editor) => batch.Add(
        """
        insert into definition_edits (definition_id, revision, editor_id, editor_name, edited_at)
        select definition_id, id || ':' || xmin::text, $2, $3, $4 from workflow_definitions where definition_id = $1 and is_latest
        on conflict (definition_id) do update
            set revision = excluded.revision, editor_id = excluded.editor_id, editor_name = excluded.editor_name, edited_at = excluded.edited_at
            where definition_edits.revision <> excluded.revision
        """,
        Sql.Text(definitionId), Sql.Text(editor.Id), Sql.Text(editor.Name), Sql.Time(time.GetUtcNow()));

    private static string Explain(Look look, Actor actor)
    {
        var changed = look switch
        {
            { EditorId: null } => "Cette procédure a changé depuis que vous l'avez ouverte : un programme l'a modifiée, ou une procédure qu'elle utilise a été publiée.",
            _ when look.EditorId == actor.Id => $"Vous avez modifié cette procédure {When(look)} dans une autre fenêtre, depuis que celle-ci l'a ouverte.",
            _ => $"{look.EditorName} a modifié cette procédure {When(look)}, depuis que vous l'avez ouverte.",
        };
        return $"{changed} Vos dernières modifications ne sont pas enregistrées, et rien n'a été écrasé. Rouvrez la procédure pour voir son état actuel, puis refaites vos modifications.";
    }

    private static string When(Look look) =>
        TimeZoneInfo.ConvertTime(look.EditedAt!.Value, Zone).ToString("'le' dd/MM/yyyy 'à' HH:mm", CultureInfo.InvariantCulture);

    [GeneratedRegex("^[A-Za-z0-9-]{8,64}$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex PageName();

    /// <param name="Shown">What the page was last shown.</param>
    private sealed record Look(string Revision, string? Shown, string? EditorId, string? EditorName, DateTimeOffset? EditedAt);
}
