using System.Text.Json;
using Cleiss.Persistence;
using Cleiss.Workflows.BudgetRectificatif.Arithmetic;
using Npgsql;

namespace Cleiss.Workflows.BudgetRectificatif.Register;

/// <summary>Reads the register of budgets. Try-outs are in it and never count.</summary>
public sealed class BudgetRegister(NpgsqlDataSource database)
{
    private const string Columns =
        "select id, exercise, rank, stage, case_id, figures::text, jobs_ceiling, adopted_on, executory_on from budgets ";

    public async Task<RegisteredBudget?> FindAsync(string id, CancellationToken cancellationToken) =>
        await ReadAsync(Columns + "where id = $1", cancellationToken, Sql.Text(id)) is [var budget, ..] ? budget : null;

    /// <summary>What the next budget of the exercise is prepared from: the last one voted for it, or for an exercise before.</summary>
    public async Task<RegisteredBudget?> FindLastVotedAsync(int exercise, CancellationToken cancellationToken) =>
        await ReadAsync(
            Columns + "where not test and stage <> 'preparation' and exercise <= $1 order by exercise desc, rank desc limit 1", cancellationToken, Sql.Int(exercise)) is [var budget, ..]
            ? budget : null;

    /// <summary>Budgets of the exercise in their order, those in preparation included.</summary>
    public Task<IReadOnlyList<RegisteredBudget>> ListAsync(int exercise, CancellationToken cancellationToken) =>
        ReadAsync(Columns + "where not test and exercise = $1 order by rank", cancellationToken, Sql.Int(exercise));

    /// <summary>The case that prepares this budget now; null when none does.</summary>
    public async Task<string?> FindCaseInPreparationAsync(int exercise, int rank, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            select c.reference from budgets b join cases c on c.id = b.case_id
            where b.exercise = $1 and b.rank = $2 and not b.test and b.stage = 'preparation' and c.state not in ('closed', 'cancelled')
            """);
        command.AddParameters(Sql.Int(exercise), Sql.Int(rank));
        return await command.ExecuteScalarAsync(cancellationToken) as string;
    }

    private async Task<IReadOnlyList<RegisteredBudget>> ReadAsync(string sql, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
    {
        await using var command = database.CreateCommand(sql);
        command.AddParameters(parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var budgets = new List<RegisteredBudget>();
        while (await reader.ReadAsync(cancellationToken))
        {
            using var figures = JsonDocument.Parse(reader.GetString(5));
            var rank = reader.GetInt32(2);
            budgets.Add(new RegisteredBudget(
                reader.GetString(0), reader.GetInt32(1), rank, reader.GetString(3), reader.IsDBNull(4) ? null : reader.GetString(4),
                BudgetJson.Read(figures.RootElement, RegisteredBudget.CodeOf(rank)),
                reader.IsDBNull(6) ? null : reader.GetDecimal(6),
                reader.IsDBNull(7) ? null : reader.GetFieldValue<DateOnly>(7),
                reader.IsDBNull(8) ? null : reader.GetFieldValue<DateOnly>(8)));
        }

        return budgets;
    }
}
