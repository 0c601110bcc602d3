using System.Numerics;

namespace Gaib.Domain.Money;

/// <summary>
/// Compares a state of a book, given by its snapshot's parts, with a refold of its journal up to the same place. What the refold did
/// not keep, because nothing touched it since an earlier snapshot, must be in both snapshots the same.
/// </summary>
public sealed class LedgerComparison
{
    private readonly LedgerRefold _refold;
    private readonly LedgerFaults _faults = new();
    private readonly Dictionary<AssetId, RefoldBalance> _sums = [];
    private readonly Dictionary<AccountId, PoolSum> _poolSums = [];
    private readonly HashSet<UInt128> _reservations = [];
    private int _assets;
    private int _commands;
    private int _nonces;
    private int _notes;
    private int _edges;
    private ulong _writers;
    private int _ephemeral;

    private LedgerComparison(LedgerRefold refold) => _refold = refold;

    /// <summary>Compares.</summary>
    /// <param name="refold">The journal, folded up to the state's place.</param>
    /// <param name="state">The state's parts.</param>
    /// <param name="before">The parts of the snapshot that the refold was made from; null where it began with the first frame.</param>
    /// <returns>What differs.</returns>
    /// <exception cref="InvalidOperationException">The state is of another version or cut short.</exception>
    public static LedgerFaults Run(
        LedgerRefold refold, IEnumerable<ReadOnlyMemory<byte>> state, IEnumerable<ReadOnlyMemory<byte>>? before = null)
    {
        var comparison = new LedgerComparison(refold);
        using var old = comparison.ById(SnapshotRow.Read(before ?? [])).GetEnumerator();
        var hasOld = before is not null && old.MoveNext();
        var isFirst = true;
        foreach (var row in comparison.ById(SnapshotRow.Read(state)))
        {
            if (isFirst != row is SnapshotHead)
            {
                throw new InvalidOperationException("The snapshot does not begin with one head.");
            }

            isFirst = false;

            // Tables keep the order of first use, and reservations that of their ids, so what was there before comes first, in the same order.
            while (hasOld && (old.Current.Section < row.Section || comparison.HasEnded(old.Current)))
            {
                comparison.Missing(old.Current);
                hasOld = old.MoveNext();
            }

            var isOld = hasOld && old.Current.Section == row.Section && old.Current.Key.Equals(row.Key);
            comparison.Take(row, isOld ? old.Current : null);
            hasOld = isOld ? old.MoveNext() : hasOld;
        }

        for (; hasOld; hasOld = old.MoveNext())
        {
            comparison.Missing(old.Current);
        }

        comparison.End();
        return comparison._faults;
    }

    private void Take(SnapshotRow row, SnapshotRow? old)
    {
        Sum(row);
        if (!TakeKnown(row) && row != old)
        {
            _faults.Add(new LedgerFault(
                old is null ? $"{row.Section} has a row that no transfer made" : $"{row.Section} changed without a transfer",
                SubjectOf(row), AssetOf(row), 0, NumberOf(row) - (old is null ? 0 : NumberOf(old)), 0));
        }
    }

