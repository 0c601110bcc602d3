using System.Numerics;

namespace Gaib.Domain;

/// <summary>Splits an integer total in proportion to integer weights, exactly: the parts always sum to the total.</summary>
public static class LargestRemainder
{
    /// <summary>
    /// Hamilton's method: each part is ⌊total·w/Σw⌋, and what is left goes one unit each to the largest remainders, ties to the lower
    /// index. Callers order their rows by address, so that ties fall to the lower address.
    /// </summary>
    /// <param name="total">What is split.</param>
    /// <param name="weights">Weights, none negative by type.</param>
    /// <returns>One part a weight; all zero when every weight is zero.</returns>
    public static UInt128[] Split(UInt128 total, ReadOnlySpan<UInt128> weights)
    {
        var parts = new UInt128[weights.Length];
        var sum = BigInteger.Zero;
        foreach (var weight in weights)
        {
            sum += weight;
        }

        if (sum.IsZero)
        {
            return parts;
        }

        var remainders = new BigInteger[weights.Length];
        var left = total;
        for (var i = 0; i < weights.Length; i++)
        {
            parts[i] = (UInt128)BigInteger.DivRem(total * (BigInteger)weights[i], sum, out remainders[i]);
            left -= parts[i];
        }

        var order = Enumerable.Range(0, weights.Length).OrderByDescending(i => remainders[i]).ThenBy(i => i);
        foreach (var i in order.Take((int)left))
        {
            parts[i]++;
        }

        return parts;
    }
}
