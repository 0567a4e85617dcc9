using System.Text.Json.Nodes;
using Cleiss.Forms.Rendering;
using Cleiss.Forms.Validation;
using Cleiss.Persistence.Files;
using Cleiss.Persistence.People;
using Microsoft.AspNetCore.Http;

namespace Cleiss.Web.Filling;

/// <summary>Keeps files that a form posted without JavaScript, by the rules of <c>/api/files</c>.</summary>
internal sealed class PostedFiles(FileStore files)
{
    public const long Limit = 25 * 1024 * 1024;

    /// <returns>What is wrong with files that were not kept.</returns>
    public async Task<IReadOnlyList<FormError>> KeepAsync(
        IFormCollection posted, string prefix, JsonObject data, Actor actor, CancellationToken cancellationToken)
    {
        var errors = new List<FormError>();
        foreach (var (path, file) in PostedForm.Uploads(posted, prefix))
        {
            if (file.Length > Limit)
            {
                errors.Add(new FormError(path, "file-too-large", "Ce fichier dépasse 25 Mo : réduisez-le ou envoyez-le en plusieurs parties."));
                continue;
            }

            var content = new byte[file.Length];
            await using (var stream = file.OpenReadStream())
            {
                await stream.ReadExactlyAsync(content, cancellationToken);
            }

            if (MediaSniffer.Sniff(content) is not { } mediaType)
            {
                errors.Add(new FormError(path, "file-type", $"Ce type de fichier n'est pas accepté. Types acceptés : {MediaSniffer.Accepted}."));
                continue;
            }

            var name = Path.GetFileName(file.FileName.Replace('\\', '/'));
            var kept = await files.SaveAsync(
                string.IsNullOrWhiteSpace(name) ? "fichier" + MediaSniffer.ExtensionOf(mediaType) : name, mediaType, content, actor.Id, cancellationToken);
            PostedForm.Set(data, path, new JsonObject { ["id"] = kept.Id, ["name"] = kept.Name });
        }

        return errors;
    }
}
