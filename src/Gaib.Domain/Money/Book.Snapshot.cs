using System.Collections.Immutable;
using Gaib.Domain.Revenue;

namespace Gaib.Domain.Money;

public sealed partial class Book
{
    /// <summary>
    /// The state as it is now, for writing it down on another thread while this book goes on. Takes microseconds: rows are shared, and
    /// copied in blocks as the book changes them.
    /// </summary>
    public FrozenBook Freeze() => new(
        Sequence, LastAt, [.. _ownSequence], [.. _assets.Values], _balances.Freeze(), _reservations.Freeze(), _pools.Freeze(), _members.Freeze(),
        _commands.Freeze(), _nonces.Freeze(), _notes.Freeze(), _sent.Freeze(), _seen.Freeze(), [.. _writers.All.Select(writer => writer.Freeze())], _writers.NextEphemeral);

    /// <summary>Reads what <see cref="FrozenBook.Parts"/> wrote.</summary>
    /// <exception cref="InvalidOperationException">The snapshot is of another version or cut short.</exception>
    public static Book Thaw(IEnumerable<ReadOnlyMemory<byte>> parts, BookPlace place = default)
    {
        var book = new Book(place);
        var (ended, first, version) = (false, true, FrozenBook.Version);
        foreach (var part in parts)
        {
            var from = new RowReader(part.Span);
            var section = FrozenBook.SectionOf(from.UInt32(), version);
            if (first != (section == SnapshotSection.Head) || ended)
            {
                throw new InvalidOperationException("The snapshot's parts are out of order.");
            }

            var count = from.UInt32();
            version = first ? new RowReader(part.Span[8..]).UInt32() : version;
            first = false;
            ended = section == SnapshotSection.End;
            for (var row = 0; row < count; row++)
            {
                book.ThawRow(section, ref from);
            }
        }

        return ended ? book : throw new InvalidOperationException("The snapshot is cut short.");
    }

    private void ThawRow(SnapshotSection section, ref RowReader from)
    {
        switch (section)
        {
            case SnapshotSection.Head:
                ThawHead(ref from);
                break;
            case SnapshotSection.Assets:
                Register(new AssetRecord(new AssetId(from.UInt64()), from.Account(), from.UInt64() == 1, from.Hash()));
                break;
            case SnapshotSection.Balances:
                var key = new BalanceKey(from.Account(), new AssetId(from.UInt64()));
                _balances.Touch(key) = new Balance(from.UInt128(), from.UInt128(), from.UInt128(), from.UInt128());
                break;
            case SnapshotSection.Reservations:
                ThawReservation(ref from);
                break;
            case SnapshotSection.Pools:
                ThawPool(ref from);
                break;
            case SnapshotSection.Members:
                ThawMember(ref from);
                break;
            case SnapshotSection.Commands:
                ThawCommand(ref from);
                break;
            case SnapshotSection.Nonces:
                _nonces.Touch(new NonceKey(from.Address(), from.UInt128())) = from.Hash();
                break;
            case SnapshotSection.Notes:
                _notes.Touch(from.Hash()) = new NoteStream(from.UInt64(), [.. from.Bytes()]);
                break;
            case SnapshotSection.Sent:
                var sent = new EdgeKey(from.UInt32(), from.Account());
                _sent.Touch(sent) = new SentTotal { Total = from.UInt128(), Cause = from.Hash() };
                break;
            case SnapshotSection.Seen:
                _seen.Touch(new EdgeKey(from.UInt32(), from.Account())) = from.UInt128();
                break;
            case SnapshotSection.Writers:
                _writers.TryGet(_writers.Open(from.Hash()), out var writer);
                ThawWriter(writer, ref from);
                break;
            case SnapshotSection.Ephemeral:
                ThawWriter(_writers.OpenEphemeral(from.UInt64(), LastAt), ref from);
                break;
            default:
                throw new InvalidOperationException($"The snapshot has a part of the unknown kind {section}.");
        }
    }

    private void ThawHead(ref RowReader from)
    {
        var version = FrozenBook.Readable(from.UInt32());
        (Sequence, LastAt) = (from.UInt64(), from.Int64());
        for (var i = 0; i < _ownSequence.Length; i++)
        {
            _ownSequence[i] = from.UInt64();
        }

        _writers.NextEphemeral = version < FrozenBook.VersionWithEphemeral ? Writers.FirstEphemeral : from.UInt64();
        _balances.Reserve((int)from.UInt32());
        _members.Reserve((int)from.UInt32());
        _commands.Reserve((int)from.UInt32());
        _nonces.Reserve(_commands.Count);
    }

    private void ThawReservation(ref RowReader from)
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

        if (!reservation.Open)
        {
            _resolved.Enqueue(id);
        }
    }

    private void ThawPool(ref RowReader from) => _pools.Touch(from.Account()) = new PoolState
    {
        Acc = from.UInt128(),
        Rem = from.UInt64(),
        Unallocated = from.UInt128(),
        Fed = from.UInt128(),
        Weight = from.UInt64(),
        Asset = new AssetId(from.UInt64()),
    };

    private void ThawMember(ref RowReader from)
    {
        var key = new MemberKey(from.Account(), from.Account());
        TouchMember(key.Pool, key.Member) = new PoolMember
        {
            Weight = from.UInt64(),
            Accrued = from.UInt128(),
            Fraction = from.UInt64(),
            PaidAcc = from.UInt128(),
            Collected = from.UInt128(),
        };
    }

    private void ThawCommand(ref RowReader from)
    {
        var (digest, sequence) = (from.Hash(), from.UInt64());
        var answers = ImmutableArray.CreateBuilder<TransferAnswer>((int)from.UInt32());
        while (answers.Count < answers.Capacity)
        {
            answers.Add(new TransferAnswer(Reason.None, from.UInt128()));
        }

        _commands.Touch(digest) = new CommandAnswer(answers.MoveToImmutable(), sequence);
    }

    private static void ThawWriter(Writers.Writer writer, ref RowReader from)
    {
        writer.RaiseFloor(from.UInt64());
        for (var count = from.UInt32(); count > 0; count--)
        {
            var (sequence, fingerprint) = (from.UInt64(), from.UInt64());
            writer.Remember(sequence, fingerprint, new TransferAnswer((Reason)from.UInt32(), from.UInt128()));
        }
    }
}
