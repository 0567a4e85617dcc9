namespace Cleiss.Web.Inbox;

/// <summary>One line of the inbox.</summary>
/// <param name="Subject">What the case is about in one breath: « SE 151-08 Attestation des périodes d'assurance ».</param>
/// <param name="Person">Insured person, surname in capitals.</param>
/// <param name="Holder">Name of who has taken the task; null when it is free.</param>
/// <param name="MayTake">The reader may take it now.</param>
public sealed record InboxRow(
    string Id,
    string Title,
    string? CaseId,
    string CaseReference,
    string? Subject,
    string? Person,
    string? Country,
    DateTimeOffset? DueAt,
    string? Holder,
    bool IsMine,
    bool MayTake,
    DateTimeOffset? ClosedAt,
    string? ClosedWords);

public sealed record InboxPage(IReadOnlyList<InboxRow> Rows, int Total, int Mine, int Free);

/// <param name="View">One of <see cref="InboxViews"/>.</param>
public sealed record InboxQuery(string View, string? Search, string Sort, int Page, int PageSize);

/// <summary>The four views of the inbox, as they stand in the address.</summary>
internal static class InboxViews
{
    public const string Mine = "a-moi";
    public const string Free = "a-prendre";
    public const string All = "toutes";
    public const string Done = "terminees";

    public static readonly IReadOnlyList<(string Key, string Words)> InOrder =
        [(Mine, "À moi"), (Free, "À prendre"), (All, "Toutes"), (Done, "Terminées")];

    public static string Known(string? view) => view is Free or All or Done ? view : Mine;
}

internal static class InboxSorts
{
    public const string Due = "echeance";
    public const string Case = "dossier";
    public const string Person = "personne";
    public const string Title = "tache";

    public static string Known(string? sort) => sort is Case or Person or Title ? sort : Due;
}
