namespace Cleiss.Engine.Execution;

/// <summary>Elsa's two-level status: this coarse one and <see cref="WorkflowSubStatus"/>.</summary>
public enum WorkflowStatus
{
    Running,
    Finished,
}

public enum WorkflowSubStatus
{
    Pending,
    Executing,
    Suspended,
    Finished,
    Cancelled,
    Faulted,
    Interrupted,
}
