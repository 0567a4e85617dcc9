using System.Net;
using System.Net.Mail;
using Npgsql;

namespace Cleiss.Host.Hosting;

/// <summary>Something in the configuration is wrong; the message lists every mistake, each with its mend, in French.</summary>
public sealed class HostSettingsException : Exception
{
    public HostSettingsException()
    {
    }

    public HostSettingsException(string message)
        : base(message)
    {
    }

    public HostSettingsException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>The settings the host itself needs, checked as a whole before anything starts.</summary>
/// <param name="PublicUrl">The address people and partners use, without a slash at the end; printed into documents for ever.</param>
/// <param name="Proxies">Whose word on the client's address is taken; a single address is a network of one.</param>
/// <param name="ConnectionString">Null: the private server in <paramref name="DataPath"/>.</param>
public sealed record HostSettings(
    IReadOnlyList<string> Urls, string PublicUrl, string? ConnectionString, string DataPath, bool Demo, bool MovableClock, IReadOnlyList<IPNetwork> Proxies,
    bool Production)
{
    // Found in samples and manuals; a production host must not run with them.
    private static readonly string[] KnownSecrets = ["cleiss-demo", "changeme", "password", "secret"];

    /// <summary>The path below which a proxy shows the product, as the public address says it; empty when it has a name of its own.</summary>
    public string PathBase => Uri.TryCreate(PublicUrl, UriKind.Absolute, out var address) ? Uri.UnescapeDataString(address.AbsolutePath).TrimEnd('/') : "";

    /// <exception cref="HostSettingsException">All mistakes at once.</exception>
    public static HostSettings Read(IConfiguration configuration, bool production)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var reader = new Reader(configuration);
        var settings = new HostSettings(
            reader.Urls(),
            reader.PublicUrl(production),
            reader.ConnectionString(),
            reader.DataPath(),
            reader.Flag("Demo:Enabled"),
            reader.Flag("Clock:Movable"),
            reader.Proxies(),
            production);
        reader.CheckMail(production);
        reader.CheckTimeZone();
        if (production && settings.Demo)
        {
            reader.Refuse("Demo:Enabled", "vaut true : les comptes de démonstration sont interdits en production. Mettez false, ou un autre environnement que Production.");
        }

        if (production && settings.MovableClock)
        {
            reader.Refuse("Clock:Movable", "vaut true : l’horloge des tests est interdite en production. Mettez false.");
        }

        reader.ThrowIfAny();
        return settings;
    }

    private sealed class Reader(IConfiguration configuration)
    {
        private readonly List<string> _mistakes = [];

        public void Refuse(string key, string reason) => _mistakes.Add($"{key} {reason}");

        public void ThrowIfAny()
        {
            if (_mistakes.Count > 0)
            {
                throw new HostSettingsException(
                    $"La configuration comporte {_mistakes.Count} erreur(s) :{string.Concat(_mistakes.Select(mistake => $"{Environment.NewLine}  - {mistake}"))}");
            }
        }

        public bool Flag(string key)
        {
            var text = configuration[key];
            if (string.IsNullOrWhiteSpace(text) || bool.TryParse(text, out _))
            {
                return bool.TryParse(text, out var value) && value;
            }

            Refuse(key, $"vaut « {text} » : écrivez true ou false.");
            return false;
        }

        public void CheckTimeZone()
        {
            if (configuration["Scheduling:TimeZone"] is { Length: > 0 } zone && !TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _))
            {
                Refuse("Scheduling:TimeZone", $"vaut « {zone} », que cette machine ne connaît pas : écrivez un nom IANA, par exemple Europe/Paris.");
            }
        }

