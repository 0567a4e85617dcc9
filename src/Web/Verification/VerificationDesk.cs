using Cleiss.Documents.Verification;

namespace Cleiss.Web.Verification;

/// <summary>Asks the verification what a code or a file stands for, and says it in the visitor's language.</summary>
internal sealed class VerificationDesk(DocumentVerification verification)
{
    public async Task<VerificationAnswer?> ByCodeAsync(string code, VerificationWords words, CancellationToken cancellationToken) =>
        await verification.FindAsync(code, cancellationToken) is { } found ? Say(found, words) : null;

    /// <returns>Null when the file is not one of ours, byte for byte.</returns>
    public async Task<VerificationAnswer?> ByContentAsync(Stream content, VerificationWords words, CancellationToken cancellationToken)
    {
        using var copy = new MemoryStream();
        await content.CopyToAsync(copy, cancellationToken);
        var compared = await verification.CompareAsync(copy.GetBuffer().AsMemory(0, (int)copy.Length), cancellationToken);
        return compared is { Known: true, Document: { } document } ? Say(document, words) : null;
    }

    private static VerificationAnswer Say(Verified found, VerificationWords words) => new(
        found.Number,
        found.Date,
        words.States.GetValueOrDefault(found.State, found.State),
        found.State == "specimen",
        found.State is "cancelled" or "replaced",
        found.Sha256,
        found.ReplacedBy);
}
