using System.Collections.Immutable;
using System.Numerics;
using Gaib.Domain;
using Gaib.Domain.Money;

namespace Gaib.Simulation.Tests.Audit;

internal sealed partial class LedgerAuditor
{
    private void Set(AccountId pool, Func<AuditedPool, AuditedPool> change) =>
        _now = _now with { Pools = _now.Pools.SetItem(pool, change(_now.Pools[pool])) };

    private void Change(AccountId pool, AccountId member, Func<AuditedMember, AuditedMember> change) => Set(pool, known => known.Set(member, change));

    private void MoveShares(in Transfer transfer, BigInteger amount)
    {
        var (account, debit, credit) = (_now.Assets[transfer.Asset].Pool, transfer.Debit, transfer.Credit);
        if (debit.Kind != AccountKind.Issuance)
        {
            Change(account, debit, member => member with { Weight = member.Weight - amount });
        }

        if (credit.Kind == AccountKind.Pool && !_now.Pools[account].Members.ContainsKey(credit))
        {
            Set(credit, pool => pool with { Parents = pool.Parents.Add(account) });
        }

        Change(account, credit, member => member with { Weight = member.Weight + amount });
    }

    /// <summary>A pool takes in what the pools above it owe it, from the top down.</summary>
    private void Pull(AccountId pool)
    {
        foreach (var parent in _now.Pools[pool].Parents)
        {
            Pull(parent);
            Pay(parent, pool);
        }
    }

    private void Collect(ImmutableArray<PoolCollect> collects)
    {
        foreach (var (pool, member) in collects)
        {
            if (_now.Pools.ContainsKey(pool) && IsWellFormed(member))
            {
                Pull(pool);
                Pay(pool, member);
            }
        }
    }

    private void Pay(AccountId pool, AccountId member)
    {
        var due = _now.Pools[pool].Due(member);
        var payment = new Transfer { Debit = pool, Credit = member, Amount = (UInt128)due, Cause = _now.Pools[pool].Cause };
        if (due > 0 && OfLimits(payment, due) == Reason.None)
        {
            Move(payment, due, isCollect: true);
            _now = _now with { Sequence = _now.Sequence + 1 };
        }
    }

    private Rejection? Register(ImmutableArray<AssetRecord> assets)
    {
        foreach (var asset in assets)
        {
            if (_now.Assets.TryGetValue(asset.Asset, out var known))
            {
                if (known != asset)
                {
                    return new Rejection(Reason.AssetExists, 0, 0, asset.Asset.ToString());
                }

                continue;
            }

            if (asset.Asset == AssetId.Gaib || asset.Pool.Kind != AccountKind.Pool || !IsWellFormed(asset.Pool) || _now.Pools.ContainsKey(asset.Pool))
            {
                return new Rejection(Reason.AccountInvalid, 0, 0, asset.Pool.ToString());
            }

            var pool = new AuditedPool(
                asset.Asset, asset.Cause, 0, 0, 0, ImmutableSortedDictionary<AccountId, AuditedMember>.Empty, []);
            _now = _now with { Assets = _now.Assets.Add(asset.Asset, asset), Pools = _now.Pools.Add(asset.Pool, pool) };
        }

        return null;
    }
}
