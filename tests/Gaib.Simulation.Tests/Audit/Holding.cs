using System.Numerics;
using Gaib.Domain;
using Gaib.Domain.Money;

namespace Gaib.Simulation.Tests.Audit;

/// <summary>What an account holds of an asset: four totals without a bound.</summary>
internal readonly record struct Holding(BigInteger Out, BigInteger In, BigInteger PendingOut, BigInteger PendingIn)
{
    public BigInteger Available => In - Out - PendingOut;
}

/// <summary>An account and another book: the one to which something left for it, or the one from which it came.</summary>
internal readonly record struct EdgePayee(uint Book, AccountId Account);

/// <summary>A reservation: what was asked, and whether it still waits.</summary>
internal sealed record AuditedReservation(Transfer Asked, bool IsOpen);

/// <summary>What was answered to an id, and what had been said under it.</summary>
internal sealed record AuditedAnswer(Transfer Said, TransferAnswer Answer);

/// <summary>What was answered to a command.</summary>
internal sealed record AuditedCommand(System.Collections.Immutable.ImmutableArray<TransferAnswer> Answers, ulong Sequence);

/// <summary>
/// A pool as the design says it, told eagerly: each feed gives every member its part at once, in units of 2^-64 base units, and carries
/// what the division left.
/// </summary>
/// <param name="Asset">Whose holders are its members.</param>
/// <param name="Cause">The cause of what it pays by itself.</param>
/// <param name="Fed">All that it ever took.</param>
/// <param name="Unallocated">What it took while nobody held a share.</param>
/// <param name="Left">What the last division left, in 2^-64 base units.</param>
/// <param name="Members">By account.</param>
/// <param name="Parents">The pools of which it is a member, in the order in which it became one.</param>
internal sealed record AuditedPool(
    AssetId Asset,
    Hash32 Cause,
    BigInteger Fed,
    BigInteger Unallocated,
    BigInteger Left,
    System.Collections.Immutable.ImmutableSortedDictionary<AccountId, AuditedMember> Members,
    System.Collections.Immutable.ImmutableList<AccountId> Parents)
{
    private static readonly BigInteger Scale = BigInteger.One << 64;

    public BigInteger Weight => Members.Values.Aggregate(BigInteger.Zero, (sum, member) => sum + member.Weight);

    /// <summary>The pool with more in it.</summary>
    public AuditedPool Feed(BigInteger amount)
    {
        var weight = Weight;
        if (weight.IsZero)
        {
            return this with { Fed = Fed + amount, Unallocated = Unallocated + amount };
        }

        var each = BigInteger.DivRem(((amount + Unallocated) * Scale) + Left, weight, out var left);
        return this with
        {
            Fed = Fed + amount,
            Unallocated = 0,
            Left = left,
            Members = Members.ToImmutableSortedDictionaryOf(member => member with
            {
                Earned = member.Earned + (each * member.Weight),
                Exact = member.Exact.Plus((amount + Unallocated) * member.Weight, weight),
            }),
        };
    }

    /// <summary>What a member could collect now, in whole base units.</summary>
    public BigInteger Due(AccountId member) =>
        Members.TryGetValue(member, out var known) ? (known.Earned >> 64) - known.Collected : 0;

    /// <summary>The pool with one member changed, or added.</summary>
    public AuditedPool Set(AccountId account, Func<AuditedMember, AuditedMember> change) => this with
    {
        Members = Members.SetItem(account, change(Members.GetValueOrDefault(account, AuditedMember.New))),
    };
}

/// <summary>A member of a pool.</summary>
/// <param name="Weight">Its shares.</param>
/// <param name="Earned">All that it ever earned, in 2^-64 base units.</param>
/// <param name="Collected">All that it was paid, base units.</param>
/// <param name="Exact">All that it ever earned as a fraction, with no division at all.</param>
internal sealed record AuditedMember(BigInteger Weight, BigInteger Earned, BigInteger Collected, Fraction Exact)
{
    public static AuditedMember New { get; } = new(0, 0, 0, Fraction.Zero);
}

/// <summary>A fraction of whole numbers.</summary>
internal readonly record struct Fraction(BigInteger Above, BigInteger Below)
{
    public static Fraction Zero { get; } = new(0, 1);

    public Fraction Plus(BigInteger above, BigInteger below)
    {
        var sum = new Fraction((Above * below) + (above * Below), Below * below);
        var common = BigInteger.GreatestCommonDivisor(sum.Above, sum.Below);
        return common.IsZero ? sum : new Fraction(sum.Above / common, sum.Below / common);
    }
}

/// <summary>Maps the values of a sorted dictionary.</summary>
internal static class SortedDictionaries
{
    public static System.Collections.Immutable.ImmutableSortedDictionary<AccountId, AuditedMember> ToImmutableSortedDictionaryOf(
        this System.Collections.Immutable.ImmutableSortedDictionary<AccountId, AuditedMember> members, Func<AuditedMember, AuditedMember> change)
    {
        var changed = members.ToBuilder();
        foreach (var (account, member) in members)
        {
            changed[account] = change(member);
        }

        return changed.ToImmutable();
    }
}
