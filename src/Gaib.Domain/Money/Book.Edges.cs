namespace Gaib.Domain.Money;

/// <summary>
/// Value that comes from other books and goes to them. What leaves is credited to <c>dueTo:book</c> here and counted in a total per payee;
/// what arrives is debited from <c>dueFrom:book</c>. Between the two the totals alone are told.
/// </summary>
public sealed partial class Book
{
    private readonly Table<EdgeKey, SentTotal> _sent = new();
    private readonly Table<EdgeKey, UInt128> _seen = new();
    private readonly Dictionary<uint, Queue<int>> _unsent = [];

    /// <summary>Which of the network's books it is.</summary>
    public BookPlace Place => place;

    /// <summary>How many payees of a book wait to be told at most.</summary>
    public int UnsentOf(uint peer) => _unsent.TryGetValue(peer, out var queue) ? queue.Count : 0;

    /// <summary>
    /// Takes totals that a book is to be told, of the so many that have waited longest. They must be durable here before they are sent; each that is not acknowledged afterwards
    /// is to be given back by <see cref="SendAgain"/>.
    /// </summary>
    public List<EdgeTotal> TakeUnsent(uint peer, int max)
    {
        var taken = new List<EdgeTotal>();
        var queue = _unsent.GetValueOrDefault(peer);
        for (var left = max; left > 0 && queue is not null && queue.TryDequeue(out var index); left--)
        {
            // A chain that was taken back may have left the place of a payee that is none, or is another now, perhaps of another book.
            if (index < _sent.Count && _sent.KeyAt(index).Peer == peer && _sent[index] is { IsQueued: true } edge)
            {
                _sent.Touch(index).IsQueued = false;
                if (edge.Total > edge.Acknowledged)
                {
                    taken.Add(new EdgeTotal(_sent.KeyAt(index).Account, edge.Total, edge.Cause));
                }
            }
        }

        return taken;
    }

    /// <summary>The book has credited so much to the payee in all.</summary>
    public void Acknowledge(uint peer, AccountId payee, UInt128 seen)
    {
        if (_sent.Find(new EdgeKey(peer, payee)) is >= 0 and var index)
        {
            ref var edge = ref _sent.Touch(index);
            edge.Acknowledged = UInt128.Max(edge.Acknowledged, seen);
        }
    }

    /// <summary>It is unknown whether the book has heard of the payee's total, or it could not credit it.</summary>
    public void SendAgain(uint peer, AccountId payee)
    {
        if (_sent.Find(new EdgeKey(peer, payee)) is >= 0 and var index)
        {
            Queue(peer, index, ref _sent.Touch(index));
        }
    }

    /// <summary>After a start nobody knows what was acknowledged: everything is to be told again, unless the peer has seen it all.</summary>
    /// <param name="peer">The other book.</param>
    /// <param name="arrived">What it has credited from this book in all.</param>
    public void Resume(uint peer, UInt128 arrived)
    {
        var isAll = BalanceOf(AccountId.DueTo(peer), AssetId.Gaib).CreditsPosted == arrived;
        for (var i = 0; i < _sent.Count; i++)
        {
            if (_sent.KeyAt(i).Peer != peer)
            {
                continue;
            }

            ref var edge = ref _sent.Touch(i);
            if (isAll)
            {
                edge.Acknowledged = edge.Total;
            }
            else
            {
                Queue(peer, i, ref edge);
            }
        }
    }

    /// <summary>What this book has credited from another one in all.</summary>
    public UInt128 ArrivedFrom(uint peer) => BalanceOf(AccountId.DueFrom(peer), AssetId.Gaib).DebitsPosted;

    /// <summary>Credits what a book has paid to accounts of this one since it was last heard.</summary>
    /// <param name="peer">The payer's book.</param>
    /// <param name="totals">The totals; one answer each.</param>
    /// <param name="now">Unix milliseconds.</param>
    /// <param name="rows">Takes the rows to be made durable before the answers are given out.</param>
    public EdgeAnswer[] Arrive(uint peer, ReadOnlySpan<EdgeTotal> totals, long now, BookRows rows)
    {
        LastAt = long.Max(LastAt, now);
        ExpireDue(rows);
        var answers = new EdgeAnswer[totals.Length];
        for (var i = 0; i < totals.Length; i++)
        {
            answers[i] = Arrive(peer, totals[i], rows);
        }

        return answers;
    }

