using Cleiss.Web.Documents;
using Cleiss.Web.Mails;

namespace Cleiss.Web.Cases;

/// <summary>Everything the page of a case shows.</summary>
public sealed record CaseView(
    CaseRow Row,
    string? ClosedWords,
    IReadOnlyList<CaseFact> Facts,
    IReadOnlyList<CaseStep> Steps,
    IReadOnlyList<CaseEvent> Timeline,
    IReadOnlyList<CaseTask> OpenTasks,
    IReadOnlyList<DocumentRow> Documents,
    IReadOnlyList<MailRow> Mails,
    IReadOnlyList<CaseAnswer> Answers,
    CaseReply? Reply,
    IReadOnlyList<CaseOffer> Offers);

/// <summary>Something the person can begin here about what was sent.</summary>
public sealed record CaseOffer(string Words, string Href);

public sealed record CaseFact(string Name, string Value);

/// <param name="Standing"><c>done</c>, <c>now</c> or <c>next</c>.</param>
public sealed record CaseStep(string Words, string Standing);

/// <param name="Sentence">Who did what, ready to read, without its date.</param>
/// <param name="Decision">Address of the table that decided; null when it was no decision of a table.</param>
public sealed record CaseEvent(DateTimeOffset At, string Sentence, string? Detail, string? Decision = null);

public sealed record CaseTask(string Id, string Title, DateTimeOffset? DueAt, string? Holder, string? Who);

/// <param name="FormVersion">The version of the form on which the answers were given.</param>
public sealed record CaseAnswer(string AnswerId, string FormKey, int FormVersion, string FormTitle, DateTimeOffset At, string? By);

/// <summary>The reply that can be recorded now.</summary>
public sealed record CaseReply(string WaitingWords);
