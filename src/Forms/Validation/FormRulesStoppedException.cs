namespace Cleiss.Forms.Validation;

/// <summary>
/// The rules of a form were not evaluated: they took more time or memory than one answer may, or the script host was not there. Nothing is known
/// of the answer then; neither its author nor the caller did wrong, and another attempt may succeed.
/// </summary>
public sealed class FormRulesStoppedException : Exception
{
    public const string Code = "rules-stopped";

    /// <summary>For people.</summary>
    public const string Words = "Les règles de ce formulaire n'ont pas pu être calculées à temps. Rien n'a été enregistré : réessayez dans un instant.";

    public FormRulesStoppedException()
    {
    }

    public FormRulesStoppedException(string message)
        : base(message)
    {
    }

    public FormRulesStoppedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
