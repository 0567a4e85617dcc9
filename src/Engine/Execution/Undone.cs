namespace Cleiss.Engine.Execution;

/// <summary>What a failure left undone in one execution; stored with it until it is made good.</summary>
internal sealed class Undone
{
    /// <summary>The activity's <c>ExecuteAsync</c> has not run to its end: of what it wanted to open outside, nothing was kept.</summary>
    public bool NotBegun { get; set; }
}
