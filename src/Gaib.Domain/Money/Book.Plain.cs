namespace Gaib.Domain.Money;

public sealed partial class Book
{
    private const int Ahead = 32;

    private readonly (int From, int To)[] _ahead = new (int From, int To)[Ahead];

    // Sums what was looked at ahead, so that looking is not optimised away; nobody reads it.
    private ulong _touched;

    /// <summary>
    /// True for the transfers that make up nearly all of a book: GAIB that moves at once, by itself, in the amount that stands there,
    /// within the book, out of neither a pool nor issuance. They need no chain to take back, since nothing is changed before all is checked.
    /// </summary>
    private bool IsPlain(in Transfer transfer) =>
        transfer is { Phase: TransferPhase.Single, Flags: TransferFlags.None, ExpiresAt: 0, Result: Reason.None }
        && transfer.Of == 0
        && transfer.Asset == AssetId.Gaib
        && transfer.Debit.Kind is not (AccountKind.Pool or AccountKind.Issuance)
        && transfer.Peer == 0
        && (place.Count <= 1 || (place.Holds(transfer.Debit) && place.Holds(transfer.Credit)));

    /// <summary>
    /// Looks up the accounts of the next transfers, one after the other and without doing anything with them, so that the processor
    /// waits for the memory of many at once instead of for each when its turn comes.
    /// </summary>
    private void LookAhead(ReadOnlySpan<Transfer> transfers)
    {
        var next = transfers[..int.Min(transfers.Length, Ahead)];
        var touched = 0UL;
        for (var i = 0; i < next.Length; i++)
        {
            var (from, to) = (HashOf(next[i].Debit), HashOf(next[i].Credit));
            _ahead[i] = ((int)from, (int)to);
            touched += _balances.Peek(from) + _balances.Peek(to);
        }

        for (var i = 0; i < next.Length; i++)
        {
            var from = _balances.Find(new BalanceKey(next[i].Debit, AssetId.Gaib), (uint)_ahead[i].From);
            var to = _balances.Find(new BalanceKey(next[i].Credit, AssetId.Gaib), (uint)_ahead[i].To);
            _ahead[i] = (from, to);
            touched += (from < 0 ? 0 : (ulong)_balances[from].CreditsPending) + (to < 0 ? 0 : (ulong)_balances[to].CreditsPending);
        }

        _touched = touched;
    }

    private static uint HashOf(AccountId account) => (uint)new BalanceKey(account, AssetId.Gaib).GetHashCode();

    /// <summary>Checks a plain transfer as <see cref="ApplyOne"/> would, finding each row once, and posts it or keeps the refusal.</summary>
    private TransferAnswer ApplyPlain(in Transfer asked, (int From, int To) found, BookRows rows)
    {
        var reason = CheckAccounts(asked);
        if (reason == Reason.None)
        {
            reason = PostPlain(asked, found);
        }

        if (reason == Reason.None)
        {
            rows.AddTransfer(asked);
            return new TransferAnswer(Reason.None, asked.Amount);
        }

        rows.AddTransfer(asked with { Result = reason });
        return new TransferAnswer(reason, 0);
    }

    private Reason PostPlain(in Transfer transfer, (int From, int To) found)
    {
        var amount = transfer.Amount;

        // A row that was there stays where it was; one that was not may have been added since.
        var from = found.From >= 0 ? found.From : _balances.Find(new BalanceKey(transfer.Debit, AssetId.Gaib));
        var debit = from < 0 ? default : _balances[from];
        if (amount == 0 || amount >= TotalMax || debit.Available < (Int128)amount)
        {
            return amount == 0 ? Reason.AmountZero : amount >= TotalMax ? Reason.Overflow : Reason.InsufficientFunds;
        }

        var key = new BalanceKey(transfer.Credit, AssetId.Gaib);
        var to = found.To >= 0 ? found.To : _balances.Find(key);
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
