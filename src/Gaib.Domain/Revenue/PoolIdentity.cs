using System.Numerics;

namespace Gaib.Domain.Revenue;

/// <summary>The equation that every pool keeps at every moment, computed in big integers.</summary>
public static class PoolIdentity
{
    /// <summary>Σ[accrued·S + fraction + w·(acc − paid)] + rem + S·unallocated = S·fed, and Σw = W.</summary>
    public static bool Holds(in PoolState pool, IEnumerable<PoolMember> members)
    {
        var sum = (BigInteger)pool.Rem + ((BigInteger)pool.Unallocated << 64);
        var weight = BigInteger.Zero;
        foreach (var member in members)
        {
            sum += ((BigInteger)member.Accrued << 64) + member.Fraction;
            sum += member.Weight * (BigInteger)(pool.Acc - member.PaidAcc);
            weight += member.Weight;
        }

        return sum == (BigInteger)pool.Fed << 64 && weight == pool.Weight;
    }
}