        public string[] Urls()
        {
            var urls = (configuration["Urls"] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            foreach (var url in urls.Where(url => !IsWebAddress(url.Replace("://*", "://any", StringComparison.Ordinal).Replace("://+", "://any", StringComparison.Ordinal))))
            {
                Refuse("Urls", $"contient « {url} », qui n’est pas une adresse d’écoute : écrivez par exemple http://localhost:5080.");
            }

            if (urls.Length == 0)
            {
                Refuse("Urls", "est vide : écrivez par exemple http://localhost:5080.");
            }

            return urls;
        }

        public IPNetwork[] Proxies()
        {
            var proxies = new List<IPNetwork>();
            foreach (var text in configuration.GetSection("Proxies").Get<string[]>() ?? [])
            {
                if (IPNetwork.TryParse(text, out var network))
                {
                    proxies.Add(network);
                }
                else if (IPAddress.TryParse(text, out var address))
                {
                    proxies.Add(new IPNetwork(address, address.GetAddressBytes().Length * 8));
                }
                else
                {
                    Refuse("Proxies", $"contient « {text} », qui n’est ni une adresse ni un réseau : écrivez par exemple 10.0.0.5 ou 10.0.0.0/24.");
                }
            }

            return [.. proxies];
        }

        public string PublicUrl(bool production)
        {
            var text = configuration["PublicUrl"];
            if (string.IsNullOrWhiteSpace(text))
            {
                if (production)
                {
                    Refuse("PublicUrl", "est vide : donnez l’adresse publique (https://…) ; elle est imprimée sur les documents.");
                }

                return (configuration["Urls"] ?? "").Split(';')[0].Trim().TrimEnd('/');
            }

            if (!IsWebAddress(text))
            {
                Refuse("PublicUrl", $"vaut « {text} », qui n’est pas une adresse complète : écrivez par exemple https://liaison.exemple.fr.");
            }
            else if (production && !text.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
            {
                Refuse("PublicUrl", $"vaut « {text} » : en production l’adresse publique commence par https://.");
            }

            return text.Trim().TrimEnd('/');
        }

        public string? ConnectionString()
        {
            var text = configuration.GetConnectionString("Cleiss");
            if (string.IsNullOrWhiteSpace(text))
            {
                return null;
            }

            try
            {
                var builder = new NpgsqlConnectionStringBuilder(text);
                if (string.IsNullOrWhiteSpace(builder.Host) || string.IsNullOrWhiteSpace(builder.Database))
                {
                    Refuse("ConnectionStrings:Cleiss", "doit nommer un serveur (Host) et une base (Database), ou rester vide pour la base embarquée.");
                }
            }
            catch (ArgumentException failure)
            {
                // The text itself may hold a password and is not repeated.
                Refuse("ConnectionStrings:Cleiss", $"n’est pas une chaîne de connexion PostgreSQL : {failure.Message}");
            }

            return text;
        }

        public string DataPath()
        {
            var text = configuration["Data:Path"];
            if (string.IsNullOrWhiteSpace(text))
            {
                Refuse("Data:Path", "est vide : donnez le dossier de données, par exemple « data ».");
                return "";
            }

            return Path.GetFullPath(text);
        }

        public void CheckMail(bool production)
        {
            if (string.IsNullOrWhiteSpace(configuration["Mail:Smtp:Host"]))
            {
                return;
            }

            var port = configuration["Mail:Smtp:Port"];
            if (!string.IsNullOrWhiteSpace(port) && (!int.TryParse(port, out var number) || number is < 1 or > 65535))
            {
                Refuse("Mail:Smtp:Port", $"vaut « {port} » : écrivez un nombre de 1 à 65535, d’ordinaire 587.");
            }

            var from = configuration["Mail:From"];
            if (!MailAddress.TryCreate(from, out _))
            {
                Refuse("Mail:From", $"vaut « {from} », qui n’est pas une adresse de courriel.");
            }

            Flag("Mail:Smtp:StartTls");
            if (!string.IsNullOrEmpty(configuration["Mail:Smtp:User"]) && string.IsNullOrEmpty(configuration["Mail:Smtp:Password"]))
            {
                Refuse("Mail:Smtp:Password", "est vide alors que Mail:Smtp:User est donné.");
            }

            if (production && KnownSecrets.Contains(configuration["Mail:Smtp:Password"], StringComparer.OrdinalIgnoreCase))
            {
                Refuse("Mail:Smtp:Password", "est un mot de passe d’exemple : donnez le vrai.");
            }
        }

        private static bool IsWebAddress(string text) => Uri.TryCreate(text.Trim(), UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps);
    }
}
