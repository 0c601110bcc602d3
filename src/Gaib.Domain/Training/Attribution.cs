using System.Collections.Immutable;

namespace Gaib.Domain.Training;

/// <summary>What one round's drop in loss was worth to whom, in Q32 of summed cross-entropy (natural logarithm).</summary>
/// <param name="Parts">One part a contributor, in the order of the addresses given; Σ parts + unattributed = max(0, drop).</param>
/// <param name="Unattributed">The part of the drop that no contributor's value covers.</param>
[GenerateSerializer, Immutable]
public sealed record AttributedDrop(
    [property: Id(0)] ImmutableArray<long> Parts,
    [property: Id(1)] long Unattributed);

/// <summary>
/// From raw values to what counts. The raw value is the second-order in-run data Shapley value of a contributor (Wang, Mittal, Song,
/// Jia: "Data Shapley in One Training Run", 2024), summed over a worker's steps and averaged over workers.
/// </summary>
public static class Attribution
{
    /// <summary>Version of the rule.</summary>
    public const int RuleVersion = 1;

    /// <summary>Fraction bits of a value that a worker slot's replay reports: 16 more than the rounded value has.</summary>
    public const int SlotFractionBits = 48;

    /// <summary>Fraction bits of raw values, losses and drops.</summary>
    public const int FractionBits = 32;

    /// <summary>
    /// v_c = Σ slots' values / M, rounded half to even from Q48 to Q32. The sums are integers, so their order does not matter.
    /// </summary>
    /// <param name="slots">The contributing workers' values, each one row of Q48 a contributor; M is their number, at least 1.</param>
    public static ImmutableArray<long> Average(IReadOnlyList<ImmutableArray<Int128>> slots)
    {
        ArgumentOutOfRangeException.ThrowIfZero(slots.Count, nameof(slots));
        var divisor = (Int128)slots.Count << (SlotFractionBits - FractionBits);
        var values = ImmutableArray.CreateBuilder<long>(slots[0].Length);
        for (var contributor = 0; contributor < slots[0].Length; contributor++)
        {
            var sum = Int128.Zero;
            foreach (var slot in slots)
            {
                sum = checked(sum + slot[contributor]);
            }

            values.Add(checked((long)DivideHalfEven(sum, divisor)));
        }

        return values.MoveToImmutable();
    }

    /// <summary>
    /// p_c = max(0, v_c). A drop of zero or less gives everybody zero. When Σp exceeds the drop, p is scaled to it by largest
    /// remainder, ties to the lower address; else what is missing to the drop stays unattributed.
    /// </summary>
    /// <param name="drop">Loss before − loss after of the round, Q32.</param>
    /// <param name="values">Raw values, Q32.</param>
    /// <param name="contributors">The contributors' addresses, one a value, none twice, in any order.</param>
    public static AttributedDrop Normalise(long drop, IReadOnlyList<long> values, IReadOnlyList<Address> contributors)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Count, contributors.Count);
        if (drop <= 0)
        {
            return new AttributedDrop([.. new long[values.Count]], 0);
        }

        // LargestRemainder breaks ties by index, so it is given its rows by address.
        var order = Enumerable.Range(0, values.Count).OrderBy(i => contributors[i]).ToArray();
        var weights = Array.ConvertAll(order, i => (UInt128)Math.Max(0, values[i]));
        var sum = weights.Aggregate(UInt128.Zero, (total, weight) => checked(total + weight));
        var scaled = sum > (UInt128)drop ? LargestRemainder.Split((UInt128)drop, weights) : weights;
        var parts = new long[values.Count];
        for (var i = 0; i < order.Length; i++)
        {
            parts[order[i]] = checked((long)scaled[i]);
        }

        return new AttributedDrop([.. parts], sum > (UInt128)drop ? 0 : drop - (long)sum);
    }

    /// <summary>The integer nearest to numerator / divisor, the even one of two equally near.</summary>
    /// <param name="numerator">Any value.</param>
    /// <param name="divisor">Positive.</param>
    internal static Int128 DivideHalfEven(Int128 numerator, Int128 divisor)
    {
        var (quotient, remainder) = Int128.DivRem(numerator, divisor);
        if (remainder < 0)
        {
            quotient--;
            remainder += divisor;
        }

        var up = checked(2 * remainder) > divisor || (2 * remainder == divisor && Int128.IsOddInteger(quotient));
        return up ? quotient + 1 : quotient;
    }
}
