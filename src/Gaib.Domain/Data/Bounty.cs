using System.Numerics;

namespace Gaib.Domain.Data;

/// <summary>
/// What admitted chunks earn at the door. Rule 1: <c>bounty_i = ⌊price · Σd_i / (2^40 · doorSamples)⌋</c> for Σd_i &gt; 0, else 0; the
/// fractions stay in the budget, so that nothing is lost. Where these together exceed the budget, the budget is split in their
/// proportion by largest remainder, ties to the earlier chunk in commit order.
/// </summary>
public static class Bounty
{
    /// <summary>Version of the rule.</summary>
    public const int RuleVersion = 1;

    /// <summary>The bounties, in base units, one a door value.</summary>
    /// <param name="doorValues">Σd in Q40, in commit order.</param>
    /// <param name="doorSamples">Number of door samples summed, at least 1.</param>
    /// <param name="price">Base units for a mean door value of 1.</param>
    /// <param name="budget">Most base units in all.</param>
    /// <exception cref="OverflowException">One bounty alone would pass 2^128.</exception>
    public static UInt128[] Split(ReadOnlySpan<long> doorValues, int doorSamples, UInt128 price, UInt128 budget)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(doorSamples);
        var unit = (BigInteger)doorSamples << KnnShapley.FractionBits;
        var bounties = new UInt128[doorValues.Length];
        var sum = BigInteger.Zero;
        for (var i = 0; i < bounties.Length; i++)
        {
            bounties[i] = (UInt128)(price * (BigInteger)Math.Max(0, doorValues[i]) / unit);
            sum += bounties[i];
        }

        return sum <= budget ? bounties : LargestRemainder.Split(budget, bounties);
    }
}
