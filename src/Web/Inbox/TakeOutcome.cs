namespace Cleiss.Web.Inbox;

/// <param name="Refused">One sentence per task that could not be taken.</param>
public sealed record TakeOutcome(string Words, IReadOnlyList<string> Refused);
