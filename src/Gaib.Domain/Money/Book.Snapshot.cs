using System.Collections.Immutable;
using Gaib.Domain.Revenue;

namespace Gaib.Domain.Money;

public sealed partial class Book
{
    /// <summary>Version of the snapshot's layout.</summary>
    public const uint SnapshotVersion = 1;

    /// <summary>Writes the whole state, so that a restart needs only the frames after it.</summary>
    public void WriteSnapshot(RowBody to)
    {
        to.Write(SnapshotVersion).Write(Sequence).Write(LastAt);
        foreach (var own in _ownSequence)
        {
            to.Write(own);
        }

        WriteList(to, [.. _assets.Values], (body, a) =>
            body.Write((long)a.Asset.Value).Write(a.Pool).Write(a.Frozen ? 1UL : 0UL).Write(a.Cause));
        WriteList(to, [.. Balances], (body, b) => Write(body.Write(b.Key.Account).Write(b.Key.Asset.Value), b.Balance));
        WriteList(to, [.. Enumerable.Range(0, _reservations.Count)], (body, i) => Write(body, _reservations.KeyAt(i), _reservations[i]));
        WriteList(to, [.. Pools], (body, p) => Write(body.Write(p.Account), p.State));
        WriteList(to, [.. Enumerable.Range(0, _members.Count)], (body, i) =>
            Write(body.Write(_members.KeyAt(i).Pool).Write(_members.KeyAt(i).Member), _members[i]));
        WriteList(to, [.. _nonces], WriteCommand);
        WriteList(to, [.. _notes], (body, n) => body.Write(n.Key).Write(n.Value.Count).Write(n.Value.Last.AsSpan()));
        WriteList(to, [.. _writers.All], WriteWriter);
    }

    /// <summary>Reads what <see cref="WriteSnapshot"/> wrote.</summary>
    /// <exception cref="InvalidOperationException">The snapshot is of another version or cut short.</exception>
    public static Book ReadSnapshot(ReadOnlySpan<byte> bytes)
    {
        var from = new RowReader(bytes);
        if (from.UInt32() is var version && version != SnapshotVersion)
        {
            throw new InvalidOperationException($"The snapshot has version {version}; this program reads {SnapshotVersion}.");
        }

        var book = new Book { Sequence = from.UInt64(), LastAt = from.Int64() };
        for (var i = 0; i < book._ownSequence.Length; i++)
        {
            book._ownSequence[i] = from.UInt64();
        }

        book.ReadMoney(ref from);
        book.ReadPools(ref from);
        book.ReadAnswers(ref from);
        return book;
    }

    private void ReadMoney(ref RowReader from)
    {
        for (var left = from.UInt64(); left > 0; left--)
        {
            Register(new AssetRecord(new AssetId(from.UInt64()), from.Account(), from.UInt64() == 1, from.Hash()));
        }

        for (var left = from.UInt64(); left > 0; left--)
        {
            var key = new BalanceKey(from.Account(), new AssetId(from.UInt64()));
            _balances.Touch(key) = new Balance(from.UInt128(), from.UInt128(), from.UInt128(), from.UInt128());
        }

        for (var left = from.UInt64(); left > 0; left--)
        {
            var id = from.UInt128();
            var reservation = new Reservation
            {
                Debit = from.Account(),
                Credit = from.Account(),
                Asset = new AssetId(from.UInt64()),
                Amount = from.UInt128(),
                ExpiresAt = from.Int64(),
                ResolvedBy = (TransferPhase)from.UInt32(),
            };
            _reservations.Touch(id) = reservation;
            if (reservation is { Open: true, ExpiresAt: not 0 })
            {
                _expiries.Enqueue(id, (reservation.ExpiresAt, id));
            }
        }
    }

