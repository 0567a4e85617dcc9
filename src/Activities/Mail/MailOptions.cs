namespace Cleiss.Activities.Mail;

/// <summary>Section <c>Mail</c>. Without <see cref="Smtp"/>'s host, mails stay in the built-in outbox (<c>/courriers</c>).</summary>
public sealed class MailOptions
{
    /// <summary>Sender of all mails; empty: <c>liaison@</c> the host of <c>PublicUrl</c>.</summary>
    public string From { get; set; } = "";

    public string FromName { get; set; } = "Cleiss – organisme de liaison";

    public SmtpOptions Smtp { get; set; } = new();
}

public sealed class SmtpOptions
{
    /// <summary>Empty: no SMTP.</summary>
    public string Host { get; set; } = "";

    public int Port { get; set; } = 587;

    public string User { get; set; } = "";

    public string Password { get; set; } = "";

    public bool StartTls { get; set; } = true;

    /// <summary>An attempt that takes longer counts as one whose outcome is unknown.</summary>
    public int TimeoutSeconds { get; set; } = 60;
}
