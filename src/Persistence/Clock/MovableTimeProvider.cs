using Npgsql;

namespace Cleiss.Persistence.Clock;

/// <summary>
/// The time of end-to-end tests: the machine's, plus an offset that all hosts of one database share. Timers started before a move come due
/// as much earlier as the time was moved. A production host refuses to start with it.
/// </summary>
public sealed class MovableTimeProvider : TimeProvider
{
    internal const string Channel = "cleiss_clock";

    private readonly Lock _gate = new();
    private readonly HashSet<MovableTimer> _timers = [];
    private TimeSpan _offset;

    /// <summary>Raised after the time moved, on this host or another one.</summary>
    public event EventHandler? Moved;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            return System.GetUtcNow() + _offset;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new MovableTimer(this, callback, state, dueTime, period);

    /// <summary>Moves the time of every host forward; this host at once, the others when they hear of it.</summary>
    public async Task AdvanceAsync(NpgsqlDataSource database, TimeSpan by, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(by, TimeSpan.Zero);
        await using var command = database.CreateCommand(
            """
            insert into clock as c (id, offset_microseconds) values (true, $1)
            on conflict (id) do update set offset_microseconds = c.offset_microseconds + $1
            returning offset_microseconds, pg_notify('cleiss_clock', '')
            """);
        command.Parameters.Add(new() { Value = by.Ticks / TimeSpan.TicksPerMicrosecond });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        Apply(TimeSpan.FromTicks(reader.GetInt64(0) * TimeSpan.TicksPerMicrosecond));
    }

    /// <summary>Takes the offset from the database.</summary>
    public async Task ReadAsync(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(database);
        await using var command = database.CreateCommand("select offset_microseconds from clock");
        if (await command.ExecuteScalarAsync(cancellationToken) is long microseconds)
        {
            Apply(TimeSpan.FromTicks(microseconds * TimeSpan.TicksPerMicrosecond));
        }
    }

    private void Apply(TimeSpan offset)
    {
        MovableTimer[] timers;
        TimeSpan by;
        lock (_gate)
        {
            by = offset - _offset;
            if (by <= TimeSpan.Zero)
            {
                // Two answers may arrive in the wrong order; time only goes forward.
                return;
            }

            _offset = offset;
            timers = [.. _timers];
        }

        foreach (var timer in timers)
        {
            timer.Hasten(by);
        }

        Moved?.Invoke(this, EventArgs.Empty);
    }

    private sealed class MovableTimer : ITimer
    {
        private readonly MovableTimeProvider _owner;
        private readonly ITimer _inner;
        private readonly Lock _gate = new();
        private TimeSpan _period;
        private TimeSpan _dueTime;
        private long _armedAt;

        public MovableTimer(MovableTimeProvider owner, TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _owner = owner;
            _inner = System.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            lock (owner._gate)
            {
                owner._timers.Add(this);
            }

            Change(dueTime, period);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (_gate)
            {
                (_dueTime, _period, _armedAt) = (dueTime, period, System.GetTimestamp());
                return _inner.Change(dueTime, period);
            }
        }

        public void Hasten(TimeSpan by)
        {
            lock (_gate)
            {
                // Infinite or fired once and done: nothing to hasten. A periodic timer is past its first due time and fires now.
                var elapsed = System.GetElapsedTime(_armedAt);
                if (_dueTime <= TimeSpan.Zero || (elapsed >= _dueTime && _period <= TimeSpan.Zero))
                {
                    return;
                }

                var left = _dueTime - elapsed - by;
                _dueTime = left < TimeSpan.Zero ? TimeSpan.Zero : left;
                _armedAt = System.GetTimestamp();
                _inner.Change(_dueTime, _period);
            }
        }

        public void Dispose()
        {
            Forget();
            _inner.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Forget();
            return _inner.DisposeAsync();
        }

        private void Forget()
        {
            lock (_owner._gate)
            {
                _owner._timers.Remove(this);
            }
        }
    }
}
