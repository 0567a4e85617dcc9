using Cleiss.Persistence.Http;
using Cleiss.Persistence.People;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Cleiss.Host.Operations;

internal sealed class HealthEndpoints(HealthCheckService health, MetricsText metrics) : IEndpointModule
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", () => new { status = "Healthy" }).AllowEveryone("supervisors ask without an account; the answer says only that the process runs");
        routes.MapGet("/health/ready", ReadyAsync).AllowEveryone("load balancers ask without an account; the answer names parts, no data");
        routes.MapGet("/metrics", () => Results.Text(metrics.Write(), "text/plain; version=0.0.4; charset=utf-8")).RequirePermission(Permission.Operations);
    }

    private async Task<IResult> ReadyAsync(CancellationToken cancellationToken)
    {
        var report = await health.CheckHealthAsync(cancellationToken);
        return Results.Json(
            new
            {
                status = report.Status,
                checks = report.Entries.ToDictionary(entry => entry.Key, entry => new { entry.Value.Status, entry.Value.Description }),
            },
            statusCode: report.Status == HealthStatus.Unhealthy ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK);
    }
}
