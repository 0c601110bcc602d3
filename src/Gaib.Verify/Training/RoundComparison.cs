using System.Collections.Immutable;
using Gaib.Domain.Training;

namespace Gaib.Verify.Training;

/// <summary>Compares a round as the rule closes it with the round as the export has it, field by field.</summary>
internal sealed class RoundComparison(LineAt at, string path, Findings findings)
{
    public void Run(ClosedRound expected, ClosedRound found)
    {
        Same("round", expected.Round, found.Round);
        Same("attributed", expected.Attributed, found.Attributed);
        CompareDraw(expected.Draw, found.Draw);
        if (Same("slots", expected.Slots.Length, found.Slots.Length))
        {
            for (var i = 0; i < expected.Slots.Length; i++)
            {
                CompareSlot($"slots[{i}].", expected.Slots[i], found.Slots[i]);
            }
        }

        CompareAnswers(expected, found);
        Same("weights", expected.Weights, found.Weights);
        Same("momentum", expected.Momentum, found.Momentum);
        Same("lossBefore", expected.LossBefore, found.LossBefore);
        Same("lossAfter", expected.LossAfter, found.LossAfter);
        CompareNumbers("rawValues", expected.RawValues, found.RawValues);
        CompareNumbers("attribution", expected.Attribution, found.Attribution);
        Same("unattributed", expected.Unattributed, found.Unattributed);
        Same("previous", expected.Previous, found.Previous);
    }

    private bool Same<T>(string field, T expected, T found) => findings.Equal(at, $"{path}.{field}", expected, found);

    private void CompareDraw(RoundDraw expected, RoundDraw found)
    {
        CompareNumbers("draw.candidates", expected.Candidates, found.Candidates);
        CompareNumbers("draw.reporters", expected.Reporters, found.Reporters);
        if (Same("draw.checks", expected.Checks.Length, found.Checks.Length))
        {
            for (var i = 0; i < expected.Checks.Length; i++)
            {
                Same($"draw.checks[{i}].slot", expected.Checks[i].Slot, found.Checks[i].Slot);
                CompareNumbers($"draw.checks[{i}].checkers", expected.Checks[i].Checkers, found.Checks[i].Checkers);
            }
        }
    }

    private void CompareSlot(string slot, RoundSlot expected, RoundSlot found)
    {
        Same(slot + "slot", expected.Slot, found.Slot);
        Same(slot + "gpu", expected.Gpu, found.Gpu);
        Same(slot + "host", expected.Host, found.Host);
        Same(slot + "lease", expected.Lease, found.Lease);
        Same(slot + "rate", expected.Terms.Rate, found.Terms.Rate);
        Same(slot + "pay", expected.Terms.Pay, found.Terms.Pay);
        Same(slot + "unreleased", expected.Terms.Unreleased, found.Terms.Unreleased);
        Same(slot + "commitment", expected.Commitment, found.Commitment);
        Same(slot + "deltaHash", expected.Revealed.DeltaHash, found.Revealed.DeltaHash);
        Same(slot + "trace", expected.Revealed.Trace, found.Revealed.Trace);
        Same(slot + "verdict", expected.Verdict, found.Verdict);
        Same(slot + "summed", expected.Summed, found.Summed);
        Same(slot + "work", expected.Work, found.Work);
        Same(slot + "leaves", expected.Leaves, found.Leaves);
    }

    /// <summary>Who answered, and who was outvoted. What they answered is checked where it is executed again.</summary>
    private void CompareAnswers(ClosedRound expected, ClosedRound found)
    {
        if (Same("checks", expected.Checks.Length, found.Checks.Length))
        {
            for (var i = 0; i < expected.Checks.Length; i++)
            {
                Same($"checks[{i}].slot", expected.Checks[i].Slot, found.Checks[i].Slot);
                Same($"checks[{i}].checker", expected.Checks[i].Checker, found.Checks[i].Checker);
                Same($"checks[{i}].agreed", expected.Checks[i].Agreed, found.Checks[i].Agreed);
            }
        }

        if (Same("reports", expected.Reports.Length, found.Reports.Length))
        {
            for (var i = 0; i < expected.Reports.Length; i++)
            {
                Same($"reports[{i}].slot", expected.Reports[i].Slot, found.Reports[i].Slot);
                Same($"reports[{i}].agreed", expected.Reports[i].Agreed, found.Reports[i].Agreed);
            }
        }
    }

    private void CompareNumbers<T>(string field, ImmutableArray<T> expected, ImmutableArray<T> found)
    {
        if (Same(field, expected.Length, found.Length))
        {
            for (var i = 0; i < expected.Length; i++)
            {
                Same($"{field}[{i}]", expected[i], found[i]);
            }
        }
    }
}
