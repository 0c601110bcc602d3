using System.Diagnostics;
using Gaib.Abstractions.Ports;
using Gaib.Silo;

namespace Gaib.Grains.Tests.Cluster;

/// <summary>A clock that runs by itself from wherever the test puts it: grains under it set reminders.</summary>
internal sealed class RunningClock(LogicalClock from) : IClock
{
    private readonly long _started = Stopwatch.GetTimestamp();

    public long Now => from.Now + (long)Stopwatch.GetElapsedTime(_started).TotalMilliseconds;

    public bool IsDriven => false;
}
