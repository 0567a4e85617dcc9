using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Effects;
using Cleiss.Persistence.People;
using Cleiss.Persistence.Trails;

namespace Cleiss.Activities.Cases;

/// <summary>What the activities that open a case following from this one have in common: an effect opens it, and the flow goes on with its reference.</summary>
public abstract class FollowingCaseStep : Activity
{
    /// <summary>Outcome when what was given opens no case; the history of this one says why.</summary>
    public const string Refused = "Refusé";

    [Input(DisplayName = "Cas d'essai", UIHint = "checkbox", Order = 9)]
    public Input<bool>? Test { get; set; }

    [Output(DisplayName = "Dossier ouvert", Description = "Sa référence.")]
    public Output<string>? Reference { get; set; }

    /// <summary>Asks for the case to be opened; the activity ends when it is, with <c>Done</c>, or is refused.</summary>
    /// <param name="effectKind">Kind of the effect whose handler opens it.</param>
    /// <param name="given">Result of the step where somebody filled in a form; the effect learns its answer and who gave it.</param>
    /// <param name="more">What else the effect's handler needs; never personal data.</param>
    protected void Open(ActivityExecutionContext context, string effectKind, JsonObject given, params IEnumerable<KeyValuePair<string, JsonNode?>> more)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(given);
        var opened = context.CreateBookmark(new CreateBookmarkArgs(Type, Callback: OnOpenedAsync));
        var payload = new JsonObject
        {
            ["caseId"] = context.WorkflowExecutionContext.CorrelationId,
            ["answerId"] = given["answerId"]?.GetValue<string>(),
            ["by"] = given["completedBy"]?.GetValue<string>(),
            ["test"] = context.Get(Test),
        };
        foreach (var (name, value) in more)
        {
            payload[name] = value;
        }

        context.AddEffect(effectKind, payload, opened);
    }

    private ValueTask OnOpenedAsync(ActivityExecutionContext context)
    {
        context.Set(Reference, context.ResumeInput["reference"]?.GetValue<string>() ?? "");
        return context.CompleteActivityWithOutcomesAsync(context.ResumeInput["refused"] is null ? "Done" : Refused);
    }
}

/// <summary>What the histories of two cases say of each other.</summary>
/// <param name="Kind">Of the trail entries.</param>
/// <param name="Opened">In the first case, given the reference of the one it opened.</param>
/// <param name="Follows">In the opened case, given the reference of the first.</param>
/// <param name="NotOpened">In the first case, given the reason.</param>
public sealed record FollowingWords(string Kind, Func<string, string> Opened, Func<string, string> Follows, Func<string, string> NotOpened);

/// <summary>Opens a case that follows from another, for effects: its <c>reference</c>, or <c>refused</c> when what was given does not open one.</summary>
public sealed class FollowingCases(CaseService cases)
{
    /// <param name="request">Its operation is the effect's idempotency key: repeated, it finds the case it has opened.</param>
    public async Task<EffectResult> OpenAsync(OpenCase request, Case from, Actor actor, FollowingWords words, CancellationToken cancellationToken)
    {
        try
        {
            var opened = await cases.OpenAsync(request, actor, cancellationToken);
            return new EffectResult.Done(
                new JsonObject { ["reference"] = opened.Reference },
                Told(from.Id, words.Kind, words.Opened(opened.Reference), opened.CaseId),
                Told(opened.CaseId, words.Kind, words.Follows(from.Reference), from.Id));
        }
        catch (CaseRefusedException refused) when (refused.Status < 500)
        {
            // What does not work just now is thrown on: the effect tries again.
            return Refuse(from, words, string.Join(" ", refused.Faults.Select(fault => fault.Message).Prepend(refused.Message)));
        }
    }

    /// <summary>The flow goes on without a case; its history says why.</summary>
    public static EffectResult Refuse(Case from, FollowingWords words, string reason) =>
        new EffectResult.Done(new JsonObject { ["refused"] = true }, Told(from.Id, words.Kind, words.NotOpened(reason), null));

    private static TrailEntry Told(string caseId, string kind, string sentence, string? other) =>
        new(TrailIds.Case(caseId), Actor.System, kind, sentence, new JsonObject { ["otherCaseId"] = other });
}
