using System.Collections.Immutable;
using Gaib.Abstractions.Ports;
using Gaib.Domain;
using Gaib.Domain.Money;

namespace Gaib.Grains.Money;

/// <summary>
/// Looks transfers and notes up in a book's journal. Each part that takes no more frames has an index beside it, made when it is first needed; the
/// part still written to is indexed in memory as far as it was read. One lookup at a time, and none on the book's own thread.
/// </summary>
internal sealed partial class BookHistory(IJournalHistory journal) : IDisposable
{
    // Those that were looked at last: lookups are mostly of what came lately, and an index has some megabytes.
    private const int IndexesMax = 4;

    private readonly List<(int Part, TransferIndex Index)> _indexes = [];
    private (int Part, TransferIndexBuilder Builder, TransferIndex? Index, ulong Frame, uint Place) _last;

    /// <summary>Reads on another thread, in turn.</summary>
    public Task<T> ReadAsync<T>(Func<BookHistory, T> read) => journal.RunAsync(() => read(this));

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

    public void Dispose() => journal.Dispose();

    private static bool IsOf(in Transfer transfer, AccountId account) =>
        transfer.Result == Reason.None && (transfer.Debit == account || transfer.Credit == account);

    private LedgerEntry Read(int part, TransferPlace place)
    {
        var frame = journal.ReadFrame(part, place.Frame);
        return LedgerEntry.Of(place.AppliedBefore, frame.At, frame.Rows).ElementAt(place.Ordinal);
    }

    private IEnumerable<(int Part, TransferIndex Index)> IndexesBackwards(ulong durable)
    {
        var parts = ReadUntil(durable);
        for (var i = parts.Count - 1; i >= 0; i--)
        {
            yield return (parts[i], i == parts.Count - 1 ? _last.Index ??= TransferIndex.Open(_last.Builder.Build())! : Made(parts, i));
        }
    }

    /// <summary>The parts, the last one read until the frame that is durable.</summary>
    private IReadOnlyList<int> ReadUntil(ulong durable)
    {
        var parts = journal.Parts();
        if (parts.Count > 0)
        {
            ReadLast(parts, durable);
        }

        return parts;
    }

    /// <summary>The index of a part, made where it is missing. Each counts on from the one before it, so those are made first.</summary>
    private TransferIndex Made(IReadOnlyList<int> parts, int at)
    {
        var known = at;
        while (known >= 0 && Of(parts, known) is null)
        {
            known--;
        }

        for (var i = known + 1; i <= at; i++)
        {
            Make(parts, i);
        }

        return Of(parts, at) ?? throw new JournalUnavailableException($"The index of part {parts[at]} could not be kept beside it. Nothing was changed.");
    }

    private void Make(IReadOnlyList<int> parts, int at)
    {
        var builder = new TransferIndexBuilder(AppliedBefore(parts, at));
        var last = 0UL;
        foreach (var (place, sum, frame) in journal.ReadPart(parts[at], 0))
        {
            builder.Add(frame.Number, place, sum, frame.At, frame.Rows);
            last = frame.Number;
        }

        var next = journal.FirstFrameOf(parts[at + 1]);
        if (last + 1 != next)
        {
            throw new JournalUnavailableException(
                $"Part {parts[at]} of the journal could be read to frame {last} alone, but the next one begins with {next}. Nothing was changed. Restore it from a backup.");
        }

        var bytes = builder.Build();
        journal.KeepBeside(parts[at], bytes);
        Keep(parts[at], TransferIndex.Open(bytes)!);
    }

    private void Keep(int part, TransferIndex index)
    {
        _indexes.RemoveRange(0, int.Max(0, _indexes.Count + 1 - IndexesMax));
        _indexes.Add((part, index));
    }

    private ulong AppliedBefore(IReadOnlyList<int> parts, int at) => at > 0 ? Made(parts, at - 1).AppliedAfter
        : journal.FirstFrameOf(parts[0]) is 1 ? 0UL
        : throw new JournalUnavailableException($"The frames before part {parts[0]} of the journal are missing. Put the segments of the archive back.");

    /// <summary>The index beside a part; null where there is none that tells all of it.</summary>
    private TransferIndex? Of(IReadOnlyList<int> parts, int at)
    {
        var part = parts[at];
        if (_indexes.FindIndex(kept => kept.Part == part) is >= 0 and var place)
        {
            return _indexes[place].Index;
        }

        // A power cut may take the first frame of the next part away after this index was made: this part is written to again then, and ends
        // elsewhere. So may somebody put it beside another part.
        if (journal.ReadBeside(part) is not { } bytes || TransferIndex.Open(bytes) is not { } index
            || index.NextFrame != journal.FirstFrameOf(parts[at + 1]) || index.LastSum != journal.SumAt(part, index.LastPlace))
        {
            return null;
        }

        Keep(part, index);
        return index;
    }

    private void ReadLast(IReadOnlyList<int> parts, ulong durable)
    {
        var part = parts[^1];
        if (_last.Part != part)
        {
            _last = (part, new TransferIndexBuilder(AppliedBefore(parts, parts.Count - 1)), null, 0, 0);
        }

        // The part is written to while it is read. What is durable was written before the question came, so that a second look finds it.
        if (!ReadOn(part, durable) && !ReadOn(part, durable))
        {
            throw new JournalUnavailableException(
                $"Part {part} of the journal could be read to frame {_last.Frame} alone, but frame {durable} was written. Nothing was changed. Restore it from a backup.");
        }
    }

    /// <summary>Takes further frames of the last part; false where they end before the one that is durable.</summary>
    private bool ReadOn(int part, ulong durable)
    {
        var before = _last.Frame;
        if (before >= durable)
        {
            return true;
        }

        foreach (var (place, sum, frame) in journal.ReadPart(part, _last.Place).Where(placed => placed.Frame.Number > before))
        {
            if (frame.Number > durable)
            {
                return true;
            }

            _last.Builder.Add(frame.Number, place, sum, frame.At, frame.Rows);
            (_last.Index, _last.Frame, _last.Place) = (null, frame.Number, place);
        }

        return _last.Frame >= durable;
    }
}
