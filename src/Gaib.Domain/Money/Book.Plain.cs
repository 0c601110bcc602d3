namespace Gaib.Domain.Money;

public sealed partial class Book
{
    /// <summary>
    /// True for the transfers that make up nearly all of a book: GAIB that moves at once, by itself, in the amount that stands there,
    /// out of neither a pool nor issuance. They need no chain to take back, since nothing is changed before all is checked.
    /// </summary>
    private static bool IsPlain(in Transfer transfer) =>
        transfer is { Phase: TransferPhase.Single, Flags: TransferFlags.None, ExpiresAt: 0 }
        && transfer.Of == 0
        && transfer.Asset == AssetId.Gaib
        && transfer.Debit.Kind is not (AccountKind.Pool or AccountKind.Issuance);

    /// <summary>Checks a plain transfer as <see cref="ApplyOne"/> would, finding each row once, and posts it or keeps the refusal.</summary>
    private TransferAnswer ApplyPlain(ref Transfer transfer, BookRows rows)
    {
        var reason = CheckAccounts(transfer);
        if (reason == Reason.None)
        {
            reason = PostPlain(transfer);
        }

        transfer.Result = reason;
        rows.AddTransfer(transfer);
        return reason == Reason.None ? new TransferAnswer(Reason.None, transfer.Amount) : new TransferAnswer(reason, 0);
    }

    private Reason PostPlain(in Transfer transfer)
    {
        var amount = transfer.Amount;
        var from = _balances.Find(new BalanceKey(transfer.Debit, AssetId.Gaib));
        var debit = from < 0 ? default : _balances[from];
        if (amount == 0 || amount >= TotalMax || debit.Available < (Int128)amount)
        {
            return amount == 0 ? Reason.AmountZero : amount >= TotalMax ? Reason.Overflow : Reason.InsufficientFunds;
        }

        var key = new BalanceKey(transfer.Credit, AssetId.Gaib);
        var to = _balances.Find(key);
        var credit = to < 0 ? default : _balances[to];
        if (credit.CreditsPosted + credit.CreditsPending + amount >= TotalMax || debit.DebitsPosted + debit.DebitsPending + amount >= TotalMax)
        {
            return Reason.Overflow;
        }

        if (transfer.Credit.Kind == AccountKind.Pool && !Revenue.PoolRule.CanFeed(_pools.Get(transfer.Credit), amount))
        {
            return Reason.PoolFull;
        }

        Sequence++;
        _balances.Touch(from).DebitsPosted += amount;
        (to < 0 ? ref _balances.Touch(key) : ref _balances.Touch(to)).CreditsPosted += amount;
        if (transfer.Credit.Kind == AccountKind.Pool)
        {
            Revenue.PoolRule.Feed(ref _pools.Touch(transfer.Credit), amount);
        }

        return Reason.None;
    }
}
