using System.Runtime.InteropServices;
using Gaib.Simulation.Tests.Cluster;
using Gaib.Simulation.Tests.Disk;

namespace Gaib.Simulation.Tests.Audit;

/// <summary>
/// What the book was after each frame, as the auditor says, and the frames' own bytes: which state a journal stands for when it opens,
/// and whether it may stand for less than was answered.
/// </summary>
/// <remarks>
/// Where a disk acknowledges what it does not keep, one thing can't be told from a true end by any journal that lies on that disk alone:
/// that every frame after some place is gone, and at that place stands nothing, or a frame of which a whole sector is missing, which is
/// what a write looks like that a power cut tore and nobody was told of; or another frame, whole, that an earlier owner told nobody of. That is counted, and ends the world. Everything else must be refused.
/// Not simulated: a disk that lies about the file of owners' numbers, or about the single files of grains, which have checksums of their own.
/// </remarks>
internal sealed class FrameHistory(SimulatedDisk disk, EventLog log, BookSite site)
{
    private const int Sector = 512;

    private readonly SortedDictionary<ulong, LedgerAuditor.State> _after = new() { [0] = LedgerAuditor.State.Empty };
    private readonly SortedDictionary<ulong, byte[]> _bytes = [];
    private readonly List<(ulong Number, byte[] Bytes)> _untold = [];
    private ulong _answered;
    private long _latest;
    private ulong _answeredBeforeMending;

    /// <summary>The auditor as the book stood when it was opened last.</summary>
    public LedgerAuditor Last { get; private set; } = new(site);

    /// <summary>What the book was after the last frame that is durable.</summary>
    public LedgerAuditor.State Durable => _after[_answered];

    /// <summary>What the book was after a frame.</summary>
    public LedgerAuditor.State After(ulong number) => _after[number];

    /// <summary>A frame is about to be written, or, where there are bytes, it is durable and its callers are told.</summary>
    public void Keep(ulong number, long at, byte[] bytes, LedgerAuditor auditor)
    {
        if (bytes.Length == 0)
        {
            _latest = long.Max(_latest, auditor.Now.At);
            _after[number] = auditor.Now with { At = at };
            return;
        }

        if (_bytes.TryGetValue(number, out var earlier) && !earlier.AsSpan().SequenceEqual(bytes))
        {
            _untold.Add((number, earlier));
        }

        _bytes[number] = bytes;
        _answered = at == SimulatedJournal.NotTold ? _answered : number;
        _answeredBeforeMending = disk.HasMendedALie ? _answeredBeforeMending : _answered;
    }

    /// <summary>A journal was opened at a frame, and the book read from it.</summary>
    /// <returns>False when frames that were answered are gone in a way that nothing could tell; then the world ends.</returns>
    public bool Open(ulong number, AuditedBook book)
    {
        log.Write($"opened at {number}");
        if (!_after.TryGetValue(number, out var state))
        {
            log.Blame($"frame {number} was never written");
            return false;
        }

        if (number < _answered)
        {
            CheckLoss(number, book.Journal!.Snapshot?.Position.Frame ?? 0);
            return false;
        }

        if (disk.HasLied && IsAnother(number))
        {
            return false;
        }

        foreach (var later in _after.Keys.Where(frame => frame > number).ToList())
        {
            _after.Remove(later);
        }

        (_answered, book.Auditor.Now) = (number, state);

        // A snapshot may have been made after requests that left no rows: then the book has seen a later moment than its last frame says,
        // but none at which something was due.
        var at = book.Book.LastAt;
        log.Expect(true, at >= state.At && at <= _latest && (state.Due.Count == 0 || state.Due[0].At > at), "the book's time is one that it has seen");
        book.Auditor.Now = state with { At = at };
        if (book.Auditor.Compare(book.Book) is { } differs)
        {
            log.Blame($"opened at frame {number}: {differs}");
        }

        Last = book.Auditor.Copy();
        return true;
    }

