using System.Numerics;

namespace Gaib.Domain.Money;

public sealed partial class LedgerRefold
{
    private void Apply(in Transfer transfer)
    {
        Check(transfer.Amount != 0, "nothing is moved");
        Check(transfer.Debit != transfer.Credit && transfer.Debit.IsValid && transfer.Credit.IsValid, "the accounts can't be these");
        switch (transfer.Phase)
        {
            case TransferPhase.Single:
                CheckFilledIn(transfer);
                Move(transfer);
                break;
            case TransferPhase.Reserve:
                CheckFilledIn(transfer);
                SetAside(transfer, 1);
                Check(Reservations.TryAdd(transfer.Id, new RefoldReservation(transfer, TransferPhase.Single)), "the reservation is there already");
                break;
            case TransferPhase.Post or TransferPhase.Void or TransferPhase.Expire:
                Resolve(transfer);
                break;
            default:
                Check(false, "the phase is unknown", found: (uint)transfer.Phase);
                break;
        }

        CheckLimits(transfer);
    }

    /// <summary>What the book filled in by itself is what this fold would fill in.</summary>
    private void CheckFilledIn(in Transfer transfer)
    {
        if (transfer.IsCollect)
        {
            var member = MemberOf(transfer.Debit, transfer.Credit);
            PoolOf(transfer.Debit).Settle(member);
            Differ("what the pool pays its member", transfer.Asset, member.Due, transfer.Amount);
        }
        else if (transfer.IsClosing)
        {
            var all = BalanceOf(transfer.Debit, transfer.Asset).Spendable;
            Differ("all that was left", transfer.Asset, all, transfer.Amount);
        }
    }

    private void Move(in Transfer transfer)
    {
        var amount = (BigInteger)transfer.Amount;
        BalanceOf(transfer.Debit, transfer.Asset).DebitsPosted += amount;
        BalanceOf(CreditHere(transfer), transfer.Asset).CreditsPosted += amount;
        Cross(transfer, amount);
        if (transfer.IsCollect)
        {
            MemberOf(transfer.Debit, transfer.Credit).Collected += amount;
        }
        else if (transfer.Debit.Kind == AccountKind.Pool)
        {
            Check(transfer.Asset != AssetId.Gaib, "a pool paid without a collect", found: amount);
        }

        if (transfer.Asset != AssetId.Gaib)
        {
            MoveWeight(transfer);
        }
        else if (CreditHere(transfer).Kind == AccountKind.Pool)
        {
            PoolOf(transfer.Credit).Feed(amount);
        }
    }

    /// <summary>The account of this book that is credited: of a payee of another book it is what is owed to that book.</summary>
    internal static AccountId CreditHere(in Transfer transfer) =>
        transfer.Peer == 0 || transfer.IsArrival ? transfer.Credit : AccountId.DueTo(transfer.Peer - 1);

    private void Cross(in Transfer transfer, BigInteger amount)
    {
        if (transfer.Peer != 0)
        {
            var totals = transfer.IsArrival ? Seen : Sent;
            var key = (transfer.Peer - 1, transfer.Credit);
            totals[key] = totals.GetValueOrDefault(key) + amount;
            Check(transfer.Phase == TransferPhase.Single && transfer.Asset == AssetId.Gaib, "only GAIB crosses to other books, and at once");
            Check(!transfer.IsArrival || transfer.Debit == AccountId.DueFrom(transfer.Peer - 1), "it arrives from another book than it says");
        }
    }

    private void MoveWeight(in Transfer transfer)
    {
        if (!Assets.TryGetValue(transfer.Asset, out var asset))
        {
            Check(false, "the asset was never registered");
            return;
        }

        var (pool, units) = (PoolOf(asset.Pool), (BigInteger)transfer.Amount);
        if (transfer.Debit.Kind == AccountKind.Issuance)
        {
            pool.Weight += units;
        }
        else
        {
            Weigh(pool, MemberOf(asset.Pool, transfer.Debit), -units);
        }

        Weigh(pool, MemberOf(asset.Pool, transfer.Credit), units);
    }

    private void Weigh(RefoldPool pool, RefoldMember member, BigInteger more)
    {
        pool.Settle(member);
        member.Weight += more;
        Check(member.Weight.Sign >= 0, "a member has less than no shares", found: member.Weight);
    }

    private void SetAside(in Transfer transfer, int sign)
    {
        var amount = sign * (BigInteger)transfer.Amount;
        BalanceOf(transfer.Debit, transfer.Asset).DebitsPending += amount;
        BalanceOf(transfer.Credit, transfer.Asset).CreditsPending += amount;
    }

    private void Resolve(in Transfer transfer)
    {
        if (!Reservations.TryGetValue(transfer.Of, out var reservation))
        {
            Check(false, "the reservation was never made");
            return;
        }

        var reserve = reservation.Reserve;
        Check(reservation.ResolvedBy == TransferPhase.Single, "the reservation is resolved a second time");
        Check(
            (transfer.Debit, transfer.Credit, transfer.Asset) == (reserve.Debit, reserve.Credit, reserve.Asset),
            "the accounts are not those of the reservation");
        Check(transfer.Amount <= reserve.Amount, "more is posted than was reserved", found: transfer.Amount);
        if (transfer.Phase != TransferPhase.Post || transfer.IsClosing)
        {
            Differ("the whole reservation", transfer.Asset, reserve.Amount, transfer.Amount);
        }

        if (transfer.Phase == TransferPhase.Expire)
        {
            Check(reserve.ExpiresAt != 0 && reserve.ExpiresAt <= LastAt, "the reservation expires before its time", found: reserve.ExpiresAt);
        }

        Reservations[transfer.Of] = reservation with { ResolvedBy = transfer.Phase };
        SetAside(reserve, -1);
        if (transfer.Phase == TransferPhase.Post)
        {
            Move(transfer);
        }
    }

    private void CheckLimits(in Transfer transfer)
    {
        var debit = BalanceOf(transfer.Debit, transfer.Asset);
        var credit = BalanceOf(CreditHere(transfer), transfer.Asset);
        if (transfer.Debit.Kind is not (AccountKind.Issuance or AccountKind.DueFrom) && debit.Spendable.Sign < 0)
        {
            Faults.Add(new LedgerFault(
                "more left than there was", transfer.Debit.ToString(), transfer.Asset.ToString(), 0, debit.Spendable, Sequence));
        }

        if (credit.CreditsPosted + credit.CreditsPending >= TotalMax || debit.DebitsPosted + debit.DebitsPending >= TotalMax)
        {
            Faults.Add(new LedgerFault(
                "a total reaches 2^126", transfer.Credit.ToString(), transfer.Asset.ToString(), TotalMax, credit.CreditsPosted, Sequence));
        }
    }

    private RefoldBalance BalanceOf(AccountId account, AssetId asset)
    {
        var key = new BalanceKey(account, asset);
        if (!Balances.TryGetValue(key, out var balance))
        {
            Balances.Add(key, balance = new RefoldBalance());
        }

        balance.Sequence = Sequence;
        return balance;
    }

    private RefoldPool PoolOf(AccountId account)
    {
        if (!Pools.TryGetValue(account, out var pool))
        {
            Check(false, "there is no such pool");
            Pools.Add(account, pool = new RefoldPool(AssetId.Gaib));
        }

        pool.Sequence = Sequence;
        return pool;
    }

    private RefoldMember MemberOf(AccountId pool, AccountId member)
    {
        if (!Members.TryGetValue((pool, member), out var row))
        {
            Members.Add((pool, member), row = new RefoldMember());
        }

        row.Sequence = Sequence;
        return row;
    }
}
