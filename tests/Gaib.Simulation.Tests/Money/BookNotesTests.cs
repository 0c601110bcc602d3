using Gaib.Abstractions.Ports;
using Gaib.Domain;
using Gaib.Domain.Money;
using Gaib.Grains.Money;
using Gaib.Simulation.Tests.Cluster;
using Gaib.Simulation.Tests.Disk;
using Gaib.Storage.Journal;

namespace Gaib.Simulation.Tests.Money;

/// <summary>A book shows the notes that stood in it when it was asked, all of them, and no others; and an index is believed where it tells its segment alone.</summary>
public sealed class BookNotesTests
{
    private static readonly Hash32 Stream = Keccak.HashUtf8("stream");
    private static readonly Hash32 Other = Keccak.HashUtf8("another one");

    private readonly SimulatedDisk _disk = new(new Random(1), new DiskFaults(), new EventLog());
    private readonly JournalLog _log;

    public BookNotesTests() => _log = new JournalLog(new JournalOptions { SegmentBytes = 4 << 10 }, _disk.Take());

    [Fact]
    public void Notes_OfFramesThatCameLater_AreNotShown()
    {
        Write(1, 2);
        var end = Write(3);
        Write(4);

        Assert.Equal([1, 2, 3], Notes(3, 0, end));
        Assert.Equal([3], Notes(3, 2, end));
        Assert.Empty(Notes(3, 3, end));
    }

    [Fact]
    public void Notes_OfRequestsThatJoinedTheFrameLater_AreNotShown()
    {
        Write(1);
        var end = Write(2, 3, 4);

        Assert.Equal([1, 2, 3], Notes(3, 0, end with { Offset = end.Offset / 3 * 2 }));
    }

    [Fact]
    public void Notes_ThatAreNoLongerThere_AreMissedAndNotLeftOut()
    {
        var end = Write(1, 2);

        var fault = Assert.Throws<JournalUnavailableException>(() => Notes(3, 0, end));
        Assert.Contains("1 of 3 notes", fault.Message, StringComparison.Ordinal);
        Assert.Throws<JournalUnavailableException>(() => Notes(3, 0, end with { Frame = end.Frame + 1 }));
    }

    [Fact]
    public void Notes_OverManySegments_AreShownInOrderAndInPages()
    {
        var (end, count) = (default(JournalPosition), 0);
        for (; count < 120; count += 2)
        {
            end = Write([(byte)count, (byte)(count + 1)], padding: 300);
        }

        var all = Enumerable.Range(0, count).Select(i => (byte)i).ToArray();
        for (var life = 0; life < 2; life++)
        {
            using var history = new BookHistory(new SimulatedHistory(_disk));
            Assert.Equal(all, history.Notes(Stream, (ulong)count, 0, int.MaxValue, end).Select(note => note[0]));
            Assert.Equal(all[5..15], history.Notes(Stream, (ulong)count, 5, 10, end).Select(note => note[0]));
            Assert.Equal(all[117..], history.Notes(Stream, (ulong)count, 117, 10, end).Select(note => note[0]));
        }

        Assert.True(_disk.Beside.Count > 5, $"{_disk.Beside.Count} indexes");
    }

    /// <summary>A power cut took the first frame of the next segment away, and a shorter one went into the segment that had an index already.</summary>
    [Fact]
    public void Notes_OfASegmentThatWentOnAfterItsIndexWasMade_AreAllShown()
    {
        var written = new List<byte>();
        while (Segment() == 1)
        {
            written.Add((byte)written.Count);
            Write([written[^1]], padding: 700);
        }

        var end = new JournalPosition(_log.LastNumber, 1 << 10);
        Assert.Equal(written, Notes(written.Count, 0, End(end)));
        Assert.NotNull(_disk.Beside.GetValueOrDefault(1));

        // The same journal, whose last frame never came: the rest of its first segment takes another one.
        var again = new SimulatedDisk(new Random(1), new DiskFaults(), new EventLog());
        again.Beside[1] = _disk.Beside[1];
        var log = new JournalLog(new JournalOptions { SegmentBytes = 4 << 10 }, again.Take());
        foreach (var note in written.SkipLast(1))
        {
            Write(log, [note], 700);
        }

        var shorter = Write(log, [99], 0);
        Write(log, [100], 700);
        using var history = new BookHistory(new SimulatedHistory(again));
        Assert.Equal([.. written.SkipLast(1), 99], history.Notes(Stream, (ulong)written.Count, 0, int.MaxValue, shorter).Select(note => note[0]));
    }

    [Fact]
    public void Notes_WithTheIndexOfAnotherSegment_AreAllShown()
    {
        var (end, count) = (default(JournalPosition), 0);
        for (; count < 40; count++)
        {
            end = Write([(byte)count], padding: 700);
        }

        Assert.Equal(count, Notes(count, 0, end).Count());
        (_disk.Beside[2], _disk.Beside[3]) = (_disk.Beside[3], _disk.Beside[2]);

        Assert.Equal(Enumerable.Range(0, count).Select(i => (byte)i), Notes(count, 0, end));
    }

    private int Segment() => new SimulatedHistory(_disk).Parts() is [.., var last] ? last : 1;

    private JournalPosition End(JournalPosition end) => end with
    {
        Offset = (uint)Segments.FromFirst(_disk.Watch()).Last().Rows.Length,
    };

    private IEnumerable<byte> Notes(int count, int after, JournalPosition end)
    {
        using var history = new BookHistory(new SimulatedHistory(_disk));
        return history.Notes(Stream, (ulong)count, (ulong)after, int.MaxValue, end).Select(note => note[0]);
    }

    private JournalPosition Write(params byte[] notes) => Write(_log, notes, 0);

    private JournalPosition Write(byte[] notes, int padding) => Write(_log, notes, padding);

    /// <summary>A frame with a note each, and after them one of another stream that has so many bytes.</summary>
    private static JournalPosition Write(JournalLog log, byte[] notes, int padding)
    {
        var rows = new BookRows();
        foreach (var note in notes)
        {
            rows.AddNote(new Note(Stream, [note]));
        }

        if (padding > 0)
        {
            rows.AddNote(new Note(Other, [.. new byte[padding]]));
        }

        var frame = new byte[FrameHeader.Padded(rows.Written.Length)];
        rows.Written.CopyTo(frame.AsSpan(FrameHeader.Size));
        log.Append(frame, rows.Written.Length, 0);
        return new JournalPosition(log.LastNumber, (uint)rows.Written.Length);
    }
}