    /// <summary>
    /// True where the last frame is gone, and one stands in its place that an earlier owner wrote and told nobody of: it follows the same
    /// frame, so that it is as good as the other to whoever knows the disk alone.
    /// </summary>
    private bool IsAnother(ulong number)
    {
        var segments = disk.Segments.ToArray();
        bool Stands(byte[] bytes) => segments.Any(segment => IndexOf(segment.Bytes, bytes) >= 0);
        var isAnother = _bytes.TryGetValue(number, out var last) && !Stands(last) && _untold.Exists(row => row.Number == number && Stands(row.Bytes));
        if (isAnother)
        {
            log.See("undetectable: another frame for the last one");
        }

        return isAnother;
    }

    /// <summary>The segments that a start reads: those before the one with the snapshot's last frame it leaves alone, whatever else stands there.</summary>
    private (string Name, byte[] Bytes)[] SegmentsFrom(ulong covered)
    {
        var all = disk.Segments.ToArray();
        var first = Array.FindLastIndex(all, segment => _bytes.Any(row => row.Key <= covered && segment.Bytes.AsSpan().StartsWith(row.Value)));
        return all[int.Max(0, first)..];
    }

    private void CheckLoss(ulong number, ulong covered)
    {
        // What was mended under a lie may have been answered before, and is in no backup; what was answered since has no such excuse.
        if (!disk.HasLied && _answered > _answeredBeforeMending)
        {
            log.Blame($"frame {_answered} was answered and is gone: {number}");
            return;
        }

        var segments = SegmentsFrom(covered);
        var whole = from row in _bytes
            where row.Key > number
            from segment in segments
            let place = IndexOf(segment.Bytes, row.Value)
            where place >= 0
            select $"frame {row.Key} stands there whole, in {segment.Name} at {place}";
        if (whole.FirstOrDefault() is { } found)
        {
            log.Blame($"opened at frame {number} of {string.Join(", ", disk.Names)}, though {found}");
        }

        var next = _bytes[number + 1];
        var (bytes, at) = PlaceAfter(number, segments);
        log.See(!LooksUnwritten(bytes, at, next.Length) ? "missed damage" : bytes.AsSpan(at, int.Min(next.Length, bytes.Length - at)).ContainsAnyExcept((byte)0)
            ? "undetectable: last frames lost in part" : "undetectable: last frames lost whole");
        if (!LooksUnwritten(bytes, at, next.Length))
        {
            log.Blame($"opened at frame {number}, though frame {number + 1} was written whole and has changed");
        }
    }

    private (byte[] Bytes, int At) PlaceAfter(ulong number, (string Name, byte[] Bytes)[] segments)
    {
        if (number > 0)
        {
            var last = _bytes[number];
            for (var i = 0; i < segments.Length; i++)
            {
                if (IndexOf(segments[i].Bytes, last) is >= 0 and var at)
                {
                    var end = at + last.Length;
                    return end + _bytes[number + 1].Length <= segments[i].Bytes.Length || i + 1 == segments.Length
                        ? (segments[i].Bytes, end)
                        : (segments[i + 1].Bytes, 0);
                }
            }
        }

        return segments.Length == 0 ? ([], 0) : (segments[0].Bytes, 0);
    }

    /// <summary>True where a whole sector of the place is zero: a write that was cut looks so.</summary>
    private static bool LooksUnwritten(byte[] bytes, int at, int length)
    {
        var end = int.Min(at + length, bytes.Length);
        for (var from = at; from < end;)
        {
            var to = int.Min(((from / Sector) + 1) * Sector, end);
            if (!bytes.AsSpan(from, to - from).ContainsAnyExcept((byte)0))
            {
                return true;
            }

            from = to;
        }

        return at >= end;
    }

    private static int IndexOf(byte[] segment, byte[] frame)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(segment.AsSpan(0, segment.Length & ~7));
        return words.IndexOf(MemoryMarshal.Cast<byte, ulong>(frame)) is >= 0 and var at ? 8 * at : -1;
    }
}
