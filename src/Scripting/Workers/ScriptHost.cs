using System.Globalization;
using System.Text.Json;
using Cleiss.Engine.Expressions;
using Cleiss.Scripting.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Cleiss.Scripting.Workers;

/// <summary>The three kinds of worker: sandboxed expressions; Liquid, FEEL and QR codes; Typst.</summary>
public sealed class ScriptHost : IDisposable
{
    // Typst's compiler downloads packages (« @preview/… ») and reads those of the account it runs under. No template may do either: its
    // requests end at a port where nothing listens, and its folders of packages do not exist.
    private static readonly Dictionary<string, string> NoWayOut = new()
    {
        ["HTTP_PROXY"] = "http://127.0.0.1:1",
        ["HTTPS_PROXY"] = "http://127.0.0.1:1",
        ["ALL_PROXY"] = "http://127.0.0.1:1",
        ["HOME"] = "/nonexistent",
        ["XDG_DATA_HOME"] = "/nonexistent",
        ["XDG_CACHE_HOME"] = "/nonexistent",
    };

    public ScriptHost(IOptions<ScriptingOptions> options, ILogger<ScriptHost> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        var settings = options.Value;
        var folder = new Lazy<NodeFolder>(() => NodeFolder.Find(settings.Root));
        var fonts = settings.FontFolders.Count > 0 ? settings.FontFolders : ["/usr/share/fonts/truetype"];
        WorkerPool Pool(string module, IReadOnlyDictionary<string, string> environment, int milliseconds) => new(
            new WorkerKind(module, module, environment, TimeSpan.FromMilliseconds(milliseconds), settings.WorkerMegabytes),
            settings.WorkersPerKind, settings.NodePath, () => folder.Value, logger);

        // The sandbox stops a script itself; the process is killed only when that fails, so its limit leaves room for a start.
        Expressions = Pool(
            "expressions",
            new Dictionary<string, string>
            {
                ["CLEISS_SCRIPT_MILLISECONDS"] = settings.ScriptMilliseconds.ToString(CultureInfo.InvariantCulture),
                ["CLEISS_SCRIPT_MEGABYTES"] = settings.ScriptMegabytes.ToString(CultureInfo.InvariantCulture),
                ["CLEISS_SCRIPT_STACK_KILOBYTES"] = settings.ScriptStackKilobytes.ToString(CultureInfo.InvariantCulture),
                ["CLEISS_SCRIPT_FUNCTIONS"] = JsonSerializer.Serialize(ScriptFunctions.Names),
            },
            settings.ScriptMilliseconds + 10_000);
        Texts = Pool("texts", new Dictionary<string, string>(), settings.TextMilliseconds);
        Typst = Pool(
            "typst",
            new Dictionary<string, string>(NoWayOut) { ["CLEISS_FONT_FOLDERS"] = JsonSerializer.Serialize(fonts.Where(Directory.Exists)) },
            settings.TypstMilliseconds);
    }

    public WorkerPool Expressions { get; }

    public WorkerPool Texts { get; }

    public WorkerPool Typst { get; }

    public void Dispose()
    {
        Expressions.Dispose();
        Texts.Dispose();
        Typst.Dispose();
    }
}
