using System.Collections.Concurrent;
using System.Collections.Frozen;
using Npgsql;

namespace Cleiss.Forms.Catalogue;

/// <summary>
/// The keys under which published forms ask for what is a person's own. What a flow was given of an answer can be hidden by them from
/// whoever looks at the flow.
/// </summary>
public sealed class PersonalKeys(NpgsqlDataSource database, FormStore forms)
{
    private readonly ConcurrentDictionary<(string Key, int Version), FrozenSet<string>> _ofVersion = new();
    private FrozenSet<string> _all = [];
    private int _versions;

    /// <summary>Of every published version: answers of old versions stay in flows that began with them.</summary>
    public async ValueTask<IReadOnlySet<string>> AllAsync(CancellationToken cancellationToken)
    {
        var added = false;
        var versions = await VersionsAsync(cancellationToken);
        foreach (var version in versions.Where(version => !_ofVersion.ContainsKey(version)))
        {
            var form = await forms.FindAsync(version.Key, version.Version, cancellationToken);
            var keys = form?.AllFields().Where(field => field.Type.IsPersonal).Select(field => field.Key) ?? [];
            added |= _ofVersion.TryAdd(version, keys.ToFrozenSet(StringComparer.OrdinalIgnoreCase));
        }

        if (added || Volatile.Read(ref _versions) != _ofVersion.Count)
        {
            Volatile.Write(ref _all, _ofVersion.Values.SelectMany(keys => keys).ToFrozenSet(StringComparer.OrdinalIgnoreCase));
            Volatile.Write(ref _versions, _ofVersion.Count);
        }

        return Volatile.Read(ref _all);
    }

    private async Task<List<(string Key, int Version)>> VersionsAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select key, version from form_definitions where state = 'published'");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var versions = new List<(string, int)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            versions.Add((reader.GetString(0), reader.GetInt32(1)));
        }

        return versions;
    }
}
