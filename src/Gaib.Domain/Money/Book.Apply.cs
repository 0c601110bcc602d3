namespace Gaib.Domain.Money;

public sealed partial class Book
{
    private static readonly UInt128 TotalMax = UInt128.One << 126;

    /// <summary>Checks one transfer, fills in what the book decides, posts it and emits its row.</summary>
    private TransferAnswer ApplyOne(ref Transfer transfer, BookRows rows)
    {
        var reason = transfer.Phase switch
        {
            TransferPhase.Single or TransferPhase.Reserve => CheckFresh(ref transfer, rows),
            TransferPhase.Post or TransferPhase.Void or TransferPhase.Expire => CheckResolving(ref transfer, rows),
            _ => Reason.BatchInvalid,
        };
        if (reason != Reason.None)
        {
            return new TransferAnswer(reason, 0);
        }

        Post(transfer);
        rows.AddTransfer(transfer);
        return new TransferAnswer(Reason.None, transfer.Amount);
    }

    private Reason CheckFresh(ref Transfer transfer, BookRows rows)
    {
        if (CheckAccounts(transfer) is not Reason.None and var bad)
        {
            return bad;
        }

        if (transfer.Phase == TransferPhase.Reserve && transfer.ExpiresAt != 0 && transfer.ExpiresAt <= LastAt)
        {
            return Reason.ExpiryInvalid;
        }

        if (PullParents(transfer, rows) is not Reason.None and var cycle)
        {
            return cycle;
        }

        Resolve(ref transfer);
        var available = BalanceOf(transfer.Debit, transfer.Asset).Available;
        return transfer.Amount == 0 ? Reason.AmountZero
            : transfer.Amount >= TotalMax ? Reason.Overflow
            : transfer.Debit.Kind != AccountKind.Issuance && available < (Int128)transfer.Amount ? Reason.InsufficientFunds
            : CheckLimits(transfer);
    }

    private Reason CheckAccounts(in Transfer transfer) =>
        transfer.Debit == transfer.Credit ? Reason.SameAccount
        : !transfer.Debit.IsValid || !transfer.Credit.IsValid ? Reason.AccountInvalid
        : transfer.Asset != AssetId.Gaib ? CheckShareAccounts(transfer)
        : transfer.Debit.Kind == AccountKind.Pool != transfer.IsCollect ? Reason.AccountInvalid
        : !IsPoolOrOther(transfer.Debit) || !IsPoolOrOther(transfer.Credit) ? Reason.AccountInvalid
        : transfer.IsCollect && transfer.Phase != TransferPhase.Single ? Reason.BatchInvalid
        : Reason.None;

    /// <summary>Shares are held by people and by pools, come from issuance, and wait in no escrow.</summary>
    private Reason CheckShareAccounts(in Transfer transfer) =>
        !_assets.TryGetValue(transfer.Asset, out var asset) ? Reason.AssetUnknown
        : asset.Frozen && transfer.Debit.Kind != AccountKind.Issuance ? Reason.AssetFrozen
        : transfer.Credit.Kind is not (AccountKind.Person or AccountKind.Pool) || !IsPoolOrOther(transfer.Credit) ? Reason.AccountInvalid
        : transfer.Debit.Kind is not (AccountKind.Person or AccountKind.Issuance) ? Reason.AccountInvalid
        : transfer.IsCollect ? Reason.BatchInvalid
        : transfer.Credit.Kind == AccountKind.Pool && IsAncestor(transfer.Credit, asset.Pool, 0) ? Reason.PoolCycle
        : Reason.None;

    private bool IsPoolOrOther(AccountId account) => account.Kind != AccountKind.Pool || _pools.Contains(account);

