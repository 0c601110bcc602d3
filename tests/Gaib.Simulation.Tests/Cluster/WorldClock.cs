using Gaib.Abstractions.Ports;

namespace Gaib.Simulation.Tests.Cluster;

/// <summary>
/// The wall, as a process sees it: it may be set forward at any time, and back too, but a process never sees it run back; that is what
/// the clock's port promises. A process that starts anew begins where the wall stands then.
/// </summary>
internal sealed class WorldClock : IClock
{
    private long _wall = 1_000_000;
    private long _last;

    /// <summary>What the running process sees.</summary>
    public long Now => _last = long.Max(_last, _wall);

    /// <summary>Grains of the simulation are asked by their callers alone.</summary>
    public bool IsDriven => true;

    /// <summary>Moves the wall, forward or back.</summary>
    public void Move(long by) => _wall += by;

    /// <summary>The process starts anew, and has forgotten what it saw.</summary>
    public void Restart() => _last = 0;
}