    /// <summary>False where the refold knows nothing of the row.</summary>
    private bool TakeKnown(SnapshotRow row)
    {
        switch (row)
        {
            case SnapshotHead head:
                StateRows.Compare(_refold, head, _faults);
                return true;
            case SnapshotAsset { Asset: var asset } when _refold.Assets.TryGetValue(asset.Asset, out var known):
                _assets++;
                _faults.Differ("the asset's record", asset.Asset.ToString(), "", 1, asset == known ? 1 : 0, 0);
                return true;
            case SnapshotBalance balance when _refold.Balances.TryGetValue(balance.Of, out var known):
                known.ComparedBy = this;
                StateRows.Compare(balance, known, _faults);
                return true;
            case SnapshotReservation reservation when _refold.Reservations.TryGetValue(reservation.Id, out var known):
                _reservations.Add(reservation.Id);
                StateRows.Compare(reservation, known, _faults);
                return true;
            case SnapshotPool pool when _refold.Pools.TryGetValue(pool.Account, out var known):
                known.ComparedBy = this;
                StateRows.Compare(pool, known, _faults);
                return true;
            case SnapshotMember { Of: var of } member when _refold.Members.TryGetValue((of.Pool, of.Member), out var known):
                known.ComparedBy = this;
                StateRows.Compare(member, known, _faults);
                return true;
            case SnapshotCommand command when _refold.Commands.TryGetValue(command.Digest, out var sequence):
                _commands++;
                _faults.Differ("the place of the command", $"command {command.Digest}", "", sequence, command.Sequence, sequence);
                return true;
            case SnapshotNonce nonce when _refold.Nonces.Contains((nonce.Of.Account, nonce.Of.Nonce)):
                _nonces++;
                return true;
            case SnapshotNotes notes when _refold.Notes.TryGetValue(notes.Stream, out var known):
                _notes++;
                _faults.Differ("notes of the stream", notes.Stream.ToString(), "", known.Count, notes.Count, 0);
                _faults.Differ("the last note of the stream is another", notes.Stream.ToString(), "", 1, notes.Last == known.Last ? 1 : 0, 0);
                return true;
            case SnapshotSent sent when _refold.Sent.TryGetValue((sent.Of.Peer, sent.Of.Account), out var total):
                _edges++;
                _faults.Differ("the total that has left", SubjectOf(sent), "", total, sent.Total, 0);
                return true;
            case SnapshotSeen seen when _refold.Seen.TryGetValue((seen.Of.Peer, seen.Of.Account), out var total):
                _edges++;
                _faults.Differ("the total that has arrived", SubjectOf(seen), "", total, seen.Total, 0);
                return true;
            case SnapshotWriter { Number: not 0 } writer:
                var isTouched = _refold.Ids.Find(writer.Number) is not null;
                _ephemeral += isTouched ? 1 : 0;
                return isTouched && StateRows.Compare(_refold, writer, writer.Number, _faults);
            case SnapshotWriter writer:
                var number = Writers.FirstIssued + _writers++;
                return StateRows.Compare(_refold, writer, number, _faults);
            default:
                return false;
        }
    }

    private void Sum(SnapshotRow row)
    {
        switch (row)
        {
            case SnapshotBalance { Of: var of, Balance: var balance }:
                var sum = _sums.TryGetValue(of.Asset, out var known) ? known : _sums[of.Asset] = new RefoldBalance();
                sum.DebitsPosted += balance.DebitsPosted;
                sum.CreditsPosted += balance.CreditsPosted;
                sum.DebitsPending += balance.DebitsPending;
                sum.CreditsPending += balance.CreditsPending;
                var left = (BigInteger)balance.CreditsPosted - balance.DebitsPosted - balance.DebitsPending;
                if (left.Sign < 0 && of.Account.Kind is not (AccountKind.Issuance or AccountKind.DueFrom))
                {
                    _faults.Add(new LedgerFault("the balance is below its limit", of.Account.ToString(), of.Asset.ToString(), 0, left, 0));
                }

                if (of.Account.Kind == AccountKind.Pool && of.Asset == AssetId.Gaib)
                {
                    SumOf(of.Account).Held = (BigInteger)balance.CreditsPosted - balance.DebitsPosted;
                }

                break;
            case SnapshotPool pool:
                SumOf(pool.Account).State = pool.State;
                break;
            case SnapshotMember { Of: var of, State: var member }:
                SumOf(of.Pool).Add(member);
                break;
        }
    }

    private PoolSum SumOf(AccountId pool) => _poolSums.TryGetValue(pool, out var known) ? known : _poolSums[pool] = new PoolSum();

    private void Missing(SnapshotRow row)
    {
        if (!HasEnded(row))
        {
            _faults.Add(new LedgerFault($"{row.Section} has lost a row", SubjectOf(row), AssetOf(row), NumberOf(row), 0, 0));
        }
    }

    private bool HasEnded(SnapshotRow row) => row switch
    {
        SnapshotWriter { Number: not 0 } writer => _refold.Ids.HasEnded(writer.Number),
        SnapshotReservation { Id: var id } => _refold.Reservations.TryGetValue(id, out var known) && IsPast(id, (uint)known.ResolvedBy),
        _ => false,
    };

    /// <summary>True of a reservation that was resolved, and whose writer needs its id no more: the book may have it still, and need not.</summary>
    private bool IsPast(UInt128 id, uint resolvedBy) => resolvedBy != 0 && _refold.Ids.IsPast(id);

    /// <summary>
    /// Snapshots of earlier programs have reservations in the order in which they were made, and those of which nothing needs to be known any more.
    /// </summary>
    private IEnumerable<SnapshotRow> ById(IEnumerable<SnapshotRow> rows)
    {
        var reservations = new List<SnapshotReservation>();
        foreach (var row in rows)
        {
            if (row is SnapshotReservation reservation)
            {
                reservations.Add(reservation);
                continue;
            }

            foreach (var waiting in Sorted(reservations))
            {
                yield return waiting;
            }

            reservations.Clear();
            yield return row;
        }

        foreach (var waiting in Sorted(reservations))
        {
            yield return waiting;
        }
    }

