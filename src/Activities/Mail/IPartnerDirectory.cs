namespace Cleiss.Activities.Mail;

/// <summary>Port to a directory of partners: the liaison bodies, and those that a process brings; they are asked in turn.</summary>
public interface IPartnerDirectory
{
    /// <param name="partner">Code of the agreement, e.g. <c>MD</c>, or a code of the process.</param>
    /// <returns>Null when it is not one of this directory.</returns>
    Task<Partner?> FindAsync(string partner, CancellationToken cancellationToken);
}

/// <param name="Email">Null while the directory has none; a mail to this partner then waits for it.</param>
/// <param name="Language">ISO 639 code of the partner's language.</param>
public sealed record Partner(string Code, string Name, string Country, string? Email, string Language);

public static class PartnerDirectories
{
    public static async Task<Partner?> FindAsync(this IEnumerable<IPartnerDirectory> directories, string partner, CancellationToken cancellationToken)
    {
        foreach (var directory in directories)
        {
            if (await directory.FindAsync(partner, cancellationToken) is { } found)
            {
                return found;
            }
        }

        return null;
    }
}
