using Cleiss.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Cleiss.Activities.Cases;

/// <summary>A case as people see it: one row, one root workflow instance.</summary>
public sealed class Case
{
    public required string Id { get; set; }

    /// <summary>E.g. <c>FL-2026-0042</c>; test cases have a series of their own, <c>FL-ESSAI-2026-0007</c>.</summary>
    public required string Reference { get; set; }

    public required string ProcessKey { get; set; }

    public required string DefinitionVersionId { get; set; }

    public required string WorkflowInstanceId { get; set; }

    public required string Title { get; set; }

    /// <summary>One of <see cref="CaseState"/>.</summary>
    public required string State { get; set; }

    /// <summary>What is going on now, in French; null when the flow says nothing.</summary>
    public string? Status { get; set; }

    /// <summary>A cas d'essai: fictitious person, specimen documents.</summary>
    public bool Test { get; set; }

    public string? AgreementIso { get; set; }

    public string? FormKey { get; set; }

    public string? LastName { get; set; }

    public string? FirstNames { get; set; }

    public DateOnly? BirthDate { get; set; }

    public required string OpenedBy { get; set; }

    public required string OpenedByName { get; set; }

    public DateTimeOffset OpenedAt { get; set; }

    public DateOnly ReceivedOn { get; set; }

    public DateTimeOffset? ClosedAt { get; set; }
}

/// <summary>States of a case as stored.</summary>
public static class CaseState
{
    public const string Open = "open";
    public const string Waiting = "waiting";
    public const string Closed = "closed";
    public const string Cancelled = "cancelled";
}

/// <summary>Adds cases, user tasks and mails to the model.</summary>
internal sealed class ActivityEntities : IEntityModule
{
    public void Configure(ModelBuilder model)
    {
        ArgumentNullException.ThrowIfNull(model);
        model.Entity<Case>(entity => entity.ToTable("cases").HasKey(row => row.Id));
        model.Entity<UserTasks.UserTaskRow>(entity => entity.ToTable("user_tasks").HasKey(row => row.Id));
        model.Entity<Mail.MailRow>(entity => entity.ToTable("mails").HasKey(row => row.Id));
    }
}
