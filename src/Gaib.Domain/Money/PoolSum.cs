using System.Numerics;
using Gaib.Domain.Revenue;

namespace Gaib.Domain.Money;

/// <summary>What a pool's members have together, by the state alone; a state names its pools before their members.</summary>
internal sealed class PoolSum
{
    private BigInteger _owed;
    private BigInteger _weight;
    private BigInteger _collected;

    public PoolState? State { get; set; }

    public BigInteger Held { get; set; }

    public void Add(in PoolMember member)
    {
        _owed += ((BigInteger)member.Accrued * RefoldPool.Scale) + member.Fraction;
        _owed += (BigInteger)member.Weight * ((BigInteger)(State?.Acc ?? 0) - member.PaidAcc);
        _weight += member.Weight;
        _collected += member.Collected;
    }

    /// <summary>
    /// Σ[accrued·S + fraction + w·(acc − paid)] + rem + S·unallocated = S·fed; Σw = W; and the pool's account holds what was fed and not collected.
    /// </summary>
    public void Check(AccountId account, LedgerFaults faults)
    {
        if (State is not { } pool)
        {
            faults.Add(new LedgerFault("members or a balance without a pool", account.ToString(), "", 0, 1, 0));
            return;
        }

        var all = _owed + pool.Rem + (pool.Unallocated * RefoldPool.Scale);
        faults.Differ("what the members are owed in all, in 2^-64", account.ToString(), "", pool.Fed * RefoldPool.Scale, all, 0);
        faults.Differ("the members' weight", account.ToString(), "", pool.Weight, _weight, 0);
        faults.Differ("what the account holds", account.ToString(), "GAIB", pool.Fed - _collected, Held, 0);
    }
}
