namespace Cleiss.Studio.Concepteur;

/// <param name="Version">Of the package: a file may change with it only.</param>
/// <param name="Brotli">A <c>.br</c> sibling ships beside it.</param>
/// <param name="Gzip">A <c>.gz</c> sibling ships beside it.</param>
/// <param name="Fingerprinted">Its name changes with its content, so that browsers may keep it for ever.</param>
public sealed record StudioFile(string Path, string ContentType, string Version, bool Brotli, bool Gzip, bool Fingerprinted);
