using Cleiss.Persistence.Bursts;
using Npgsql;

namespace Cleiss.Persistence.Trails;

/// <summary>Writes the trail entries that activities and callers leave in a burst.</summary>
public sealed class TrailParticipant : IBurstParticipant
{
    public bool TryWrite(object companion, BurstScope scope, NpgsqlBatch batch)
    {
        ArgumentNullException.ThrowIfNull(scope);
        if (companion is not TrailEntry entry)
        {
            return false;
        }

        TrailSql.Append(batch, entry, scope.Now);
        return true;
    }
}
