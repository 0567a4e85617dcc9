using static Cleiss.Persistence.People.Permission;

namespace Cleiss.Persistence.People;

/// <summary>The roles this release ships and what each may do. The table <c>role_permissions</c> decides at run time; this seeds it.</summary>
public static class Role
{
    public const string Proprietaire = "proprietaire";
    public const string Agent = "agent";
    public const string Juriste = "juriste";
    public const string Directrice = "directrice";
    public const string Comptable = "comptable";
    public const string Budget = "budget";
    public const string Traduction = "traduction";
    public const string Reviseur = "reviseur";
    public const string Traducteur = "traducteur";
    public const string Sdl2 = "sdl2";
    public const string Admin = "admin";

    // What everyone who works on cases needs.
    private static readonly string[] Works =
    [
        CasesRead, TasksWork, FormsRead, DocumentsRead, MailsRead, ReferenceRead, StatisticsRead,
        ReadUserTasks, ClaimUserTasks, CompleteUserTasks, LookupUserTaskParticipants,
    ];

    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Permissions { get; } = new Dictionary<string, IReadOnlyList<string>>
    {
        [Agent] = [.. Works, CasesOpen, CasesReply],
        [Juriste] = [.. Works, CasesOpen, CasesReply, TemplatesRead],
        [Directrice] = [.. Works, AssignUserTasks],
        [Comptable] = Works,
        [Budget] = [.. Works, CasesOpen],
        [Traduction] = [.. Works, CasesOpen, CasesReply],
        [Reviseur] = Works,
        [Traducteur] = Works,
        [Sdl2] = [.. Works, CasesOpen, CasesReply],
        [Proprietaire] =
        [
            .. Works, CasesOpen, CasesReply, FormsWrite, ReferenceWrite, DefinitionsRead, DefinitionsWrite, TemplatesRead, TemplatesWrite, MailsRetry, RunAlterations,
            AssignUserTasks, UpdateUserTasks, CancelUserTasks, ManageUserTasks, InviteUserTasks,
        ],
        // Runs the product; reads what is needed to help, works on no case.
        [Admin] =
        [
            CasesRead, FormsRead, DocumentsRead, MailsRead, MailsRetry, ReferenceRead, DefinitionsRead, TemplatesRead, StatisticsRead, Operations, RunAlterations,
            Administration, ReadUserTasks, AssignUserTasks, UpdateUserTasks, CancelUserTasks, ManageUserTasks, LookupUserTaskParticipants,
        ],
    };
}
