using System.Text.Json.Nodes;
using Cleiss.Scripting.Workers;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Cleiss.Scripting.Hosting;

/// <summary>Ready when an expression is answered.</summary>
internal sealed class ScriptHostHealth(Engine.Expressions.IScriptEvaluator scripts, TimeProvider time) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await scripts.EvaluateAsync(WarmUp.Probe(time.GetUtcNow()), cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            return HealthCheckResult.Unhealthy("The script host does not answer.", failure);
        }
    }
}

/// <summary>Starts one worker of each kind after the host's start, so that the first user does not wait for it.</summary>
internal sealed class WarmUp(Engine.Expressions.IScriptEvaluator scripts, Qr.IQrCodes qr, Typst.ITypstCompiler typst, TimeProvider time) : BackgroundService
{
    public static Engine.Expressions.ScriptBatch Probe(DateTimeOffset now) =>
        new([new("JavaScript", "1 + 1")], [], [], [], null, "", "", 0, null, null, now);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await scripts.EvaluateAsync(Probe(time.GetUtcNow()), stoppingToken);
            await qr.DrawAsync("warm", stoppingToken);
            var page = new Dictionary<string, byte[]> { ["/warm.typ"] = "#set document(title: \"-\")\n-"u8.ToArray() };
            await typst.CompileAsync(new Typst.TypstJob(page, "/warm.typ", new JsonObject(), "1.7", time.GetUtcNow()), stoppingToken);
        }
        catch (Exception failure) when (failure is Engine.Expressions.ScriptException or Typst.TypstException or Typst.TypstStoppedException or WorkerException
            or IOException or System.ComponentModel.Win32Exception)
        {
            // The health check and the first caller say what is wrong; a cold start alone is no failure.
        }
    }
}