    private EdgeAnswer Arrive(uint peer, in EdgeTotal told, BookRows rows)
    {
        var seen = _seen.Get(new EdgeKey(peer, told.Payee));
        if (told.Total <= seen)
        {
            return new EdgeAnswer(Reason.None, seen);
        }

        var arrival = new Transfer
        {
            Debit = AccountId.DueFrom(peer), Credit = told.Payee, Amount = told.Total - seen, Cause = told.Cause,
            Flags = TransferFlags.Arrival, Peer = peer + 1,
        };
        var reason = peer >= place.Count || peer == place.Number || !told.Payee.IsValid || IsDue(told.Payee) || !place.Holds(told.Payee)
                ? Reason.WrongBook
            : !IsPoolOrOther(told.Payee) ? Reason.AccountInvalid
            : arrival.Amount >= TotalMax ? Reason.Overflow
            : CheckLimits(arrival);
        if (reason != Reason.None)
        {
            return new EdgeAnswer(reason, seen);
        }

        arrival.Id = Transfer.IdOf(EdgeWriter, ++_ownSequence[EdgeWriter]);
        Post(arrival);
        rows.AddTransfer(arrival);
        return new EdgeAnswer(Reason.None, told.Total);
    }

    /// <summary>The number of the payee's book + 1; 0 where it is this one.</summary>
    private uint PeerOf(in Transfer transfer) =>
        transfer.Asset != AssetId.Gaib || place.Holds(transfer.Credit) ? 0 : place.HomeOf(transfer.Credit) + 1;

    /// <summary>The account of this book that takes what a transfer moves.</summary>
    private static AccountId CreditHere(in Transfer transfer) =>
        transfer.Peer == 0 || transfer.IsArrival ? transfer.Credit : AccountId.DueTo(transfer.Peer - 1);

    private static bool IsDue(AccountId account) => account.Kind is AccountKind.DueTo or AccountKind.DueFrom;

    private void Leave(in Transfer transfer)
    {
        ref var edge = ref _sent.Touch(new EdgeKey(transfer.Peer - 1, transfer.Credit));
        edge.Total += transfer.Amount;
        edge.Cause = transfer.Cause;
        Queue(transfer.Peer - 1, _sent.Find(new EdgeKey(transfer.Peer - 1, transfer.Credit)), ref edge);
    }

    private void Queue(uint peer, int index, ref SentTotal edge)
    {
        if (!edge.IsQueued && edge.Total > edge.Acknowledged)
        {
            edge.IsQueued = true;
            (_unsent.TryGetValue(peer, out var queue) ? queue : _unsent[peer] = []).Enqueue(index);
        }
    }

    /// <summary>Per book the totals of all payees make up its account; null when they do.</summary>
    private string? AuditEdges()
    {
        var sums = new Dictionary<AccountId, UInt128>();
        for (var i = 0; i < _sent.Count; i++)
        {
            var account = AccountId.DueTo(_sent.KeyAt(i).Peer);
            sums[account] = sums.GetValueOrDefault(account) + _sent[i].Total;
        }

        for (var i = 0; i < _seen.Count; i++)
        {
            var account = AccountId.DueFrom(_seen.KeyAt(i).Peer);
            sums[account] = sums.GetValueOrDefault(account) + _seen[i];
        }

        foreach (var (key, balance) in Balances.Where(row => IsDue(row.Key.Account)))
        {
            var total = key.Account.Kind == AccountKind.DueTo ? balance.CreditsPosted - balance.DebitsPosted : balance.DebitsPosted - balance.CreditsPosted;
            if (total != sums.GetValueOrDefault(key.Account))
            {
                return $"{key.Account} has {total}, but its payees' totals make {sums.GetValueOrDefault(key.Account)}.";
            }
        }

        return null;
    }

    internal readonly record struct EdgeKey(uint Peer, AccountId Account)
    {
        public override int GetHashCode() => Account.Key.GetHashCode((uint)Account.Kind, Peer);
    }

    /// <summary>What has left for a payee in total, and how much of it the payee's book has said it has.</summary>
    internal struct SentTotal
    {
        public UInt128 Total;
        public UInt128 Acknowledged;
        public Hash32 Cause;
        public bool IsQueued;
    }
}
