using Cleiss.Persistence.Files;

namespace Cleiss.Forms.Validation;

/// <summary>What is known of files that answers name.</summary>
public interface IUploadedFiles
{
    Task<StoredFile?> FindAsync(string id, CancellationToken cancellationToken);
}

internal sealed class UploadedFiles(FileStore store) : IUploadedFiles
{
    public Task<StoredFile?> FindAsync(string id, CancellationToken cancellationToken) => store.FindAsync(id, cancellationToken);
}