    private void ReadPools(ref RowReader from)
    {
        for (var left = from.UInt64(); left > 0; left--)
        {
            _pools.Touch(from.Account()) = new PoolState
            {
                Acc = from.UInt128(),
                Rem = from.UInt64(),
                Unallocated = from.UInt128(),
                Fed = from.UInt128(),
                Weight = from.UInt64(),
                Asset = new AssetId(from.UInt64()),
            };
        }

        for (var left = from.UInt64(); left > 0; left--)
        {
            var key = new MemberKey(from.Account(), from.Account());
            _members.Touch(key) = new PoolMember
            {
                Weight = from.UInt64(),
                Accrued = from.UInt128(),
                Fraction = from.UInt64(),
                PaidAcc = from.UInt128(),
                Collected = from.UInt128(),
            };
            if (key.Member.Kind == AccountKind.Pool)
            {
                AddParent(key.Member, key.Pool);
            }
        }
    }

    private void ReadAnswers(ref RowReader from)
    {
        for (var left = from.UInt64(); left > 0; left--)
        {
            var (account, nonce, digest, sequence) = (from.Address(), from.UInt128(), from.Hash(), from.UInt64());
            var answers = ImmutableArray.CreateBuilder<TransferAnswer>();
            for (var count = from.UInt64(); count > 0; count--)
            {
                answers.Add(new TransferAnswer(Reason.None, from.UInt128()));
            }

            _nonces.Add((account, nonce), digest);
            _commands.Add(digest, new CommandAnswer(answers.DrainToImmutable(), sequence));
        }

        for (var left = from.UInt64(); left > 0; left--)
        {
            var stream = from.Hash();
            _notes.Add(stream, (from.UInt64(), [.. from.Bytes()]));
        }

        for (var left = from.UInt64(); left > 0; left--)
        {
            _writers.TryGet(_writers.Open(from.Hash()), out var writer);
            writer.RaiseFloor(from.UInt64());
            for (var count = from.UInt64(); count > 0; count--)
            {
                var (sequence, fingerprint) = (from.UInt64(), from.UInt64());
                writer.Remember(sequence, fingerprint, new TransferAnswer((Reason)from.UInt32(), from.UInt128()));
            }
        }
    }

    private static void WriteList<T>(RowBody to, List<T> rows, Action<RowBody, T> write)
    {
        to.Write((ulong)rows.Count);
        rows.ForEach(row => write(to, row));
    }

    private static void Write(RowBody to, in Balance balance) =>
        to.Write(balance.DebitsPosted).Write(balance.CreditsPosted).Write(balance.DebitsPending).Write(balance.CreditsPending);

    private static void Write(RowBody to, UInt128 id, in Reservation r) =>
        to.Write(id).Write(r.Debit).Write(r.Credit).Write(r.Asset.Value).Write(r.Amount).Write(r.ExpiresAt).Write((uint)r.ResolvedBy);

    private static void Write(RowBody to, in PoolState p) =>
        to.Write(p.Acc).Write(p.Rem).Write(p.Unallocated).Write(p.Fed).Write(p.Weight).Write(p.Asset.Value);

    private static void Write(RowBody to, in PoolMember m) =>
        to.Write(m.Weight).Write(m.Accrued).Write(m.Fraction).Write(m.PaidAcc).Write(m.Collected);

    private void WriteCommand(RowBody to, KeyValuePair<(Address Account, UInt128 Nonce), Hash32> nonce)
    {
        var answer = _commands[nonce.Value];
        to.Write(nonce.Key.Account).Write(nonce.Key.Nonce).Write(nonce.Value).Write(answer.Sequence);
        WriteList(to, [.. answer.Answers], (body, a) => body.Write(a.Amount));
    }

    private static void WriteWriter(RowBody to, Writers.Writer writer)
    {
        to.Write(writer.Name).Write(writer.Floor);
        WriteList(to, [.. writer.Answers], (body, a) =>
            body.Write(a.Sequence).Write(a.Fingerprint).Write((uint)a.Answer.Result).Write(a.Answer.Amount));
    }
}
