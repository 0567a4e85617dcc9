namespace Cleiss.Persistence.Embedded;

/// <summary>The private server cannot run here; the message is one French line with the mend, for the person who starts the product.</summary>
public sealed class EmbeddedPostgresException : Exception
{
    public EmbeddedPostgresException()
    {
    }

    public EmbeddedPostgresException(string message)
        : base(message)
    {
    }

    public EmbeddedPostgresException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
