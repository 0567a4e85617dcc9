using Cleiss.Persistence.Clock;
using Cleiss.Persistence.Http;
using Cleiss.Persistence.People;
using Npgsql;

namespace Cleiss.Host.Operations;

/// <summary>Moves the time of all hosts; mapped only where the clock can be moved.</summary>
internal sealed class ClockEndpoints(IServiceProvider services, NpgsqlDataSource database) : IEndpointModule
{
    public void Map(IEndpointRouteBuilder routes)
    {
        if (services.GetService<MovableTimeProvider>() is not { } clock)
        {
            return;
        }

        routes.MapGet("/api/clock", () => new { now = clock.GetUtcNow() }).RequireSignedIn();
        routes.MapPost("/api/clock/advance", async (Move move, CancellationToken cancellationToken) =>
        {
            if (move.By <= TimeSpan.Zero)
            {
                return Problem.Invalid("clock-backwards", "L’horloge ne peut qu’avancer.", "Donnez une durée positive, par exemple « 30.00:00:00 » pour trente jours.");
            }

            await clock.AdvanceAsync(database, move.By, cancellationToken);
            return Results.Ok(new { now = clock.GetUtcNow() });
        }).RequirePermission(Permission.Administration);
    }

    private sealed record Move(TimeSpan By);
}
