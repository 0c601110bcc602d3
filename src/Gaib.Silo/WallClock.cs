using Gaib.Abstractions.Ports;

namespace Gaib.Silo;

/// <summary>The machine's clock, held so that it never runs back.</summary>
public sealed class WallClock : IClock
{
    private long _last;

    /// <inheritdoc/>
    public bool IsDriven => false;

    /// <inheritdoc/>
    public long Now
    {
        get
        {
            var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
            var last = Interlocked.Read(ref _last);
            while (now > last && Interlocked.CompareExchange(ref _last, now, last) is var seen && seen != last)
            {
                last = seen;
            }

            return long.Max(now, last);
        }
    }
}

/// <summary>
/// A clock that only its driver moves, at moments when no command is under way; what happens is then the same on every machine.
/// </summary>
public sealed class LogicalClock(long start) : IClock
{
    private long _now = start;

    /// <inheritdoc/>
    public bool IsDriven => true;

    /// <inheritdoc/>
    public long Now => Interlocked.Read(ref _now);

    /// <summary>Moves to a moment; an earlier one than now changes nothing.</summary>
    public void AdvanceTo(long moment) => Interlocked.Exchange(ref _now, long.Max(_now, moment));
}
