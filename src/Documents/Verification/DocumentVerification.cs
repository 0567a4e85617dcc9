using System.Security.Cryptography;
using Cleiss.Documents.Issuing;

namespace Cleiss.Documents.Verification;

/// <summary>What anybody may learn of a document: never its content, title or person.</summary>
/// <param name="State"><c>valid, specimen, cancelled, replaced</c> or <c>pending</c>.</param>
/// <param name="ReplacedBy">Number of the document that replaces this one.</param>
public sealed record Verified(string Number, DateOnly Date, string State, string? Sha256, string? ReplacedBy);

/// <param name="Known">True when the file is, byte for byte, one of ours.</param>
public sealed record VerifiedFile(bool Known, string Sha256, Verified? Document);

/// <summary>Answers the public page and <c>/api/verify</c>.</summary>
public sealed class DocumentVerification(DocumentStore documents)
{
    private static readonly TimeZoneInfo Paris = TimeZoneInfo.FindSystemTimeZoneById("Europe/Paris");

    /// <param name="code">As typed or scanned; separators and look-alike letters are forgiven.</param>
    public async Task<Verified?> FindAsync(string? code, CancellationToken cancellationToken) =>
        VerificationCodes.Normalize(code) is { } normal && await documents.FindByCodeAsync(normal, cancellationToken) is { } document
            ? await DescribeAsync(document, cancellationToken)
            : null;

    public async Task<VerifiedFile> CompareAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(content.Span));
        return await documents.FindByHashAsync(hash, cancellationToken) is { } document
            ? new VerifiedFile(true, hash, await DescribeAsync(document, cancellationToken))
            : new VerifiedFile(false, hash, null);
    }

    private async Task<Verified> DescribeAsync(Document document, CancellationToken cancellationToken)
    {
        var successor = document.ReplacedBy is null ? null : await documents.FindAsync(document.ReplacedBy, cancellationToken);
        return new Verified(
            document.Number, DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(document.CreatedAt, Paris).DateTime), document.State, document.Sha256, successor?.Number);
    }
}
