using System.Diagnostics;
using Orleans.Concurrency;

namespace Gaib.Bench.Hosting;

/// <summary>What a silo's process used so far.</summary>
/// <param name="AllocatedBytes">Managed bytes allocated by all threads since the start.</param>
/// <param name="CpuMicroseconds">Of all cores together since the start.</param>
/// <param name="ManagedBytes">Managed bytes alive after a full collection; 0 where none was asked for.</param>
[GenerateSerializer, Immutable]
internal readonly record struct ProbeReading(
    [property: Id(0)] long AllocatedBytes, [property: Id(1)] double CpuMicroseconds, [property: Id(2)] long ManagedBytes);

/// <summary>Reads the process of a silo from inside.</summary>
internal interface IProbeGrain : IGrainWithIntegerKey
{
    /// <summary>What the process used so far.</summary>
    /// <param name="collect">Collects all garbage first and says what is left.</param>
    Task<ProbeReading> Read(bool collect);
}

/// <inheritdoc cref="IProbeGrain"/>
[StatelessWorker(1)]
internal sealed class ProbeGrain : Grain, IProbeGrain
{
    public Task<ProbeReading> Read(bool collect) => Task.FromResult(Now(collect));

    /// <summary>This process.</summary>
    public static ProbeReading Now(bool collect)
    {
        using var self = Process.GetCurrentProcess();
        return new ProbeReading(
            GC.GetTotalAllocatedBytes(precise: true), self.TotalProcessorTime.TotalMicroseconds, collect ? GC.GetTotalMemory(forceFullCollection: true) : 0);
    }
}
