namespace Cleiss.Workflows.Referentiels;

/// <summary>Something wrong with a change to the reference data.</summary>
/// <param name="Path">Property name, camelCase.</param>
/// <param name="Message">French, with the mend.</param>
public sealed record ReferenceFault(string Path, string Code, string Message);

/// <summary>A change to the catalogue that was refused; nothing was written. Pages and API say the same.</summary>
public sealed class CatalogueRefusedException : Exception
{
    public CatalogueRefusedException()
        : this(422, "", "")
    {
    }

    public CatalogueRefusedException(string message)
        : this(422, "", message)
    {
    }

    public CatalogueRefusedException(string message, Exception innerException)
        : base(message, innerException) => (Status, Code) = (422, "");

    /// <param name="status">HTTP status.</param>
    /// <param name="code">Stable, kebab-case.</param>
    /// <param name="message">French, with the mend.</param>
    public CatalogueRefusedException(int status, string code, string message, IReadOnlyList<ReferenceFault>? faults = null)
        : base(message) => (Status, Code, Faults) = (status, code, faults ?? []);

    public int Status { get; }

    public string Code { get; }

    public IReadOnlyList<ReferenceFault> Faults { get; } = [];
}
