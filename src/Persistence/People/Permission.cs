using System.Reflection;

namespace Cleiss.Persistence.People;

/// <summary>Everything a role can be allowed. Names with a colon are Elsa's own, so that its Studio knows them.</summary>
public static class Permission
{
    public const string ClaimType = "permission";

    public const string CasesRead = "cases.read";
    public const string CasesOpen = "cases.open";
    public const string CasesReply = "cases.reply";
    public const string TasksWork = "tasks.work";
    public const string FormsRead = "forms.read";
    public const string FormsWrite = "forms.write";
    public const string DocumentsRead = "documents.read";
    public const string MailsRead = "mails.read";
    public const string MailsRetry = "mails.retry";
    public const string ReferenceRead = "reference.read";
    public const string ReferenceWrite = "reference.write";
    public const string DefinitionsRead = "definitions.read";
    public const string DefinitionsWrite = "definitions.write";
    public const string TemplatesRead = "templates.read";
    public const string TemplatesWrite = "templates.write";
    public const string StatisticsRead = "statistics.read";
    public const string Operations = "operations";
    public const string Administration = "administration";

    public const string RunAlterations = "run:alterations";

    public const string ReadUserTasks = "read:user-tasks";
    public const string ClaimUserTasks = "claim:user-tasks";
    public const string AssignUserTasks = "assign:user-tasks";
    public const string UpdateUserTasks = "update:user-tasks";
    public const string CompleteUserTasks = "complete:user-tasks";
    public const string CancelUserTasks = "cancel:user-tasks";
    public const string ManageUserTasks = "manage:user-tasks";
    public const string InviteUserTasks = "invite:user-tasks";
    public const string LookupUserTaskParticipants = "lookup:user-task-participants";

    public static IReadOnlyList<string> All { get; } = typeof(Permission).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Where(field => field.Name != nameof(ClaimType))
        .Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!).ToArray();
}
