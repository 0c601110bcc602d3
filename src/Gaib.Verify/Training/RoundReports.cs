using System.Collections.Immutable;
using Gaib.Domain;
using Gaib.Domain.Training;

namespace Gaib.Verify.Training;

/// <summary>
/// An export has only the hashes of reports. The honest report of a round is computed again; where bytes are missing for that, one is
/// put together that says what the export's round says, so that everything else about the round can still be checked. A report with
/// another hash is known only to be another.
/// </summary>
internal static class RoundReports
{
    /// <summary>The hash that two owners gave; the first one where there is none.</summary>
    public static Hash32 Agreed(ClosedRound round) =>
        round.Reports.GroupBy(row => row.Hash).OrderByDescending(same => same.Count()).Select(same => same.Key).FirstOrDefault();

    /// <summary>A report with which the round comes to what the export says.</summary>
    /// <param name="run">The run, about to be reported on.</param>
    /// <param name="round">The round as the export has it.</param>
    public static RoundReport Assumed(TrainingRun run, ClosedRound round)
    {
        var summed = round.Slots.Any(row => row.Summed);
        var (weights, momentum) = summed ? (round.Weights, round.Momentum) : (run.Weights, run.Momentum);
        return run.Current!.Attributed
            ? new RoundReport(Replay(run, round), weights, momentum, round.LossBefore, round.LossAfter)
            : new RoundReport(null, weights, momentum, 0, 0);
    }

    /// <summary>A report that differs from the honest one, and from every other with another hash.</summary>
    public static RoundReport Other(RoundReport honest, Hash32 hash) => honest with { Weights = hash };

    private static AttributionResult Replay(TrainingRun run, ClosedRound round)
    {
        var contributors = run.Spec.Contributors.Length;
        var values = Enumerable.Range(0, contributors)
            .Select(i => i < round.RawValues.Length ? (Int128)round.RawValues[i] << (Attribution.SlotFractionBits - Attribution.FractionBits) : 0)
            .ToImmutableArray();
        return new AttributionResult([.. run.Current!.Reveals.Select(revealed =>
        {
            var wrong = round.Slots.Any(row => row.Slot == revealed.Key && row.Verdict == SlotVerdict.Wrong);
            var delta = wrong ? revealed.Value.Hash() : revealed.Value.DeltaHash;
            return new SlotReplay(revealed.Key, delta, revealed.Value.Trace, values);
        })]);
    }
}
