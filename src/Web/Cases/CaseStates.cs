using Cleiss.Activities.Cases;

namespace Cleiss.Web.Cases;

/// <summary>States of a case as they stand in the address and on screen.</summary>
public static class CaseStates
{
    public static readonly IReadOnlyList<(string Key, string Words)> Filters =
        [(CaseState.Open, "en cours"), (CaseState.Waiting, "attend une réponse"), (CaseState.Closed, "clos"), (CaseState.Cancelled, "annulé")];

    public static CaseStanding Standing(string state) => state switch
    {
        CaseState.Open => new("en cours", null),
        CaseState.Waiting => new("attend une réponse", "wait"),
        CaseState.Closed => new("clos", "good"),
        CaseState.Cancelled => new("annulé", "bad"),
        _ => new(state, null),
    };
}
