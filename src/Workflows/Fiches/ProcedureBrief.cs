namespace Cleiss.Workflows.Fiches;

/// <summary>
/// A sheet brought to one printed page: a row for each step where somebody acts, something is awaited or the way divides; mails, documents and
/// other small steps are told with the outcome that leads to them.
/// </summary>
/// <param name="Bases">Each legal basis once, with the letter by which the rows name it.</param>
public sealed record ProcedureBrief(IReadOnlyList<BriefRow> Rows, IReadOnlyList<ProcedureFact> Bases)
{
    public static ProcedureBrief Of(ProcedureSheet sheet)
    {
        var steps = sheet.Steps.ToDictionary(step => step.Number, StringComparer.Ordinal);
        var inside = sheet.Steps.Where(step => step.Within is not null).ToLookup(step => step.Within!, StringComparer.Ordinal);
        var own = sheet.Steps.Where(HasOwnRow).Select(step => step.Number).ToHashSet(StringComparer.Ordinal);
        var told = own.SelectMany(number => Told(steps[number])).ToHashSet(StringComparer.Ordinal);
        foreach (var step in sheet.Steps.Where(step => !own.Contains(step.Number)))
        {
            // Nothing with a row leads here: how the procedure begins, or a part that the flow does not reach.
            if (told.Add(step.Number))
            {
                own.Add(step.Number);
                told.UnionWith(Told(step));
            }
        }

        IReadOnlyList<ProcedureFact> bases = [.. sheet.LegalBases.Select((basis, index) => new ProcedureFact(Letter(index), basis))];
        return new ProcedureBrief(
            [
                .. sheet.Steps.Where(step => own.Contains(step.Number)).Select(step => new BriefRow(
                    step, [.. Meanwhile(step)], [.. step.Next.Select(Way)], bases.FirstOrDefault(basis => basis.Value == step.LegalBasis)?.Name)),
            ],
            bases);

        bool HasOwnRow(ProcedureStep step) => step.Roles.Count > 0 || step.Delays.Count > 0 || step.Next.Count > 1 || inside.Contains(step.Number);

        IEnumerable<ProcedureStep> Meanwhile(ProcedureStep step) => inside[step.Number].Where(one => !own.Contains(one.Number));

        IEnumerable<string> Told(ProcedureStep step) =>
            Meanwhile(step).Select(one => one.Number).Concat(step.Next.SelectMany(move => Way(move).Then).Select(one => one.Number));

        BriefWay Way(ProcedureMove move)
        {
            var then = new List<ProcedureStep>();
            var number = move.Number;
            while (number is not null && !own.Contains(number) && !then.Contains(steps[number]))
            {
                then.Add(steps[number]);
                number = steps[number].Next is [var only, ..] ? only.Number : null;
            }

            return new BriefWay(move.Outcome, then, number is null ? null : steps[number]);
        }
    }

    private static string Letter(int index) => index < 26 ? ((char)('a' + index)).ToString() : $"{Letter((index / 26) - 1)}{Letter(index % 26)}";
}

/// <param name="Meanwhile">Small steps inside this one, such as the reminder of a wait.</param>
/// <param name="Basis">Letter of its legal basis.</param>
public sealed record BriefRow(ProcedureStep Step, IReadOnlyList<ProcedureStep> Meanwhile, IReadOnlyList<BriefWay> Ways, string? Basis);

/// <param name="Outcome">Null when there is only one way.</param>
/// <param name="Then">Small steps on the way, in order.</param>
/// <param name="Target">The next step with a row; null at an end.</param>
public sealed record BriefWay(string? Outcome, IReadOnlyList<ProcedureStep> Then, ProcedureStep? Target);
