using System.Net.Sockets;
using Cleiss.Host.Operations;
using Cleiss.Persistence.Embedded;
using Cleiss.Persistence.Migrations;
using Microsoft.AspNetCore.Connections;
using Npgsql;

namespace Cleiss.Host.Hosting;

/// <summary>The process: starts the host, says what is ready, and turns each way to fail at start into one line with its mend.</summary>
public static class HostProgram
{
    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            if (args is [VerifyCommand.Name, .. var rest])
            {
                return await VerifyCommand.RunAsync(rest, Console.Out);
            }

            await using var host = await HostApplication.StartAsync(args, Console.Out.WriteLine);
            Console.Out.WriteLine($"Cleiss est prêt : {host.Address} (Ctrl-C arrête tout)");
            await host.WaitForShutdownAsync();
            return 0;
        }
        catch (Exception failure) when (Explain(failure) is { } line)
        {
            await Console.Error.WriteLineAsync(line);
            return args is [VerifyCommand.Name, ..] ? 2 : 1;
        }
    }

    private static string? Explain(Exception failure) => failure switch
    {
        HostSettingsException or EmbeddedPostgresException => failure.Message,
        MigrationException => $"La base de données n’a pas pu être mise à jour : {failure.Message}",
        IOException { InnerException: AddressInUseException } =>
            $"Ce port est déjà utilisé ({failure.Message.TrimEnd('.')}). Arrêtez l’autre programme, ou choisissez un autre port (--port N).",
        IOException { InnerException: SocketException } or SocketException { SocketErrorCode: SocketError.AccessDenied } =>
            $"L’adresse d’écoute ne peut pas être ouverte : {failure.Message} Choisissez un port au-dessus de 1024 (--port N).",
        NpgsqlException => $"La base de données ne répond pas : {failure.Message} Vérifiez ConnectionStrings:Cleiss et que le serveur est démarré.",
        _ => null,
    };
}
