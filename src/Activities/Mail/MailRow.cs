namespace Cleiss.Activities.Mail;

/// <summary>A mail as stored, from the burst that decides to send it to its last attempt.</summary>
public sealed class MailRow
{
    public required string Id { get; set; }

    /// <summary>Stable over all attempts, with angle brackets.</summary>
    public required string MessageId { get; set; }

    public string? CaseId { get; set; }

    public string? WorkflowInstanceId { get; set; }

    /// <summary>Name of the template, e.g. <c>formulaire-de-liaison/envoi</c>.</summary>
    public required string Template { get; set; }

    /// <summary>Code of the partner whose liaison body receives the mail; null when the flow gave an address.</summary>
    public string? Partner { get; set; }

    public int? ReminderNumber { get; set; }

    /// <summary>Ids of the attached documents.</summary>
    public required string[] Documents { get; set; }

    /// <summary>One of <see cref="MailState"/>.</summary>
    public required string State { get; set; }

    /// <summary>Why it is blocked or refused, in French.</summary>
    public string? Reason { get; set; }

    public string? ToAddress { get; set; }

    /// <summary>Field of the case's forms that holds the address, when the flow named one: the address itself stays out of the flow.</summary>
    public string? ToField { get; set; }

    /// <summary>Field of the case's forms that holds a file to attach.</summary>
    public string? AttachedField { get; set; }

    /// <summary>The answer its template quotes.</summary>
    public string? AnswerId { get; set; }

    /// <summary>JSON object that the template reads as <c>data</c>; null: nothing.</summary>
    public string? Data { get; set; }

    public string? ToName { get; set; }

    public string? FromAddress { get; set; }

    /// <summary>Null until the template has been rendered, once.</summary>
    public string? Subject { get; set; }

    public string? Body { get; set; }

    public string? Language { get; set; }

    /// <summary><c>outbox</c> (built in) or <c>smtp</c>; null until sent.</summary>
    public string? Transport { get; set; }

    public bool Specimen { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? SentAt { get; set; }
}

public static class MailState
{
    public const string Queued = "queued";
    public const string Sending = "sending";
    public const string Sent = "sent";

    /// <summary>Waits for a person: no address, or the transport refused it for good.</summary>
    public const string Blocked = "blocked";
}
