namespace Cleiss.Forms.Definitions;

/// <summary>What is wrong in a form's schema, where, and how to mend it.</summary>
/// <param name="Code">Stable, for programs and for the documentation.</param>
/// <param name="Path">JSON path in the schema, e.g. <c>$.components[3].key</c>.</param>
/// <param name="Blocking">True: nobody could read the schema, so not even a draft is kept. False: the draft is saved, but the form cannot be published.</param>
public sealed record FormProblem(string Code, string Path, string Message, string Mend, bool Blocking = true);

/// <summary>A schema that cannot be used; carries all its problems.</summary>
public sealed class FormDefinitionException : Exception
{
    public FormDefinitionException()
        : this([])
    {
    }

    public FormDefinitionException(string message)
        : base(message) => Problems = [];

    public FormDefinitionException(string message, Exception innerException)
        : base(message, innerException) => Problems = [];

    public FormDefinitionException(IReadOnlyList<FormProblem> problems)
        : base(string.Join(Environment.NewLine, problems.Select(p => $"{p.Code} at {p.Path}: {p.Message} {p.Mend}"))) => Problems = problems;

    public IReadOnlyList<FormProblem> Problems { get; }
}
