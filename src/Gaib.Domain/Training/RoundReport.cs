namespace Gaib.Domain.Training;

/// <summary>
/// A round's result as one drawn worker computed it. It names no reporter, so that two workers who computed the same report the same
/// bytes. In a round with attribution the reporter has replayed every revealed slot, and sums the deltas whose replay equals what was
/// revealed; in any other round it sums the deltas that <see cref="RoundTasks.Summed"/> names.
/// </summary>
/// <param name="Replay">Every revealed slot again, with contributors' values; null in a round without attribution.</param>
/// <param name="Weights">Content hash of the weights after the outer step of the deltas that passed.</param>
/// <param name="Momentum">Content hash of the outer momentum after it.</param>
/// <param name="LossBefore">Loss on the round's slice before the step, Q32; 0 without attribution.</param>
/// <param name="LossAfter">Loss on the round's slice after the step, Q32; 0 without attribution.</param>
[GenerateSerializer, Immutable]
public sealed record RoundReport(
    [property: Id(0)] AttributionResult? Replay,
    [property: Id(1)] Hash32 Weights,
    [property: Id(2)] Hash32 Momentum,
    [property: Id(3)] long LossBefore,
    [property: Id(4)] long LossAfter)
{
    /// <summary>Largest loss: 2^62 − 1 in Q32.</summary>
    public const long LossMax = (1L << 62) - 1;

    /// <summary>Largest magnitude of a slot's value: 2^78 in Q48, so that the mean of any slots fits 64 bits in Q32.</summary>
    public static readonly Int128 ValueMax = (Int128)1 << 78;

    /// <summary>
    /// <c>keccak256(abi.encode(keccak256("gaib.round.report.1"), run, round, replayHash, weights, momentum, lossBefore,
    /// lossAfter))</c>; the replay hash is zero without attribution.
    /// </summary>
    /// <param name="run">The run.</param>
    /// <param name="round">The round.</param>
    public Hash32 Hash(Hash32 run, int round) =>
        new AbiWriter(8).Utf8("gaib.round.report.1").Hash(run).UInt((uint)round).Hash(Replay?.Hash() ?? Hash32.Zero).Hash(Weights)
            .Hash(Momentum).Int(LossBefore).Int(LossAfter).Hash();

    /// <summary>What the replay gave for a slot, or null.</summary>
    /// <param name="slot">The slot.</param>
    public DeltaClaim? Replayed(int slot) =>
        Replay?.Slots.FirstOrDefault(row => row.Slot == slot) is { } row ? new DeltaClaim(row.DeltaHash, row.Trace) : null;
}

/// <summary>A report as the round keeps it.</summary>
/// <param name="Hash">Its hash; what is compared.</param>
/// <param name="Report">The report.</param>
[GenerateSerializer, Immutable]
public sealed record FiledReport([property: Id(0)] Hash32 Hash, [property: Id(1)] RoundReport Report);
