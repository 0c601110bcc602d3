namespace Gaib.Domain.Training;

/// <summary>The hash of a closed round. It chains the rounds of a run, and is the cause of everything that the round pays.</summary>
public static class RoundHash
{
    /// <summary>Version of the order of words.</summary>
    public const int RuleVersion = 1;

    /// <summary>
    /// <c>keccak256</c> over these ABI words: keccak256("gaib.round.1"), run, previous, round, attributed, startedAt, closedAt, beacon;
    /// candidates.length, candidates…, reporters.length, reporters…, drawn.length, per drawn slot (slot, checkers.length, checkers…);
    /// slots.length, per slot (slot, gpu, host, lease, rate, pay, unreleased, commitment, deltaHash, trace, verdict, summed, work,
    /// leaves); checks.length, per check (slot, checker, deltaHash, trace, agreed); reports.length, per report (slot, hash, agreed);
    /// weights, momentum, lossBefore, lossAfter, values.length, per contributor (rawValue, attribution), unattributed. The round's own
    /// hash is no part of it.
    /// </summary>
    /// <param name="run">The run.</param>
    /// <param name="round">The closed round.</param>
    public static Hash32 Of(Hash32 run, ClosedRound round)
    {
        var words = new AbiWriter(64 + (16 * round.Slots.Length)).Utf8("gaib.round.1").Hash(run).Hash(round.Previous)
            .UInt((uint)round.Round).Bool(round.Attributed).Int(round.StartedAt).Int(round.ClosedAt).Hash(round.Beacon);
        WriteDraw(words, round.Draw);
        WriteSlots(words, round);
        words.UInt((uint)round.Checks.Length);
        foreach (var row in round.Checks)
        {
            words.UInt((uint)row.Slot).UInt((uint)row.Checker).Hash(row.Found.DeltaHash).Hash(row.Found.Trace).Bool(row.Agreed);
        }

        words.UInt((uint)round.Reports.Length);
        foreach (var row in round.Reports)
        {
            words.UInt((uint)row.Slot).Hash(row.Hash).Bool(row.Agreed);
        }

        words.Hash(round.Weights).Hash(round.Momentum).Int(round.LossBefore).Int(round.LossAfter).UInt((uint)round.RawValues.Length);
        for (var i = 0; i < round.RawValues.Length; i++)
        {
            words.Int(round.RawValues[i]).Int(round.Attribution[i]);
        }

        return words.Int(round.Unattributed).Hash();
    }

    private static void WriteDraw(AbiWriter words, RoundDraw draw)
    {
        WriteNumbers(words, draw.Candidates.AsSpan());
        WriteNumbers(words, draw.Reporters.AsSpan());
        words.UInt((uint)draw.Checks.Length);
        foreach (var check in draw.Checks)
        {
            words.UInt((uint)check.Slot);
            WriteNumbers(words, check.Checkers.AsSpan());
        }
    }

    private static void WriteNumbers(AbiWriter words, ReadOnlySpan<int> numbers)
    {
        words.UInt((uint)numbers.Length);
        foreach (var number in numbers)
        {
            words.UInt((uint)number);
        }
    }

    private static void WriteSlots(AbiWriter words, ClosedRound round)
    {
        words.UInt((uint)round.Slots.Length);
        foreach (var row in round.Slots)
        {
            words.UInt((uint)row.Slot).Hash(row.Gpu).Address(row.Host).Hash(row.Lease).UInt(row.Terms.Rate).UInt(row.Terms.Pay)
                .UInt(row.Terms.Unreleased).Hash(row.Commitment).Hash(row.Revealed.DeltaHash).Hash(row.Revealed.Trace)
                .UInt((uint)row.Verdict).Bool(row.Summed).UInt(row.Work).UInt((ushort)row.Leaves);
        }
    }
}
