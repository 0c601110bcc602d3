using System.Numerics;

namespace Gaib.Domain.Money;

/// <summary>What one account holds of one asset, in base units, as a refold adds it up.</summary>
internal sealed class RefoldBalance
{
    public BigInteger DebitsPosted { get; set; }

    public BigInteger CreditsPosted { get; set; }

    public BigInteger DebitsPending { get; set; }

    public BigInteger CreditsPending { get; set; }

    /// <summary>The last transfer that touched it.</summary>
    public ulong Sequence { get; set; }

    /// <summary>Who has compared it last with a state's row.</summary>
    public object? ComparedBy { get; set; }

    /// <summary>Arrived, less gone, less set aside to go.</summary>
    public BigInteger Spendable => CreditsPosted - DebitsPosted - DebitsPending;
}

/// <summary>A reservation as a refold keeps it.</summary>
internal sealed record RefoldReservation(Transfer Reserve, TransferPhase ResolvedBy);

/// <summary>
/// A revenue pool in integers without a limit. All amounts but <see cref="Fed"/>, <see cref="Unallocated"/> and a member's
/// <see cref="RefoldMember.Collected"/> are counted in 2^-64 base units. The scheme is that of the design: with S = 2^64, a feed of R makes
/// n = (R + unallocated)·S + rem, each unit of weight gets n div W, and n mod W waits for the next feed.
/// </summary>
internal sealed class RefoldPool(AssetId asset)
{
    /// <summary>2^64.</summary>
    public static readonly BigInteger Scale = BigInteger.One << 64;

    public AssetId Asset => asset;

    public BigInteger PerUnit { get; set; }

    public BigInteger Rem { get; set; }

    public BigInteger Unallocated { get; set; }

    public BigInteger Fed { get; set; }

    public BigInteger Weight { get; set; }

    public ulong Sequence { get; set; }

    public object? ComparedBy { get; set; }

    public void Feed(BigInteger amount)
    {
        Fed += amount;
        Unallocated += amount;
        if (!Weight.IsZero)
        {
            var all = (Unallocated * Scale) + Rem;
            var each = BigInteger.Divide(all, Weight);
            PerUnit += each;
            Rem = all - (each * Weight);
            Unallocated = 0;
        }
    }

    /// <summary>Counts to a member all that its units earned since this was done last.</summary>
    public void Settle(RefoldMember member)
    {
        member.Entitled += member.Weight * (PerUnit - member.SettledAt);
        member.SettledAt = PerUnit;
    }
}

/// <summary>A member of a pool.</summary>
internal sealed class RefoldMember
{
    public BigInteger Weight { get; set; }

    /// <summary>All that was ever counted to it, whole units and fraction in one number, in 2^-64 base units.</summary>
    public BigInteger Entitled { get; set; }

    /// <summary>What a unit of weight had earned when that was counted.</summary>
    public BigInteger SettledAt { get; set; }

    /// <summary>Base units paid out.</summary>
    public BigInteger Collected { get; set; }

    public object? ComparedBy { get; set; }

    /// <summary>Base units that may be paid out: whole ones only.</summary>
    public BigInteger Due => BigInteger.Divide(Entitled, RefoldPool.Scale) - Collected;

    public ulong Sequence { get; set; }
}
