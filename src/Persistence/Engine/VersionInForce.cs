namespace Cleiss.Persistence.Engine;

/// <summary>
/// The column <c>is_published</c> marks the version published last. What people see as published is the version in force today: a version dated
/// later takes over at its date, without anybody touching the row.
/// </summary>
internal static class VersionInForce
{
    /// <summary>Whether a row of <c>workflow_definitions</c> is in force; the function is asked only where a dated version is still to come.</summary>
    /// <param name="today">The statement's parameter that holds the date in the product's zone.</param>
    public static string Sql(string today) =>
        $"""
        (is_published and (effective_from is null or effective_from <= {today})
         or not is_published and published_at is not null and archived_at is null
            and exists (select from workflow_definitions next where next.definition_id = workflow_definitions.definition_id and next.is_published and next.effective_from > {today})
            and id = version_in_force(definition_id, {today}))
        """;
}
