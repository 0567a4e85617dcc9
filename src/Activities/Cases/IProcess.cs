using System.Text.Json.Nodes;
using Cleiss.Persistence.People;

namespace Cleiss.Activities.Cases;

/// <summary>
/// A business process as cases know it: what opens one and who takes part. Its key is the definition id of its workflow. Found by scan, one
/// class per process folder.
/// </summary>
public interface IProcess
{
    /// <summary>Kebab-case, e.g. <c>formulaire-de-liaison</c>.</summary>
    string Key { get; }

    /// <summary>French, for lists.</summary>
    string Title { get; }

    /// <summary>Begins case references, e.g. <c>FL</c>.</summary>
    string ReferencePrefix { get; }

    /// <summary>Key of the form whose answer opens a case.</summary>
    string StartForm { get; }

    /// <summary>True when cases are begun by a page of the process; « Nouveau dossier » leaves it out.</summary>
    bool OpenedFromItsOwnPage => false;

    /// <summary>Roles that take part.</summary>
    IReadOnlyList<string> Roles { get; }

    /// <summary>Refuses input that names things that do not exist, before the form is validated; <paramref name="data"/> is raw. Most forms name none.</summary>
    Task CheckReferencesAsync(JsonObject data, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// Judges a valid answer to the start form and says what the case is about; refuses with a <see cref="CaseRefusedException"/>. Rules that
    /// depend on reference data (agreement or form in force) are checked here.
    /// </summary>
    Task<CaseOpening> PrepareAsync(JsonObject data, bool test, DateOnly receivedOn, Actor actor, CancellationToken cancellationToken);
}

/// <param name="Title">What the case is about in one breath, without personal data.</param>
/// <param name="Input">Inputs of the workflow; never personal data.</param>
/// <param name="Facts">What statistics count the case by; never personal data.</param>
public sealed record CaseOpening(
    string Title,
    JsonObject Input,
    string? AgreementIso = null,
    string? FormKey = null,
    string? LastName = null,
    string? FirstNames = null,
    DateOnly? BirthDate = null,
    IReadOnlyDictionary<string, string>? Facts = null);

/// <param name="ReceivedOn">Null: today in Paris.</param>
/// <param name="OperationId">Chosen by the caller, to repeat the request safely; null when it does not repeat.</param>
public sealed record OpenCase(string ProcessKey, JsonObject Input, DateOnly? ReceivedOn = null, bool Test = false, string? OperationId = null);

public sealed record OpenedCase(string CaseId, string Reference, string WorkflowInstanceId);

/// <summary>A request on a case that was refused; nothing was written.</summary>
public sealed class CaseRefusedException : Exception
{
    public CaseRefusedException()
        : this(422, "", "")
    {
    }

    public CaseRefusedException(string message)
        : this(422, "", message)
    {
    }

    public CaseRefusedException(string message, Exception innerException)
        : base(message, innerException) => (Status, Code) = (422, "");

    /// <param name="status">HTTP status.</param>
    /// <param name="code">Stable, kebab-case.</param>
    /// <param name="message">French, with the mend.</param>
    public CaseRefusedException(int status, string code, string message, IReadOnlyList<UserTasks.FormFault>? faults = null)
        : base(message) => (Status, Code, Faults) = (status, code, faults ?? []);

    public int Status { get; }

    public string Code { get; }

    public IReadOnlyList<UserTasks.FormFault> Faults { get; } = [];
}
