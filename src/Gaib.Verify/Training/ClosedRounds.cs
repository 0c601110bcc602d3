using System.Collections.Immutable;
using Gaib.Domain;
using Gaib.Domain.Training;

namespace Gaib.Verify.Training;

/// <summary>From a round as a line has it to the rule's own record.</summary>
internal static class ClosedRounds
{
    /// <summary>The closed round; null when a number does not fit it, which is then found.</summary>
    public static ClosedRound? ToClosed(this RoundLine line, LineAt at, string path, Findings findings)
    {
        var before = findings.Count;
        var closed = new ClosedRound(
            line.Round, line.Attributed, line.StartedAt, line.ClosedAt, line.Beacon, line.Draw, line.Slots, line.Checks, line.Reports,
            line.Weights, line.Momentum, Fit("lossBefore", line.LossBefore), Fit("lossAfter", line.LossAfter),
            FitAll("rawValues", line.RawValues), FitAll("attribution", line.Attribution), Fit("unattributed", line.Unattributed),
            line.Previous, line.Hash);
        findings.Equal(at, $"{path}.attribution", line.RawValues.Length, line.Attribution.Length);
        return findings.Count == before ? closed : null;

        ImmutableArray<long> FitAll(string field, ImmutableArray<Int128> values) => [.. values.Select((value, i) => Fit($"{field}[{i}]", value))];

        long Fit(string field, Int128 value) =>
            findings.That(value >= long.MinValue && value <= long.MaxValue, at, $"{path}.{field}", "a number of 64 bits", value) ? (long)value : 0;
    }
}
