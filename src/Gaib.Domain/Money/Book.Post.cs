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
            ref var member = ref TouchMember(transfer.Debit, transfer.Credit);
            PoolRule.Settle(pool, ref member);
            member.Collected += transfer.Amount;
        }

        _balances.Touch(new BalanceKey(transfer.Debit, transfer.Asset)).DebitsPosted += transfer.Amount;
        var credit = CreditHere(transfer);
        _balances.Touch(new BalanceKey(credit, transfer.Asset)).CreditsPosted += transfer.Amount;
        if (transfer.Asset != AssetId.Gaib)
        {
            MoveWeight(transfer);
        }
        else if (transfer.IsArrival)
        {
            _seen.Touch(new EdgeKey(transfer.Peer - 1, transfer.Credit)) += transfer.Amount;
        }
        else if (transfer.Peer != 0)
        {
            Leave(transfer);
        }

        if (credit.Kind == AccountKind.Pool && transfer.Asset == AssetId.Gaib)
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
            ref var from = ref TouchMember(account, transfer.Debit);
            PoolRule.SetWeight(ref pool, ref from, from.Weight - units);
        }

        ref var to = ref TouchMember(account, transfer.Credit);
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
        Resolved(transfer.Of);
        _balances.Touch(new BalanceKey(reservation.Debit, reservation.Asset)).DebitsPending -= reservation.Amount;
        _balances.Touch(new BalanceKey(reservation.Credit, reservation.Asset)).CreditsPending -= reservation.Amount;
        if (transfer.Phase == TransferPhase.Post)
        {
            Move(transfer);
        }
    }
}
