namespace Gaib.Domain.Training;

/// <summary>A leased GPU that is to work on a run.</summary>
/// <param name="Gpu">The GPU.</param>
/// <param name="Host">Its owner.</param>
/// <param name="Lease">The lease.</param>
[GenerateSerializer, Immutable]
public sealed record LeasedGpu([property: Id(0)] Hash32 Gpu, [property: Id(1)] Address Host, [property: Id(2)] Hash32 Lease);

/// <summary>A worker of a run. Slots are given again after their worker left; the GPU names the worker.</summary>
/// <param name="Slot">Worker slot, from 0; decides which samples it trains on.</param>
/// <param name="Gpu">The GPU.</param>
/// <param name="Host">Its owner.</param>
/// <param name="Lease">The lease that pays it.</param>
/// <param name="Ready">It holds the weights and the samples.</param>
/// <param name="Joined">First round it could take part in.</param>
/// <param name="LastRound">Last round it took part in, below Joined if none; null while it is here.</param>
/// <param name="LeftFor">Why it left.</param>
[GenerateSerializer, Immutable]
public sealed record RunWorker(
    [property: Id(0)] int Slot,
    [property: Id(1)] Hash32 Gpu,
    [property: Id(2)] Address Host,
    [property: Id(3)] Hash32 Lease,
    [property: Id(4)] bool Ready,
    [property: Id(5)] int Joined,
    [property: Id(6)] int? LastRound,
    [property: Id(7)] Reason LeftFor)
{
    /// <summary>Still takes part.</summary>
    public bool Live => LastRound is null;

    /// <summary>Whether it takes, or took, part in a round.</summary>
    /// <param name="round">A round that has started.</param>
    public bool TookPart(int round) => round >= Joined && round <= (LastRound ?? int.MaxValue);
}
