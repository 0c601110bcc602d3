namespace Gaib.Domain.Money;

public sealed partial class Book
{
    private static readonly UInt128 TotalMax = UInt128.One << 126;

    /// <summary>Checks one transfer, fills in what the book decides, posts it and emits its row.</summary>
    private TransferAnswer ApplyOne(ref Transfer transfer, BookRows rows)
    {
        var reason = !IsFormed(transfer) || transfer.IsArrival ? Reason.BatchInvalid
            : transfer.Phase is TransferPhase.Single or TransferPhase.Reserve ? CheckFresh(ref transfer, rows)
            : CheckResolving(ref transfer, rows);
        if (reason != Reason.None)
        {
            return new TransferAnswer(reason, 0);
        }

        // What the writer put there is no answer, and a replay believes the row.
        transfer.Result = Reason.None;
        Post(transfer);
        rows.AddTransfer(transfer);
        return new TransferAnswer(Reason.None, transfer.Amount);
    }

    /// <summary>True when the phase is known and nothing is set that it has no use for; an export with more in it would not verify.</summary>
    private static bool IsFormed(in Transfer transfer) => transfer.Phase switch
    {
        TransferPhase.Single => transfer is { ExpiresAt: 0 } && transfer.Of == 0,
        TransferPhase.Reserve => transfer.Of == 0,
        TransferPhase.Post or TransferPhase.Void or TransferPhase.Expire => transfer is { ExpiresAt: 0, IsCollect: false },
        _ => false,
    };

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

        transfer.Peer = PeerOf(transfer);
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
        : IsDue(transfer.Debit) || IsDue(transfer.Credit) ? Reason.AccountInvalid
        : !place.Holds(transfer.Debit) || (transfer.Phase != TransferPhase.Single && !place.Holds(transfer.Credit)) ? Reason.WrongBook
        : !IsPoolOrOther(transfer.Debit) || (place.Holds(transfer.Credit) && !IsPoolOrOther(transfer.Credit)) ? Reason.AccountInvalid
        : transfer.IsCollect && transfer.Phase != TransferPhase.Single ? Reason.BatchInvalid
        : Reason.None;

    /// <summary>Shares are held by people and by pools, come from issuance, and wait in no escrow.</summary>
    private Reason CheckShareAccounts(in Transfer transfer) =>
        !_assets.TryGetValue(transfer.Asset, out var asset) ? Reason.AssetUnknown
        : asset.Frozen && transfer.Debit.Kind != AccountKind.Issuance ? Reason.AssetFrozen
        : transfer.Credit.Kind is not (AccountKind.Person or AccountKind.Pool) || !IsPoolOrOther(transfer.Credit) ? Reason.AccountInvalid
        : transfer.Debit.Kind is not (AccountKind.Person or AccountKind.Issuance) ? Reason.AccountInvalid
        : transfer.IsCollect ? Reason.BatchInvalid
        : transfer.Credit.Kind == AccountKind.Pool && NestsBadly(transfer.Credit, asset.Pool) ? Reason.PoolCycle
        : Reason.None;

    private bool IsPoolOrOther(AccountId account) => account.Kind != AccountKind.Pool || _pools.Contains(account);

    private Reason CheckLimits(in Transfer transfer)
    {
        var credit = BalanceOf(CreditHere(transfer), transfer.Asset);
        var debit = BalanceOf(transfer.Debit, transfer.Asset);
        if (credit.CreditsPosted + credit.CreditsPending + transfer.Amount >= TotalMax
            || debit.DebitsPosted + debit.DebitsPending + transfer.Amount >= TotalMax)
        {
            return Reason.Overflow;
        }

        return CheckPools(transfer);
    }

    private Reason CheckPools(in Transfer transfer)
    {
        if (transfer.Asset != AssetId.Gaib)
        {
            var pool = _pools.Get(_assets[transfer.Asset].Pool);
            var grows = transfer.Debit.Kind == AccountKind.Issuance;
            return grows && pool.Weight + transfer.Amount >= Revenue.PoolRule.Limit ? Reason.PoolWeightFull : Reason.None;
        }

        return CreditHere(transfer).Kind == AccountKind.Pool && !Revenue.PoolRule.CanFeed(_pools.Get(transfer.Credit), transfer.Amount)
            ? Reason.PoolFull
            : Reason.None;
    }

    private void Resolve(ref Transfer transfer)
    {
        if (transfer.IsCollect)
        {
            transfer.Amount = Revenue.PoolRule.Due(SettledMember(transfer.Debit, transfer.Credit));
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
            return IsPast(transfer.Of) ? Reason.ReservationResolved : Reason.ReservationNotFound;
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

        transfer = transfer with { Debit = reservation.Debit, Credit = reservation.Credit, Asset = reservation.Asset, Peer = 0 };
        if (transfer.Phase != TransferPhase.Post || transfer.IsClosing)
        {
            transfer.Amount = reservation.Amount;
        }

        return transfer.Amount == 0 ? Reason.AmountZero
            : transfer.Amount > reservation.Amount ? Reason.ReservationExceeded
            : transfer.Phase == TransferPhase.Post ? CheckPost(transfer, rows)
            : Reason.None;
    }

    /// <summary>
    /// A post moves what the totals have counted since the reservation, so it can't pass their limit; but the pools have gone on
    /// meanwhile, and other shares may have come between them.
    /// </summary>
    private Reason CheckPost(in Transfer transfer, BookRows rows) =>
        transfer.Asset != AssetId.Gaib && transfer.Credit.Kind == AccountKind.Pool && NestsBadly(transfer.Credit, _assets[transfer.Asset].Pool)
            ? Reason.PoolCycle
        : PullParents(transfer, rows) is not Reason.None and var cycle ? cycle
        : CheckPools(transfer);

    private void ExpireDue(BookRows rows)
    {
        ForgetResolved();
        while (_expiries.TryPeek(out var id, out var due) && due.At <= LastAt)
        {
            _expiries.Dequeue();

            // A reservation of a chain that was taken back is due too, and is not there; or a later one stands under its id.
            if (IsDue(id, due.At))
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
        _membersOfPool.Begin();
        _poolsOfMember.Begin();
        _sent.Begin();
    }

    private void Commit()
    {
        _balances.Commit();
        _reservations.Commit();
        _pools.Commit();
        _members.Commit();
        _membersOfPool.Commit();
        _poolsOfMember.Commit();
        _sent.Commit();
    }

    private void Rollback()
    {
        _balances.Rollback();
        _reservations.Rollback();
        _pools.Rollback();
        _members.Rollback();
        _membersOfPool.Rollback();
        _poolsOfMember.Rollback();
        _sent.Rollback();
    }
}
