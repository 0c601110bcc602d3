using System.Numerics;
using Gaib.Domain.Money;

namespace Gaib.Verify.Revenue;

/// <summary>
/// A pool, folded in unbounded integers from the transfers alone. With S = 2^64 a feed gives <c>n = (R + unallocated)·S + rem</c>,
/// <c>acc += n / W</c>, <c>rem = n mod W</c>; a settle gives the member <c>p = w·(acc − paid) + fraction</c>, of which the whole part is
/// accrued and the rest stays a fraction.
/// </summary>
internal sealed class PoolFold(AssetId asset)
{
    private readonly SortedDictionary<AccountId, Member> _members = [];

    public AssetId Asset => asset;

    public BigInteger Fed { get; private set; }

    public BigInteger Acc { get; private set; }

    public BigInteger Rem { get; private set; }

    public BigInteger Unallocated { get; private set; }

    public BigInteger Weight { get; private set; }

    /// <summary>All who ever held a share, by account.</summary>
    public IReadOnlyDictionary<AccountId, Member> Members => _members;

    public void Feed(BigInteger amount)
    {
        Fed += amount;
        if (Weight.IsZero)
        {
            Unallocated += amount;
            return;
        }

        Acc += BigInteger.DivRem(((amount + Unallocated) << 64) + Rem, Weight, out var rem);
        (Rem, Unallocated) = (rem, BigInteger.Zero);
    }

    /// <summary>What a member could collect now.</summary>
    public BigInteger Due(AccountId account)
    {
        if (!_members.TryGetValue(account, out var member))
        {
            return BigInteger.Zero;
        }

        Settle(member);
        return member.Accrued - member.Collected;
    }

    /// <summary>Pays a member what it is owed.</summary>
    public void Collect(AccountId account) => _members[account].Collected += Due(account);

    /// <summary>Gives a member more weight, or less.</summary>
    public void Move(AccountId account, BigInteger units)
    {
        if (!_members.TryGetValue(account, out var member))
        {
            _members[account] = member = new Member();
        }

        Settle(member);
        member.Weight += units;
        Weight += units;
    }

    /// <summary>Settles every member, as an export shows them.</summary>
    public void SettleAll()
    {
        foreach (var member in _members.Values)
        {
            Settle(member);
        }
    }

    private void Settle(Member member)
    {
        var p = (member.Weight * (Acc - member.PaidAcc)) + member.Fraction;
        member.Accrued += p >> 64;
        member.Fraction = p & ulong.MaxValue;
        member.PaidAcc = Acc;
    }

    internal sealed class Member
    {
        public BigInteger Weight { get; set; }

        public BigInteger Accrued { get; set; }

        public BigInteger Fraction { get; set; }

        public BigInteger PaidAcc { get; set; }

        public BigInteger Collected { get; set; }
    }
}
