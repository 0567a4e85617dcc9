namespace Cleiss.Scripting.Qr;

/// <summary>Draws QR codes as SVG, for documents.</summary>
public interface IQrCodes
{
    /// <param name="text">At most some hundred characters; the verification address of a document.</param>
    Task<string> DrawAsync(string text, CancellationToken cancellationToken);
}
