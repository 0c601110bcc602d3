using Gaib.Storage.Journal;

namespace Gaib.Storage.Tests.Journal;

/// <summary>Frames and segments that are missing, doubled, exchanged, or of another journal.</summary>
public sealed class GapTests
{
    [Fact]
    public void Open_FrameTakenOutOfTheMiddle_IsRefused()
    {
        var (files, _) = Written();
        var (second, third) = ((int)FrameHeader.Padded(700), (int)(2 * FrameHeader.Padded(700)));
        var segment = files[SmallJournal.First];
        files[SmallJournal.First] = [.. segment[..second], .. segment[third..], .. new byte[third - second]];

        Assert.Contains(
            $"{SmallJournal.First} is damaged at offset {second}: the frame there does not follow frame 1. Nothing was changed.",
            SmallJournal.TryOpen(files).Refused,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Open_FrameWrittenTwice_IsRefused()
    {
        var (files, _) = Written();
        var length = (int)FrameHeader.Padded(700);
        files[SmallJournal.First].AsSpan(0, length).CopyTo(files[SmallJournal.First].AsSpan(length));

        Assert.Contains($"{SmallJournal.First} is damaged at offset {length}: ", SmallJournal.TryOpen(files).Refused, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_LastFrameMisdirectedOverAnEarlierOne_IsRefused()
    {
        // Its own place holds what was there before: zeros.
        var (files, _) = Written();
        var length = (int)FrameHeader.Padded(700);
        var segment = files[SmallJournal.First];
        segment.AsSpan(3 * length, length).CopyTo(segment.AsSpan(length));
        segment.AsSpan(3 * length, length).Clear();

        Assert.Contains(
            $"is damaged at offset {length}: the frame there does not follow frame 1.", SmallJournal.TryOpen(files).Refused, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_SegmentMissingInTheMiddle_IsRefused()
    {
        var (files, _) = Written(segments: 3);
        files.Delete(Segments.NameOf(2));

        Assert.Contains($"{Segments.NameOf(2)} is missing. Nothing was changed.", SmallJournal.TryOpen(files).Refused, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_SegmentsExchanged_IsRefused()
    {
        var (files, _) = Written(segments: 3);
        (files[Segments.NameOf(2)], files[Segments.NameOf(1)]) = (files[Segments.NameOf(1)], files[Segments.NameOf(2)]);

        Assert.Contains($"{SmallJournal.First} begins with frame ", SmallJournal.TryOpen(files).Refused, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_SegmentTwice_IsRefused()
    {
        var (files, _) = Written(segments: 2);
        files[Segments.NameOf(3)] = [.. files[Segments.NameOf(1)]];

        Assert.Contains($"{Segments.NameOf(3)} is damaged at offset 0", SmallJournal.TryOpen(files).Refused, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_SegmentOfAnotherJournal_IsRefused()
    {
        var (files, _) = Written(segments: 3);
        var other = new MemoryFiles { Epoch = 7 };
        SmallJournal.Write(other, [.. Enumerable.Repeat(701, 30)]);
        files[Segments.NameOf(2)] = other[Segments.NameOf(2)];

        Assert.Contains($"{Segments.NameOf(2)} is damaged at offset 0", SmallJournal.TryOpen(files).Refused, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_OneFrameSegmentAfterALostFrameOfZeros_IsNotTakenForATornTail()
    {
        // The frame before is gone with its segment's end, and the one after it is whole: rows of zeros are no missing sectors.
        var files = new MemoryFiles();
        var log = SmallJournal.Open(files);
        Append(log, 3_000);
        Append(log, 4_000);
        Append(log, 4_000);
        var start = (int)FrameHeader.Padded(3_000);
        files[SmallJournal.First].AsSpan(start).Clear();
        var before = files.Copy();

        Assert.Contains(
            $"{Segments.NameOf(2)} is damaged at offset 0: the frame there does not follow frame 1.",
            SmallJournal.TryOpen(files).Refused,
            StringComparison.Ordinal);
        Assert.True(before.Equal(files));

        static void Append(JournalLog log, int length) => log.Append(new byte[FrameHeader.Padded(length)], length, 1);
    }

    [Fact]
    public void Open_Untouched_ReadsEveryFrame()
    {
        var (files, rows) = Written(segments: 3);

        Assert.Equal(rows, SmallJournal.TryOpen(files).Rows);
    }

    private static (MemoryFiles Files, byte[][] Rows) Written(int segments = 1)
    {
        var files = new MemoryFiles();
        var rows = SmallJournal.Write(files, [.. Enumerable.Repeat(700, segments == 1 ? 4 : 10 * segments)]);
        Assert.Equal(segments, files.List().Count);
        return (files, rows);
    }
}