    private Reason CheckLimits(in Transfer transfer)
    {
        var credit = BalanceOf(transfer.Credit, transfer.Asset);
        var debit = BalanceOf(transfer.Debit, transfer.Asset);
        if (credit.CreditsPosted + credit.CreditsPending + transfer.Amount >= TotalMax
            || debit.DebitsPosted + debit.DebitsPending + transfer.Amount >= TotalMax)
        {
            return Reason.Overflow;
        }

        if (transfer.Asset != AssetId.Gaib)
        {
            var pool = _pools.Get(_assets[transfer.Asset].Pool);
            var grows = transfer.Debit.Kind == AccountKind.Issuance;
            return grows && pool.Weight + transfer.Amount >= Revenue.PoolRule.Limit ? Reason.PoolWeightFull : Reason.None;
        }

        return transfer.Credit.Kind == AccountKind.Pool && !Revenue.PoolRule.CanFeed(_pools.Get(transfer.Credit), transfer.Amount)
            ? Reason.PoolFull
            : Reason.None;
    }

    private void Resolve(ref Transfer transfer)
    {
        if (transfer.IsCollect)
        {
            var member = _members.Get(new MemberKey(transfer.Debit, transfer.Credit));
            Revenue.PoolRule.Settle(_pools.Get(transfer.Debit), ref member);
            transfer.Amount = Revenue.PoolRule.Due(member);
        }
        else if (transfer.IsClosing)
        {
            transfer.Amount = (UInt128)Int128.Max(0, BalanceOf(transfer.Debit, transfer.Asset).Available);
        }
    }

    private Reason CheckResolving(ref Transfer transfer, BookRows rows)
    {
        var index = _reservations.Find(transfer.Of);
        if (index < 0)
        {
            return Reason.ReservationNotFound;
        }

        var reservation = _reservations[index];
        if (!reservation.Open)
        {
            return Reason.ReservationResolved;
        }

        if (transfer.Phase == TransferPhase.Expire && (reservation.ExpiresAt == 0 || reservation.ExpiresAt > LastAt))
        {
            return Reason.ExpiryInvalid;
        }

        if (transfer.IsCollect)
        {
            return Reason.BatchInvalid;
        }

        transfer = transfer with { Debit = reservation.Debit, Credit = reservation.Credit, Asset = reservation.Asset };
        if (transfer.Phase != TransferPhase.Post || transfer.IsClosing)
        {
            transfer.Amount = reservation.Amount;
        }

        return transfer.Amount == 0 ? Reason.AmountZero
            : transfer.Amount > reservation.Amount ? Reason.ReservationExceeded
            : transfer.Phase == TransferPhase.Post ? CheckPosting(transfer, rows)
            : Reason.None;
    }

    /// <summary>Shares that were set aside move now, so that what holds for a share transfer is looked at now, not only when they were.</summary>
    private Reason CheckPosting(in Transfer transfer, BookRows rows)
    {
        if (transfer.Asset != AssetId.Gaib)
        {
            if (transfer.Credit.Kind == AccountKind.Pool && IsAncestor(transfer.Credit, _assets[transfer.Asset].Pool, 0))
            {
                return Reason.PoolCycle;
            }

            if (PullParents(transfer, rows) is not Reason.None and var cycle)
            {
                return cycle;
            }
        }

        return CheckLimits(transfer);
    }

    private void ExpireDue(BookRows rows)
    {
        while (_expiries.TryPeek(out var id, out var due) && due.At <= LastAt)
        {
            _expiries.Dequeue();

            // A reservation of a chain that was taken back is due too, and is not there.
            if (_reservations.Find(id) is >= 0 and var index && _reservations[index].Open)
            {
                var expire = new Transfer
                {
                    Id = Transfer.IdOf(ExpiryWriter, ++_ownSequence[ExpiryWriter]),
                    Of = id,
                    Phase = TransferPhase.Expire,
                };
                ApplyOne(ref expire, rows);
            }
        }
    }

    private void Begin()
    {
        _balances.Begin();
        _reservations.Begin();
        _pools.Begin();
        _members.Begin();
        _parentsOfChain.Clear();
    }

    private void Commit()
    {
        _balances.Commit();
        _reservations.Commit();
        _pools.Commit();
        _members.Commit();
    }

    private void Rollback()
    {
        _balances.Rollback();
        _reservations.Rollback();
        _pools.Rollback();
        _members.Rollback();
        foreach (var (pool, parent) in _parentsOfChain)
        {
            _parents[pool].Remove(parent);
        }

        _parentsOfChain.Clear();
    }
}
