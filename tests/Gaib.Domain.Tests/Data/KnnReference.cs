using System.Numerics;

namespace Gaib.Domain.Tests.Data;

/// <summary>KNN-Shapley a second and a third time, in exact rationals: by the recurrence and by brute force over all subsets.</summary>
internal static class KnnReference
{
    /// <summary>Positions by distance, then tie hash, then position, by a plain sort.</summary>
    public static int[] Rank(sbyte[][] train, Hash32[] leaves, Hash32 beacon, sbyte[] door) =>
    [
        .. Enumerable.Range(0, train.Length)
            .OrderBy(i => train[i].Zip(door, (x, y) => (x - y) * (x - y)).Sum())
            .ThenBy(i => Keccak.Hash([.. beacon.ToArray(), .. leaves[i].ToArray()]))
            .ThenBy(i => i),
    ];

    /// <summary>The values times N!·K, by rank, summed over all subsets of the others: the definition of the Shapley value.</summary>
    public static BigInteger[] BruteForce(bool[] matches, int k)
    {
        var n = matches.Length;
        var values = new BigInteger[n];
        for (var subset = 0; subset < 1 << n; subset++)
        {
            var size = BitOperations.PopCount((uint)subset);
            var without = Utility(matches, subset, k);
            for (var i = 0; i < n; i++)
            {
                if ((subset >> i & 1) == 0)
                {
                    values[i] += Factorial(size) * Factorial(n - size - 1) * (Utility(matches, subset | 1 << i, k) - without);
                }
            }
        }

        return values;
    }

    /// <summary>The values by rank by the recurrence, times N!·K.</summary>
    public static BigInteger[] Recurrence(bool[] matches, int k)
    {
        var n = matches.Length;
        var scale = Factorial(n) * k;
        var values = new BigInteger[n];
        values[n - 1] = Divide((matches[n - 1] ? 1 : 0) * scale * Math.Min(k, n), (BigInteger)n * k);
        for (var rank = n - 1; rank >= 1; rank--)
        {
            var change = (matches[rank - 1] ? 1 : 0) - (matches[rank] ? 1 : 0);
            values[rank - 1] = values[rank] + Divide(change * scale, Math.Max(k, rank));
        }

        return values;
    }

    public static BigInteger Factorial(int n) => Enumerable.Range(1, n).Aggregate(BigInteger.One, (product, i) => product * i);

    // K times the utility: how many of the K nearest in the subset match. Bit i is rank i + 1.
    private static int Utility(bool[] matches, int subset, int k)
    {
        var (taken, hits) = (0, 0);
        for (var i = 0; i < matches.Length && taken < k; i++)
        {
            if ((subset >> i & 1) == 1)
            {
                taken++;
                hits += matches[i] ? 1 : 0;
            }
        }

        return hits;
    }

    // N!·K is a multiple of every denominator that occurs, max(K, rank) and N·K / min(K, N); a remainder would be a wrong formula.
    private static BigInteger Divide(BigInteger numerator, BigInteger denominator)
    {
        var quotient = BigInteger.DivRem(numerator, denominator, out var remainder);
        Assert.True(remainder.IsZero);
        return quotient;
    }
}
