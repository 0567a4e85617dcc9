using System.Globalization;
using Cleiss.Persistence;
using Cleiss.Persistence.Startup;
using Cleiss.Workflows.BudgetRectificatif.Arithmetic;
using Npgsql;

namespace Cleiss.Workflows.BudgetRectificatif.Register;

/// <summary>Brings the budgets that the activity reports print; a place that is taken stays as it is.</summary>
internal sealed class BudgetSeed(NpgsqlDataSource database, TimeProvider time) : IStartupTask
{
    public int Order => 200;

    public string Title => "Budgets publiés";

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        foreach (var year in PublishedBudgets.Years)
        {
            foreach (var budget in year.Budgets)
            {
                // The reports print no date of approval; that these budgets were carried out is in their execution.
                batch.Add(
                    """
                    insert into budgets (id, exercise, rank, stage, test, figures, jobs_ceiling, adopted_on, changed_at)
                    values ($1, $2, $3, 'executory', false, $4, $5::text::numeric, $6, $7) on conflict do nothing
                    """,
                    Sql.Text($"publie-{year.Year}-{budget.Code}"), Sql.Int(year.Year), Sql.Int(Rank(budget.Code)), Sql.Json(BudgetJson.Write(budget)),
                    Sql.Text(year.JobsCeilingEtpt?.ToString(CultureInfo.InvariantCulture)),
                    Sql.Date(year.Adopted.TryGetValue(budget.Code, out var day) ? day : null), Sql.Time(time.GetUtcNow()));
            }
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private static int Rank(string code) => code == "BI" ? 0 : int.Parse(code.AsSpan(2), CultureInfo.InvariantCulture);
}
