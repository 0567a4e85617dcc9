using System.Diagnostics;

namespace Cleiss.TestKit.Product;

/// <summary>The product's own check of a database, as an operator starts it.</summary>
public static class VerifyCommand
{
    /// <returns>0 when every rule holds, and what it printed.</returns>
    public static async Task<(int ExitCode, string Said)> RunAsync(string connectionString)
    {
        var start = new ProcessStartInfo("dotnet", [ProductHost.Program, "verify"]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Demo";
        start.Environment["Urls"] = "http://127.0.0.1:5080";
        start.Environment["ConnectionStrings__Cleiss"] = connectionString;
        using var process = Process.Start(start) ?? throw new InvalidOperationException("The command did not start.");
        var errors = process.StandardError.ReadToEndAsync();
        var said = await process.StandardOutput.ReadToEndAsync() + await errors;
        await process.WaitForExitAsync();
        return (process.ExitCode, said);
    }
}
