namespace Cleiss.Scripting.Hosting;

/// <summary>Section <c>Scripting</c>.</summary>
public sealed class ScriptingOptions
{
    /// <summary>Folder that holds <c>node_modules</c> and the worker modules; empty means found by walking up from the program.</summary>
    public string? Root { get; set; }

    public string NodePath { get; set; } = "node";

    /// <summary>Time all expressions of one call may take together.</summary>
    public int ScriptMilliseconds { get; set; } = 1000;

    /// <summary>Memory the scripts of one call may take.</summary>
    public int ScriptMegabytes { get; set; } = 32;

    /// <summary>Stack of the scripts: how deeply functions may call each other, about 1000 calls per 256 KB.</summary>
    public int ScriptStackKilobytes { get; set; } = 256;

    public int TextMilliseconds { get; set; } = 5000;

    public int TypstMilliseconds { get; set; } = 30000;

    /// <summary>Resident memory above which a worker is replaced, in the middle of a call if need be.</summary>
    public int WorkerMegabytes { get; set; } = 512;

    /// <summary>Processes of each kind; they start when they are needed.</summary>
    public int WorkersPerKind { get; set; } = 2;

    /// <summary>Folders with TTF and OTF fonts for documents.</summary>
    public IList<string> FontFolders { get; } = [];

    public IEnumerable<string> Mistakes()
    {
        if (ScriptMilliseconds is < 10 or > 60_000)
        {
            yield return "Scripting:ScriptMilliseconds must be between 10 and 60000.";
        }

        if (ScriptMegabytes is < 4 or > 1024)
        {
            yield return "Scripting:ScriptMegabytes must be between 4 and 1024.";
        }

        if (ScriptStackKilobytes is < 32 or > 4096)
        {
            yield return "Scripting:ScriptStackKilobytes must be between 32 and 4096.";
        }

        if (TextMilliseconds < 100 || TypstMilliseconds < 100)
        {
            yield return "Scripting:TextMilliseconds and Scripting:TypstMilliseconds must be at least 100.";
        }

        if (WorkerMegabytes < 128)
        {
            yield return "Scripting:WorkerMegabytes must be at least 128.";
        }

        if (WorkersPerKind is < 1 or > 64)
        {
            yield return "Scripting:WorkersPerKind must be between 1 and 64.";
        }
    }
}
