using System.Text.Json.Nodes;

namespace Cleiss.Scripting.Typst;

/// <summary>Compiles Typst to PDF in a worker process that is killed and replaced when it exceeds its time or memory.</summary>
public interface ITypstCompiler
{
    /// <exception cref="TypstException">The template does not compile; all diagnostics, each with file, line and hint.</exception>
    /// <exception cref="TypstStoppedException">The compilation took too long or too much memory.</exception>
    Task<byte[]> CompileAsync(TypstJob job, CancellationToken cancellationToken);

    /// <summary>The PDF and a picture of its pages one below the other, as SVG.</summary>
    /// <inheritdoc cref="CompileAsync"/>
    Task<TypstPreview> PreviewAsync(TypstJob job, CancellationToken cancellationToken);
}

/// <param name="Files">Virtual files by absolute path, e.g. <c>/main.typ</c>, <c>/qr.svg</c>; the template sees nothing else.</param>
/// <param name="MainFile">Path of the file to compile.</param>
/// <param name="Data">Reaches the template as JSON in <c>sys.inputs.data</c>.</param>
/// <param name="Standard">PDF standard enforced by the compiler, <c>ua-1</c> or <c>a-2a</c>.</param>
/// <param name="CreatedAt">Document date put into the PDF's metadata, so that equal input gives equal bytes.</param>
public sealed record TypstJob(
    IReadOnlyDictionary<string, byte[]> Files,
    string MainFile,
    JsonNode Data,
    string Standard,
    DateTimeOffset CreatedAt);

public sealed record TypstPreview(byte[] Pdf, string Svg);

/// <param name="Line">1-based; null when the compiler gives none.</param>
public sealed record TypstDiagnostic(string Message, string? File, int? Line, string? Hint);

/// <summary>A template did not compile: its author has to mend it.</summary>
public sealed class TypstException : Exception
{
    public TypstException()
    {
    }

    public TypstException(string message)
        : base(message)
    {
    }

    public TypstException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public TypstException(string message, IReadOnlyList<TypstDiagnostic> diagnostics)
        : base(message)
    {
        Diagnostics = diagnostics;
    }

    public IReadOnlyList<TypstDiagnostic> Diagnostics { get; } = [];
}

/// <summary>
/// The worker was killed because the compilation exceeded its time or memory. The template may be at fault, or the machine too busy: it is worth
/// another attempt.
/// </summary>
public sealed class TypstStoppedException : Exception
{
    public TypstStoppedException()
    {
    }

    public TypstStoppedException(string message)
        : base(message)
    {
    }

    public TypstStoppedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
