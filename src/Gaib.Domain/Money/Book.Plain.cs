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
        && transfer.Peer == 0
        && ArePlain(transfer.Debit, transfer.Credit);

    private bool ArePlain(AccountId debit, AccountId credit) =>
        debit.Kind is not (AccountKind.Pool or AccountKind.Issuance) && (place.Count <= 1 || (place.Holds(debit) && place.Holds(credit)));

    /// <summary>
    /// Looks up the accounts of the next transfers, one after the other and without doing anything with them, so that the processor
    /// waits for the memory of many at once instead of for each when its turn comes.
    /// </summary>
    private void LookAhead<T>(ReadOnlySpan<T> transfers)
        where T : struct, IMovement
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
        var reason = PostPlain(asked.Debit, asked.Credit, asked.Amount, found);
        rows.AddTransfer(asked with { Result = reason });
        return new TransferAnswer(reason, reason == Reason.None ? asked.Amount : 0);
    }

    /// <summary>What <see cref="CheckAccounts"/> has left to look at where a transfer is plain.</summary>
    private Reason CheckPlainAccounts(AccountId debit, AccountId credit) =>
        debit == credit ? Reason.SameAccount
        : !debit.IsValid || !credit.IsValid || IsDue(debit) || IsDue(credit) || !IsPoolOrOther(credit) ? Reason.AccountInvalid
        : Reason.None;

    private Reason PostPlain(AccountId from, AccountId to, UInt128 amount, (int From, int To) found)
    {
        if (CheckPlainAccounts(from, to) is not Reason.None and var bad)
        {
            return bad;
        }

        // A row that was there stays where it was; one that was not may have been added since.
        var debitAt = found.From >= 0 ? found.From : _balances.Find(new BalanceKey(from, AssetId.Gaib));
        var debit = debitAt < 0 ? default : _balances[debitAt];
        if (amount == 0 || amount >= TotalMax || debit.Available < (Int128)amount)
        {
            return amount == 0 ? Reason.AmountZero : amount >= TotalMax ? Reason.Overflow : Reason.InsufficientFunds;
        }

        var key = new BalanceKey(to, AssetId.Gaib);
        var creditAt = found.To >= 0 ? found.To : _balances.Find(key);
        var credit = creditAt < 0 ? default : _balances[creditAt];
        if (credit.CreditsPosted + credit.CreditsPending + amount >= TotalMax || debit.DebitsPosted + debit.DebitsPending + amount >= TotalMax)
        {
            return Reason.Overflow;
        }

        if (to.Kind == AccountKind.Pool && !Revenue.PoolRule.CanFeed(_pools.Get(to), amount))
        {
            return Reason.PoolFull;
        }

        Sequence++;
        _balances.Touch(debitAt).DebitsPosted += amount;
        (creditAt < 0 ? ref _balances.Touch(key) : ref _balances.Touch(creditAt)).CreditsPosted += amount;
        if (to.Kind == AccountKind.Pool)
        {
            Revenue.PoolRule.Feed(ref _pools.Touch(to), amount);
        }

        return Reason.None;
    }
}
