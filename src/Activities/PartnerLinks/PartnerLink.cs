using Cleiss.Activities.UserTasks;

namespace Cleiss.Activities.PartnerLinks;

/// <summary>What one link opens: a step that waits for the partner, or files to fetch.</summary>
/// <param name="BookmarkId">Null: the link only hands files out.</param>
/// <param name="Actions">The buttons; empty when the link only hands files out.</param>
/// <param name="Files">Ids of the files to fetch.</param>
/// <param name="ClosedByAction">What the partner answered; null when the step ended without the partner.</param>
public sealed record PartnerLink(
    string Id,
    string CaseId,
    string WorkflowInstanceId,
    string? BookmarkId,
    string? Partner,
    string Title,
    string? Instructions,
    string? FormKey,
    int? FormVersion,
    IReadOnlyList<UserTaskAction> Actions,
    IReadOnlyList<string> Files,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? ClosedAt,
    string? ClosedByAction)
{
    public bool IsOpen(DateTimeOffset now) => ClosedAt is null && now < ExpiresAt;
}

/// <summary>An answer through a link that was refused; nothing was written.</summary>
public sealed class PartnerLinkRefusedException : Exception
{
    public PartnerLinkRefusedException()
        : this(422, "", "")
    {
    }

    public PartnerLinkRefusedException(string message)
        : this(422, "", message)
    {
    }

    public PartnerLinkRefusedException(string message, Exception innerException)
        : base(message, innerException) => (Status, Code) = (422, "");

    /// <param name="status">HTTP status.</param>
    /// <param name="code">Stable, kebab-case.</param>
    /// <param name="message">French, for the partner.</param>
    public PartnerLinkRefusedException(int status, string code, string message, IReadOnlyList<FormFault>? faults = null)
        : base(message) => (Status, Code, Faults) = (status, code, faults ?? []);

    public int Status { get; }

    public string Code { get; }

    public IReadOnlyList<FormFault> Faults { get; } = [];
}
