using Gaib.Domain.Revenue;

namespace Gaib.Domain.Money;

public sealed partial class Book
{
    /// <summary>
    /// Moves the value of a checked transfer, and with it the pools: the only place where balances change. A journal is replayed
    /// through this same method, so that a restarted book can't differ from the one that wrote.
    /// </summary>
    private void Post(in Transfer transfer)
    {
        Sequence++;
        switch (transfer.Phase)
        {
            case TransferPhase.Single:
                Move(transfer);
                break;
            case TransferPhase.Reserve:
                SetAside(transfer);
                break;
            default:
                ResolveReservation(transfer);
                break;
        }
    }

    private void Move(in Transfer transfer)
    {
        if (transfer.IsCollect)
        {
            var pool = _pools.Get(transfer.Debit);
            ref var member = ref _members.Touch(new MemberKey(transfer.Debit, transfer.Credit));
            PoolRule.Settle(pool, ref member);
            member.Collected += transfer.Amount;
        }

        _balances.Touch(new BalanceKey(transfer.Debit, transfer.Asset)).DebitsPosted += transfer.Amount;
        _balances.Touch(new BalanceKey(transfer.Credit, transfer.Asset)).CreditsPosted += transfer.Amount;
        if (transfer.Asset != AssetId.Gaib)
        {
            MoveWeight(transfer);
        }
        else if (transfer.Credit.Kind == AccountKind.Pool)
        {
            PoolRule.Feed(ref _pools.Touch(transfer.Credit), transfer.Amount);
        }
    }

    /// <summary>A share transfer settles both sides and takes effect at once.</summary>
    private void MoveWeight(in Transfer transfer)
    {
        var account = _assets[transfer.Asset].Pool;
        ref var pool = ref _pools.Touch(account);
        var units = (ulong)transfer.Amount;
        if (transfer.Debit.Kind != AccountKind.Issuance)
        {
            ref var from = ref _members.Touch(new MemberKey(account, transfer.Debit));
            PoolRule.SetWeight(ref pool, ref from, from.Weight - units);
        }

        var key = new MemberKey(account, transfer.Credit);
        if (transfer.Credit.Kind == AccountKind.Pool && !_members.Contains(key))
        {
            AddParent(transfer.Credit, account);
        }

        ref var to = ref _members.Touch(key);
        PoolRule.SetWeight(ref pool, ref to, to.Weight + units);
    }

    private void SetAside(in Transfer transfer)
    {
        _balances.Touch(new BalanceKey(transfer.Debit, transfer.Asset)).DebitsPending += transfer.Amount;
        _balances.Touch(new BalanceKey(transfer.Credit, transfer.Asset)).CreditsPending += transfer.Amount;
        _reservations.Touch(transfer.Id) = new Reservation
        {
            Debit = transfer.Debit,
            Credit = transfer.Credit,
            Asset = transfer.Asset,
            Amount = transfer.Amount,
            ExpiresAt = transfer.ExpiresAt,
        };
        if (transfer.ExpiresAt != 0)
        {
            _expiries.Enqueue(transfer.Id, (transfer.ExpiresAt, transfer.Id));
        }
    }

    private void ResolveReservation(in Transfer transfer)
    {
        ref var reservation = ref _reservations.Touch(transfer.Of);
        reservation.ResolvedBy = transfer.Phase;
        _balances.Touch(new BalanceKey(reservation.Debit, reservation.Asset)).DebitsPending -= reservation.Amount;
        _balances.Touch(new BalanceKey(reservation.Credit, reservation.Asset)).CreditsPending -= reservation.Amount;
        if (transfer.Phase == TransferPhase.Post)
        {
            Move(transfer);
        }
    }

    /// <summary>Has every pool that a share transfer or a collect is about to settle first take in what its own parents owe it.</summary>
    private Reason PullParents(in Transfer transfer, BookRows rows) =>
        transfer.Asset != AssetId.Gaib ? Pull(_assets[transfer.Asset].Pool, 0, rows)
        : transfer.IsCollect ? Pull(transfer.Debit, 0, rows)
        : Reason.None;

    private Reason Pull(AccountId pool, int depth, BookRows rows)
    {
        if (depth > 8)
        {
            return Reason.PoolCycle;
        }

        foreach (var parent in _parents.GetValueOrDefault(pool) ?? [])
        {
            if (Pull(parent, depth + 1, rows) is not Reason.None and var cycle)
            {
                return cycle;
            }

            Collect(parent, pool, rows);
        }

        return Reason.None;
    }

    private void CollectAll(System.Collections.Immutable.ImmutableArray<PoolCollect> collects, BookRows rows)
    {
        foreach (var (pool, member) in collects)
        {
            if (_pools.Contains(pool) && member.IsValid && Pull(pool, 0, rows) == Reason.None)
            {
                Collect(pool, member, rows);
            }
        }
    }

    private void Collect(AccountId pool, AccountId member, BookRows rows)
    {
        var collect = new Transfer { Debit = pool, Credit = member, Flags = TransferFlags.Collect, Cause = CollectCause(pool) };
        Resolve(ref collect);
        if (collect.Amount > 0 && CheckLimits(collect) == Reason.None)
        {
            collect.Id = Transfer.IdOf(PoolWriter, ++_ownSequence[PoolWriter]);
            Post(collect);
            rows.AddTransfer(collect);
        }
    }

    /// <summary>The cause of a collect that the book itself makes: the id of the asset's model.</summary>
    private Hash32 CollectCause(AccountId pool) => _assets[_pools.Get(pool).Asset].Cause;

    private bool IsAncestor(AccountId candidate, AccountId pool, int depth) =>
        candidate == pool
        || (depth <= 8 && (_parents.GetValueOrDefault(pool) ?? []).Any(parent => IsAncestor(candidate, parent, depth + 1)));

    private void AddParent(AccountId pool, AccountId parent)
    {
        var list = _parents.TryGetValue(pool, out var known) ? known : _parents[pool] = [];
        if (!list.Contains(parent))
        {
            list.Add(parent);
            _parentsOfChain.Add((pool, parent));
        }
    }

    private Rejection? RegisterAssets(System.Collections.Immutable.ImmutableArray<AssetRecord> assets, BookRows rows)
    {
        foreach (var asset in assets)
        {
            if (_assets.TryGetValue(asset.Asset, out var known))
            {
                if (known != asset)
                {
                    return new Rejection(Reason.AssetExists, 0, 0, asset.Asset.ToString());
                }
            }
            else if (asset.Asset == AssetId.Gaib || asset.Pool.Kind != AccountKind.Pool || !asset.Pool.IsValid || _pools.Contains(asset.Pool))
            {
                return new Rejection(Reason.AccountInvalid, 0, 0, asset.Pool.ToString());
            }
            else
            {
                Register(asset);
                rows.AddAsset(asset);
            }
        }

        return null;
    }

    private void Register(AssetRecord asset)
    {
        _assets.Add(asset.Asset, asset);
        _pools.Touch(asset.Pool) = new PoolState { Asset = asset.Asset };
    }
}
