using System.Globalization;
using System.Net.Sockets;
using Cleiss.Engine.Storage;
using Npgsql;

namespace Cleiss.Host.Hosting;

/// <summary>A request failed because the database could not serve it now: it is refused clearly, with a time to come back.</summary>
internal sealed record DatabaseFailure(string Code, string Title, int RetryAfterSeconds)
{
    private const string Again = " Répétez votre demande dans un instant ; sous le même identifiant d’opération, rien n’est fait deux fois.";

    private static readonly DatabaseFailure Busy = new("too-busy", "Trop de demandes arrivent en même temps." + Again, 2);

    private static readonly DatabaseFailure Gone = new("database-unavailable", "La base de données ne répond pas en ce moment." + Again, 5);

    private static readonly DatabaseFailure Full = new(
        "database-full", "La base de données n’a plus de place : rien n’a été enregistré. Prévenez l’administration, puis réessayez.", 60);

    private static readonly DatabaseFailure ReadOnly = new(
        "database-read-only", "La base de données n’accepte pas d’écriture en ce moment : rien n’a été enregistré. Réessayez plus tard.", 30);

    // Text the database cannot hold: a NUL character or half a surrogate pair. And a page before the first.
    private static readonly string[] UnfitInput =
    [
        PostgresErrorCodes.CharacterNotInRepertoire, PostgresErrorCodes.UntranslatableCharacter,
        PostgresErrorCodes.InvalidRowCountInResultOffsetClause, PostgresErrorCodes.InvalidRowCountInLimitClause,
    ];

    /// <summary>The database refused what the sender gave; it would refuse it again.</summary>
    public static bool IsOfSender(Exception? failure)
    {
        while (failure is not null and not PostgresException)
        {
            failure = failure.InnerException;
        }

        return failure is PostgresException refused && UnfitInput.Contains(refused.SqlState);
    }

    /// <returns>Null when the database is not to blame.</returns>
    public static DatabaseFailure? Of(Exception? failure)
    {
        for (; failure is not null; failure = failure.InnerException)
        {
            if (OfOne(failure) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    public void Write(HttpResponse response)
    {
        response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        response.Headers.RetryAfter = RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
    }

    private static DatabaseFailure? OfOne(Exception failure) => failure switch
    {
        BurstConflictException => Busy,
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } => Full,
        // A limit on the size of files, where the system has one, is told without a code of its own.
        PostgresException { SqlState: PostgresErrorCodes.InternalError } e when e.MessageText.Contains("could not extend file", StringComparison.Ordinal) => Full,
        PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction } => ReadOnly,
        PostgresException { SqlState: PostgresErrorCodes.TooManyConnections or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure } => Busy,
        PostgresException e => e.IsTransient || e.SqlState.StartsWith("57P", StringComparison.Ordinal) ? Gone : null,
        // The pool waited in vain for a connection to come back.
        NpgsqlException { InnerException: TimeoutException } e when e.Message.Contains("pool", StringComparison.OrdinalIgnoreCase) => Busy,
        NpgsqlException e => e.IsTransient || e.InnerException is IOException or SocketException or TimeoutException ? Gone : null,
        _ => null,
    };
}
