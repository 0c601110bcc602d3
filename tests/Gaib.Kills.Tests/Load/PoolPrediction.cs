using System.Numerics;
using Gaib.Domain;
using Gaib.Domain.Money;

namespace Gaib.Kills.Tests.Load;

/// <summary>
/// Adds a pool that nobody else feeds, of a constant total weight: then the income of a unit is ⌊2^64 · fed / weight⌋ of 2^64, whatever the
/// book did on the way, and a member's is the sum over what it held while it grew.
/// </summary>
internal sealed class PoolPrediction(AssetRecord asset) : Prediction
{
    private Dictionary<AccountId, (BigInteger Weight, BigInteger Earned, BigInteger Paid, BigInteger Collected)> _members = [];
    private Dictionary<AccountId, (BigInteger Weight, BigInteger Earned, BigInteger Paid, BigInteger Collected)> _before = [];
    private BigInteger _fedBefore;

    public BigInteger Fed { get; private set; }

    public IEnumerable<AccountId> Members => _members.Keys;

    /// <summary>Income of one unit so far, in 2^-64 base units.</summary>
    public static BigInteger PerUnit(BigInteger fed) => (fed << 64) / Names.Units;

    /// <summary>The member as it stands after a settle now.</summary>
    public (BigInteger Weight, BigInteger Accrued, BigInteger Collected) Settled(AccountId member)
    {
        var (weight, earned, paid, collected) = _members[member];
        return (weight, (earned + (weight * (PerUnit(Fed) - paid))) >> 64, collected);
    }

    protected override void Begin()
    {
        base.Begin();
        (_before, _fedBefore) = (new(_members), Fed);
    }

    protected override void TakeBack()
    {
        base.TakeBack();
        (_members, Fed) = (_before, _fedBefore);
    }

    protected override (Reason Reason, BigInteger Amount) Apply(in Transfer asked)
    {
        if (asked.IsCollect)
        {
            return Collect(asked);
        }

        var answer = base.Apply(asked);
        if (answer.Reason == Reason.None && asked.Asset == asset.Asset)
        {
            AddWeight(asked.Debit, -answer.Amount);
            AddWeight(asked.Credit, answer.Amount);
        }
        else if (answer.Reason == Reason.None && asked.Credit == asset.Pool)
        {
            Fed += answer.Amount;
        }

        return answer;
    }

    private (Reason Reason, BigInteger Amount) Collect(in Transfer asked)
    {
        if (!_members.TryGetValue(asked.Credit, out var member))
        {
            return (Reason.AmountZero, 0);
        }

        var (_, accrued, collected) = Settled(asked.Credit);
        if (accrued == collected)
        {
            return (Reason.AmountZero, 0);
        }

        Holdings.Move(asked.Debit, asked.Credit, AssetId.Gaib, accrued - collected);
        _members[asked.Credit] = member with { Collected = accrued };
        return (Reason.None, accrued - collected);
    }

    private void AddWeight(AccountId account, BigInteger more)
    {
        if (account.Kind == AccountKind.Issuance)
        {
            return;
        }

        var (weight, earned, paid, collected) = _members.GetValueOrDefault(account);
        _members[account] = (weight + more, earned + (weight * (PerUnit(Fed) - paid)), PerUnit(Fed), collected);
    }
}
