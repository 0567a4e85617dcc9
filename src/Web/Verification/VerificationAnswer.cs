namespace Cleiss.Web.Verification;

/// <summary>What the public may know of a document: never its content.</summary>
public sealed record VerificationAnswer(string Number, DateOnly Date, string State, bool Specimen, bool Cancelled, string? Sha256, string? ReplacedBy);
