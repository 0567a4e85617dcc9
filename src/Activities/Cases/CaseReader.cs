using Cleiss.Activities.Mail;
using Cleiss.Activities.UserTasks;
using Cleiss.Documents.Issuing;
using Cleiss.Forms.Answers;
using Cleiss.Persistence;
using Cleiss.Persistence.Trails;
using Microsoft.EntityFrameworkCore;

namespace Cleiss.Activities.Cases;

/// <param name="Page">1 for the first.</param>
public sealed record CaseQuery(string? Process = null, string? State = null, string? Search = null, int Page = 1, int PageSize = 50);

public sealed record CasePage(IReadOnlyList<Case> Items, int Total);

/// <summary>Everything the page of a case shows.</summary>
public sealed record CaseDetail(
    Case Case,
    IReadOnlyList<TrailLine> Timeline,
    IReadOnlyList<UserTaskRow> Tasks,
    IReadOnlyList<Document> Documents,
    IReadOnlyList<MailRow> Mails,
    IReadOnlyList<FormAnswer> Answers,
    bool AwaitsReply);

/// <summary>Reads cases for lists and pages.</summary>
public sealed class CaseReader(
    IDbContextFactory<CleissDbContext> contexts, CaseService cases, TrailReader trails, UserTaskReader tasks, DocumentStore documents,
    MailStore mails, AnswerStore answers)
{
    public async Task<CasePage> ListAsync(CaseQuery query, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = context.Set<Case>().AsNoTracking();
        rows = query.Process is { Length: > 0 } process ? rows.Where(c => c.ProcessKey == process) : rows;
        rows = query.State switch
        {
            null or "" => rows,
            // « En cours » of the list includes the cases that wait for the partner.
            CaseState.Open => rows.Where(c => c.State == CaseState.Open || c.State == CaseState.Waiting),
            var state => rows.Where(c => c.State == state),
        };
        if (!string.IsNullOrWhiteSpace(query.Search))
        {
            var pattern = SearchPattern.Containing(query.Search.Trim());
            rows = rows.Where(c => EF.Functions.ILike(c.Reference, pattern, SearchPattern.Escape) || EF.Functions.ILike(c.Title, pattern, SearchPattern.Escape) || EF.Functions.ILike(c.LastName!, pattern, SearchPattern.Escape));
        }

        var total = await rows.CountAsync(cancellationToken);
        var size = Math.Clamp(query.PageSize, 1, 200);
        return new CasePage(
            await rows.OrderByDescending(c => c.OpenedAt).ThenByDescending(c => c.Id).Skip((Math.Max(1, query.Page) - 1) * size).Take(size).ToListAsync(cancellationToken),
            total);
    }

    public async Task<CaseDetail?> GetAsync(string caseId, CancellationToken cancellationToken) =>
        await cases.FindAsync(caseId, cancellationToken) is not { } row
            ? null
            : new CaseDetail(
                row,
                await trails.ListAsync(TrailIds.Case(caseId), cancellationToken),
                await tasks.ListByCaseAsync(caseId, cancellationToken),
                await documents.ListAsync(caseId, 0, 200, cancellationToken),
                await mails.ListAsync(caseId, 0, 200, cancellationToken),
                await answers.ListByCaseAsync(caseId, cancellationToken),
                await cases.AwaitsReplyAsync(caseId, cancellationToken));
}
