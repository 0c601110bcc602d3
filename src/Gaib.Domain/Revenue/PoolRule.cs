namespace Gaib.Domain.Revenue;

/// <summary>A revenue pool's totals. See <see cref="PoolRule"/> for the identity that always holds.</summary>
[GenerateSerializer]
public record struct PoolState
{
    /// <summary>Income per unit of weight, in 2^-64 base units; only grows.</summary>
    [Id(0)] public UInt128 Acc { get; set; }

    /// <summary>What the last division left, in 2^-64 base units.</summary>
    [Id(1)] public ulong Rem { get; set; }

    /// <summary>Base units that arrived while nobody held a share.</summary>
    [Id(2)] public UInt128 Unallocated { get; set; }

    /// <summary>Base units that ever arrived; below 2^63.</summary>
    [Id(3)] public UInt128 Fed { get; set; }

    /// <summary>Total weight W; below 2^63.</summary>
    [Id(4)] public ulong Weight { get; set; }

    /// <summary>The asset whose holders are the members.</summary>
    [Id(5)] public Money.AssetId Asset { get; set; }
}

/// <summary>One member's part of a pool.</summary>
[GenerateSerializer]
public record struct PoolMember
{
    /// <summary>The member's weight w: the units of the pool's asset that it holds.</summary>
    [Id(0)] public ulong Weight { get; set; }

    /// <summary>Whole base units credited to the member in total; only grows.</summary>
    [Id(1)] public UInt128 Accrued { get; set; }

    /// <summary>The part of a base unit left over, in 2^-64.</summary>
    [Id(2)] public ulong Fraction { get; set; }

    /// <summary>The pool's Acc at the last settle.</summary>
    [Id(3)] public UInt128 PaidAcc { get; set; }

    /// <summary>Base units collected in total; never above <see cref="Accrued"/>.</summary>
    [Id(4)] public UInt128 Collected { get; set; }
}

/// <summary>
/// Splits income among any number of members in constant time and without losing a fraction. With S = 2^64, always and exactly:
/// Σ[accrued·S + fraction + w·(acc − paid)] + rem + S·unallocated = S·fed. The scheme is the running-sum distribution of
/// Batog, Boca, Johnson, "Scalable Reward Distribution on the Ethereum Blockchain" (2018), with both remainders carried.
/// </summary>
public static class PoolRule
{
    /// <summary>Lifetime income and total weight stay below this, which keeps every product within 128 bits.</summary>
    public const ulong Limit = 1UL << 63;

    /// <summary>Takes <paramref name="amount"/> base units in.</summary>
    /// <exception cref="OverflowException">The pool's lifetime limit would be passed; callers check <see cref="CanFeed"/> first.</exception>
    public static void Feed(ref PoolState pool, UInt128 amount)
    {
        if (!CanFeed(pool, amount))
        {
            throw new OverflowException("The pool has taken its lifetime limit.");
        }

        pool.Fed += amount;
        if (pool.Weight == 0)
        {
            pool.Unallocated += amount;
            return;
        }

        var n = ((amount + pool.Unallocated) << 64) + pool.Rem;
        pool.Acc += n / pool.Weight;
        pool.Rem = (ulong)(n % pool.Weight);
        pool.Unallocated = 0;
    }

    /// <summary>True when the pool may take that much more.</summary>
    public static bool CanFeed(in PoolState pool, UInt128 amount) => amount < Limit && pool.Fed + amount < Limit;

    /// <summary>Credits the member with all income since its last settle.</summary>
    public static void Settle(in PoolState pool, ref PoolMember member)
    {
        // The member's weight never exceeded W since its last settle, so the product is below 2^64 times what was fed, below 2^127.
        var p = checked((member.Weight * (pool.Acc - member.PaidAcc)) + member.Fraction);
        member.Accrued += p >> 64;
        member.Fraction = (ulong)p;
        member.PaidAcc = pool.Acc;
    }

    /// <summary>Settles the member and gives it another weight; W moves with it.</summary>
    /// <exception cref="OverflowException">W would reach 2^63.</exception>
    public static void SetWeight(ref PoolState pool, ref PoolMember member, ulong weight)
    {
        Settle(pool, ref member);
        var total = (UInt128)pool.Weight - member.Weight + weight;
        if (total >= Limit)
        {
            throw new OverflowException("The pool's weight limit is passed.");
        }

        pool.Weight = (ulong)total;
        member.Weight = weight;
    }

    /// <summary>What the member could collect after a settle, in base units.</summary>
    public static UInt128 Due(in PoolMember member) => member.Accrued - member.Collected;
}
