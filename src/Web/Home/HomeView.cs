using Cleiss.Web.Cases;
using Cleiss.Web.Inbox;

namespace Cleiss.Web.Home;

public sealed record HomeView(
    bool ShowsTasks,
    bool ShowsCases,
    int Mine,
    int Free,
    int Late,
    long OpenCases,
    IReadOnlyList<InboxRow> NextTasks,
    IReadOnlyList<CaseRow> LastCases);
