using System.Text.Json.Nodes;

namespace Cleiss.Engine.Execution;

/// <summary>What a failure left undone in one execution; stored with it until it is made good.</summary>
internal sealed class Undone
{
    /// <summary>The activity's <c>ExecuteAsync</c> has not run to its end: of what it wanted to open outside, nothing was kept.</summary>
    public bool NotBegun { get; set; }

    /// <summary>Callbacks of burned bookmarks that failed, or arrived while the activity was at fault; oldest first.</summary>
    public List<HeldResume> Resumes { get; set; } = [];

    /// <summary>Set when the execution has completed and its owner has yet to go on from there; null otherwise.</summary>
    public HeldCompletion? Completion { get; set; }
}

/// <param name="Callback">Method of the activity.</param>
/// <param name="Input">What came with the stimulus.</param>
internal sealed record HeldResume(string Callback, JsonObject Input);

/// <param name="At">Place in the journal: an owner hears of its children in the order they completed.</param>
internal sealed record HeldCompletion(int At, IReadOnlyList<string> Outcomes);
