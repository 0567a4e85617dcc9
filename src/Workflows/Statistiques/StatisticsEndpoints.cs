using System.Globalization;
using System.Text;
using Cleiss.Persistence.Http;
using Cleiss.Persistence.People;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Cleiss.Workflows.Statistiques;

/// <summary>Statistics as data: a whole report, or one table as CSV.</summary>
public sealed class StatisticsEndpoints(StatisticsDesk desk) : IEndpointModule
{
    // Years outside are typing mistakes; dates of receipt cannot lie there.
    private const int FirstYear = 1959;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/statistics/{key}", ReportAsync).RequirePermission(Permission.StatisticsRead);
        routes.MapGet("/api/statistics/{key}/{table}.csv", CsvAsync).RequirePermission(Permission.StatisticsRead);
    }

    private async Task<IResult> ReportAsync(string key, int? year, CancellationToken cancellationToken) =>
        desk.Find(key) is { } process
            ? Results.Ok(new { process = process.Key, process.Title, year = Year(year), report = await desk.ComputeAsync(key, Year(year), cancellationToken) })
            : Unknown(key);

    private async Task<IResult> CsvAsync(string key, string table, int? year, CancellationToken cancellationToken)
    {
        if (desk.Find(key) is null)
        {
            return Unknown(key);
        }

        var tables = (await desk.ComputeAsync(key, Year(year), cancellationToken)).Tables;
        if (tables.FirstOrDefault(one => one.Key == table) is not { } found)
        {
            return Problem.NotFound("unknown-table", $"Le tableau « {table} » n'existe pas.", $"Tableaux : {string.Join(", ", tables.Select(one => one.Key))}.");
        }

        // The mark tells spreadsheets that the accents are UTF-8.
        var name = string.Create(CultureInfo.InvariantCulture, $"{key}-{table}-{Year(year)}.csv");
        return Results.File([.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(CaseCounts.Csv(found))], "text/csv; charset=utf-8", name);
    }

    private int Year(int? year) => year is null ? desk.ThisYear : Math.Clamp(year.Value, FirstYear, desk.ThisYear + 1);

    private static IResult Unknown(string key) =>
        Problem.NotFound("unknown-process", $"Le processus « {key} » n'existe pas.", "GET /api/processes donne les processus.");
}
