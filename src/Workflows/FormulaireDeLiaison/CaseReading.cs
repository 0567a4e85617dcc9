using Cleiss.Activities.Cases;
using Cleiss.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Cleiss.Workflows.FormulaireDeLiaison;

/// <summary>What opening a case must know of other cases; the service of cases itself needs the processes first.</summary>
public sealed class CaseReading(IDbContextFactory<CleissDbContext> contexts)
{
    /// <summary>The reference of the case while it is not closed; null when it is, or does not exist.</summary>
    public async Task<string?> FindOpenReferenceAsync(string caseId, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Set<Case>().Where(row => row.Id == caseId && row.ClosedAt == null).Select(row => row.Reference).FirstOrDefaultAsync(cancellationToken);
    }
}
