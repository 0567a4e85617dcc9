namespace Cleiss.Activities.Mail;

/// <summary>Port to the directory of liaison bodies.</summary>
public interface IPartnerDirectory
{
    /// <param name="partner">Code of the agreement, e.g. <c>MD</c>.</param>
    Task<Partner?> FindAsync(string partner, CancellationToken cancellationToken);
}

/// <param name="Email">Null while the directory has none; a mail to this partner then waits for it.</param>
/// <param name="Language">ISO 639 code of the partner's language.</param>
public sealed record Partner(string Code, string Name, string Country, string? Email, string Language);
