using System.Text.Json.Nodes;
using Cleiss.Persistence.People;

namespace Cleiss.Persistence.Trails;

/// <summary>
/// One thing that happened, for the append-only record. As a companion of a burst it is written in the burst's transaction.
/// </summary>
/// <param name="TrailId"><see cref="TrailIds.Case"/>, <see cref="TrailIds.Definitions"/> or <see cref="TrailIds.Administration"/>.</param>
/// <param name="Kind">Stable key, e.g. <c>task.completed</c>.</param>
/// <param name="Sentence">French, for people, without the actor: « a rempli le formulaire SE 151-08 (version 3) ». Never personal data of the insured.</param>
/// <param name="Facts">What a program may need later: ids, versions, hashes.</param>
public sealed record TrailEntry(string TrailId, Actor Actor, string Kind, string Sentence, JsonObject? Facts = null);

public static class TrailIds
{
    public const string Definitions = "definitions";
    public const string Administration = "administration";

    public static string Case(string caseId) => "case:" + caseId;
}