    private IEnumerable<SnapshotReservation> Sorted(List<SnapshotReservation> reservations) =>
        reservations.Where(row => !IsPast(row.Id, row.ResolvedBy)).OrderBy(row => row.Id);

    /// <summary>What the refold has and the state has not, and the sums over the whole state.</summary>
    private void End()
    {
        foreach (var (key, balance) in _refold.Balances.Where(row => row.Value.ComparedBy != this))
        {
            _faults.Add(new LedgerFault(
                "the balance is missing", key.Account.ToString(), key.Asset.ToString(), balance.CreditsPosted - balance.DebitsPosted, 0, balance.Sequence));
        }

        foreach (var (id, reservation) in _refold.Reservations.Where(row => !_reservations.Contains(row.Key) && !IsPast(row.Key, (uint)row.Value.ResolvedBy)))
        {
            _faults.Add(new LedgerFault("is missing", StateRows.NameOf(id), "", reservation.Reserve.Amount, 0, 0));
        }

        foreach (var (account, pool) in _refold.Pools.Where(row => row.Value.ComparedBy != this))
        {
            _faults.Add(new LedgerFault("the pool is missing", account.ToString(), "", pool.Fed, 0, pool.Sequence));
        }

        foreach (var ((pool, member), row) in _refold.Members.Where(row => row.Value.ComparedBy != this))
        {
            _faults.Add(new LedgerFault("the member is missing", $"{member} in {pool}", "", row.Entitled, 0, row.Sequence));
        }

        _faults.Differ("assets", "the book", "", _refold.Assets.Count, _assets, _refold.Sequence);
        _faults.Differ("commands", "the book", "", _refold.Commands.Count, _commands, _refold.Sequence);
        _faults.Differ("nonces", "the book", "", _refold.Nonces.Count, _nonces, _refold.Sequence);
        _faults.Differ("streams of notes", "the book", "", _refold.Notes.Count, _notes, _refold.Sequence);
        _faults.Differ("totals between books", "the book", "", _refold.Sent.Count + _refold.Seen.Count, _edges, _refold.Sequence);
        _faults.Differ("writers", "the book", "", _refold.Ids.Count, _writers, _refold.Sequence);
        _faults.Differ("ephemeral writers", "the book", "", _refold.Ids.EphemeralCount, _ephemeral, _refold.Sequence);
        foreach (var (asset, sum) in _sums)
        {
            _faults.Differ("Σ debits and Σ credits", "all accounts", asset.ToString(), sum.DebitsPosted, sum.CreditsPosted, _refold.Sequence);
            _faults.Differ("Σ set aside to go and to arrive", "all accounts", asset.ToString(), sum.DebitsPending, sum.CreditsPending, _refold.Sequence);
        }

        foreach (var (account, sum) in _poolSums)
        {
            sum.Check(account, _faults);
        }
    }

    private static string SubjectOf(SnapshotRow row) => row switch
    {
        SnapshotBalance { Of: var of } => of.Account.ToString(),
        SnapshotReservation reservation => StateRows.NameOf(reservation.Id),
        SnapshotMember { Of: var of } => $"{of.Member} in {of.Pool}",
        SnapshotSent { Of: var of } => $"{of.Account} in {of.Peer}",
        SnapshotSeen { Of: var of } => $"{of.Account} from {of.Peer}",
        _ => row.Key.ToString()!,
    };

    private static string AssetOf(SnapshotRow row) => row is SnapshotBalance { Of: var of } ? of.Asset.ToString() : "";

    /// <summary>The number by which a person knows the row.</summary>
    private static BigInteger NumberOf(SnapshotRow row) => row switch
    {
        SnapshotBalance { Balance: var b } => (BigInteger)b.CreditsPosted - b.DebitsPosted,
        SnapshotReservation reservation => reservation.Amount,
        SnapshotPool { State: var pool } => pool.Fed,
        SnapshotMember { State: var member } => member.Accrued,
        SnapshotCommand command => command.Sequence,
        SnapshotNotes notes => notes.Count,
        SnapshotSent sent => sent.Total,
        SnapshotSeen seen => seen.Total,
        SnapshotWriter writer => writer.Floor,
        _ => 1,
    };
}
