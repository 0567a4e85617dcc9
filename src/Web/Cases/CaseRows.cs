namespace Cleiss.Web.Cases;

public sealed record CaseRow(
    string Id,
    string Reference,
    string Process,
    string? Subject,
    string? Person,
    string? Country,
    bool Test,
    CaseStanding Standing,
    DateTimeOffset OpenedAt,
    string? OpenedBy,
    string? NowWords);

public sealed record CaseListPage(IReadOnlyList<CaseRow> Rows, long Total);

public sealed record CaseListQuery(string? Search, string? State, int Page, int PageSize);

/// <param name="Kind">Colour class: <c>good</c>, <c>wait</c>, <c>bad</c> or nothing.</param>
public sealed record CaseStanding(string Words, string? Kind);
