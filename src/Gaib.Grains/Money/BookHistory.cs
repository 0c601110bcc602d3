using Gaib.Abstractions.Ports;
using Gaib.Domain;
using Gaib.Domain.Money;

namespace Gaib.Grains.Money;

/// <summary>
/// Looks transfers up in a book's journal. Each part that takes no more frames has an index beside it, made when it is first needed; the part
/// still written to is indexed in memory as far as it was read. One lookup at a time, and none on the book's own thread.
/// </summary>
internal sealed class BookHistory(IJournalHistory journal) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Dictionary<int, WeakReference<TransferIndex>> _indexes = [];
    private (int Part, TransferIndexBuilder Builder, TransferIndex Index, ulong Frame, uint Place) _last;

    /// <summary>Reads on another thread, in turn.</summary>
    public async Task<T> ReadAsync<T>(Func<BookHistory, T> read)
    {
        await _turn.WaitAsync();
        try
        {
            return await Task.Run(() => read(this));
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The transfer with that id, of the frames up to <paramref name="durable"/>.</summary>
    public LedgerEntry? Find(UInt128 id, ulong durable)
    {
        foreach (var (part, index) in IndexesBackwards(durable))
        {
            if (index.PlaceOf(id) is { } place)
            {
                return Read(part, place);
            }
        }

        return null;
    }

    /// <summary>The applied transfers of an account.</summary>
    public IEnumerable<LedgerEntry> Statement(StatementRange range, ulong durable)
    {
        var indexes = IndexesBackwards(durable);
        foreach (var (part, index) in range.OldestFirst ? indexes.Reverse() : indexes)
        {
            if (index.AppliedAfter < range.From || (range.To != 0 && index.AppliedBefore >= range.To))
            {
                continue;
            }

            var places = index.PlacesOf(range.Account);
            foreach (var place in (range.OldestFirst ? places : places.Reverse()).Where(place => range.To == 0 || place.AppliedBefore < range.To))
            {
                var entry = Read(part, place);
                if (IsOf(entry.Transfer, range.Account) && range.Holds(entry.Sequence))
                {
                    yield return entry;
                }
            }
        }
    }

    public void Dispose()
    {
        journal.Dispose();
        _turn.Dispose();
    }

    private static bool IsOf(in Transfer transfer, AccountId account) =>
        transfer.Result == Reason.None && (transfer.Debit == account || transfer.Credit == account);

    private LedgerEntry Read(int part, TransferPlace place)
    {
        var frame = journal.ReadFrame(part, place.Frame);
        return LedgerEntry.Of(place.AppliedBefore, frame.At, frame.Rows).ElementAt(place.Ordinal);
    }

    private IEnumerable<(int Part, TransferIndex Index)> IndexesBackwards(ulong durable)
    {
        var parts = journal.Parts();
        if (parts.Count > 0)
        {
            // Each index counts on from the one before it, so the missing ones are made from the oldest on.
            MakeMissing(parts);
            yield return (parts[^1], OfLast(parts, durable));
            for (var i = parts.Count - 2; i >= 0; i--)
            {
                yield return (parts[i], Of(parts[i])!);
            }
        }
    }

    private void MakeMissing(IReadOnlyList<int> parts)
    {
        var known = parts.Count - 2;
        while (known >= 0 && Of(parts[known]) is null)
        {
            known--;
        }

        for (var i = known + 1; i < parts.Count - 1; i++)
        {
            var builder = new TransferIndexBuilder(i == 0 ? 0 : Of(parts[i - 1])!.AppliedAfter);
            var last = 0UL;
            foreach (var (place, frame) in journal.ReadPart(parts[i], 0))
            {
                builder.Add(place, frame.At, frame.Rows);
                last = frame.Number;
            }

            var next = journal.ReadPart(parts[i + 1], 0).First().Frame.Number;
            if (last + 1 != next)
            {
                throw new JournalUnavailableException(
                    $"Part {parts[i]} of the journal could be read to frame {last} alone, but the next one begins with {next}. Restore it from a backup.");
            }

            journal.KeepBeside(parts[i], builder.Build());
        }
    }

    private TransferIndex? Of(int part)
    {
        if (_indexes.TryGetValue(part, out var weak) && weak.TryGetTarget(out var known))
        {
            return known;
        }

        var index = journal.ReadBeside(part) is { } bytes ? TransferIndex.Open(bytes) : null;
        if (index is not null)
        {
            _indexes[part] = new WeakReference<TransferIndex>(index);
        }

        return index;
    }

    private TransferIndex OfLast(IReadOnlyList<int> parts, ulong durable)
    {
        var part = parts[^1];
        if (_last.Part != part)
        {
            var builder = new TransferIndexBuilder(parts.Count == 1 ? 0 : Of(parts[^2])!.AppliedAfter);
            _last = (part, builder, TransferIndex.Open(builder.Build())!, 0, 0);
        }

        // The part is written to while it is read. What is durable was written before the question came, so that a second look finds it.
        var before = _last.Frame;
        if (!ReadOn(part, durable) && !ReadOn(part, durable))
        {
            throw new JournalUnavailableException(
                $"Part {part} of the journal could be read to frame {_last.Frame} alone, but frame {durable} was written. Restore it from a backup.");
        }

        if (_last.Frame != before)
        {
            _last.Index = TransferIndex.Open(_last.Builder.Build())!;
        }

        return _last.Index;
    }

    /// <summary>Takes further frames of the last part; false where they end before the one that is durable.</summary>
    private bool ReadOn(int part, ulong durable)
    {
        var before = _last.Frame;
        foreach (var (place, frame) in journal.ReadPart(part, _last.Place).Where(placed => placed.Frame.Number > before))
        {
            if (frame.Number > durable)
            {
                return true;
            }

            _last.Builder.Add(place, frame.At, frame.Rows);
            (_last.Frame, _last.Place) = (frame.Number, place);
        }

        return _last.Frame >= durable;
    }
}
