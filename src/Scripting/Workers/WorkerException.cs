namespace Cleiss.Scripting.Workers;

/// <summary>Why a call brought no answer.</summary>
public enum WorkerFault
{
    /// <summary>The process ended in the middle of the call; a pure call may be repeated.</summary>
    Died,

    /// <summary>It took too long and was killed.</summary>
    TimeLimit,

    /// <summary>It took too much memory and was killed.</summary>
    MemoryLimit,

    /// <summary>The script or template is at fault; the message is for its author.</summary>
    Author,

    /// <summary>The worker's own code failed.</summary>
    Internal,
}

public sealed class WorkerException : Exception
{
    public WorkerException()
    {
    }

    public WorkerException(string message)
        : base(message)
    {
    }

    public WorkerException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public WorkerException(WorkerFault fault, string message, System.Text.Json.Nodes.JsonNode? details = null)
        : base(message)
    {
        Fault = fault;
        Details = details;
    }

    public WorkerFault Fault { get; } = WorkerFault.Internal;

    public System.Text.Json.Nodes.JsonNode? Details { get; }
}
