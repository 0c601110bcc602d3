using Gaib.Storage.Journal;

namespace Gaib.Storage.Tests.Journal;

/// <summary>
/// Every bit of a small journal flipped, every length that it can be cut to: it is refused, with the file and the place, or it reads as it was
/// written. It never reads as anything else.
/// </summary>
public sealed class EveryByteTests
{
    private static readonly int[] Lengths = [30, 700, 5, 1_500, 480];
    private static readonly string Segment = SmallJournal.First;
    private static readonly int End = (int)Lengths.Sum(length => FrameHeader.Padded(length));

    [Fact]
    public void Open_AnyBitOfTheSegmentFlipped_IsRefusedOrChangesNothing()
    {
        var whole = new MemoryFiles();
        var rows = SmallJournal.Write(whole, Lengths);
        var (refused, mended) = (0, 0);
        for (var bit = 0; bit < 8 * SmallJournal.SegmentBytes; bit++)
        {
            var files = whole.Copy();
            files[Segment][bit / 8] ^= (byte)(1 << (bit % 8));
            var spoilt = files.Copy();

            var opened = SmallJournal.TryOpen(files);

            if (opened.Rows is null)
            {
                AssertNamesThePlace(opened.Refused!, bit / 8);
                Assert.True(spoilt.Equal(files), $"bit {bit} was refused and yet something was changed");
                refused++;
                continue;
            }

            // Only in what was never written, and then it is written over with zeros.
            Assert.True(bit / 8 >= End, $"bit {bit} of a frame was passed over");
            Assert.Equal(rows, opened.Rows);
            Assert.Contains("was cut off at offset", opened.Mended, StringComparison.Ordinal);
            Assert.True(whole.Equal(files));
            mended++;
        }

        // Near the end a flip may be the beginning of a frame that was written whole: it is refused too.
        Assert.Equal((8 * (End + FrameHeader.Size), 8 * (SmallJournal.SegmentBytes - End - FrameHeader.Size)), (refused, mended));
    }

    /// <summary>
    /// Rows are what somebody sent. Where they look like frames of later on, or of a later program, a torn frame of them is a torn tail all the same.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Open_TornFrameWhoseRowsLookLikeLaterFrames_IsCutOff(int lost)
    {
        var files = new MemoryFiles();
        var rows = SmallJournal.Write(files, Lengths);
        var end = (int)Lengths.Sum(length => FrameHeader.Padded(length));
        var (frame, at) = (new byte[FrameHeader.Padded(2_048)], FrameHeader.Size);
        for (var forged = 0UL; at + 88 <= FrameHeader.Size + 2_048; forged++, at += 88)
        {
            FrameHeader.Seal(frame.AsSpan(at, 88), 7, ulong.MaxValue, forged % 2 == 0 ? ulong.MaxValue : 7 + forged, 5, SmallJournal.SegmentBytes, forged);
            if (forged % 3 == 0)
            {
                frame[at + 4] = 3;
                frame.AsSpan(at + 12, 4).Clear();
                System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(
                    frame.AsSpan(at + 12), System.IO.Hashing.XxHash32.HashToUInt32(frame.AsSpan(at, 64)));
            }
        }

        var log = SmallJournal.Open(files);
        log.Append(frame, 2_048, 1_010);
        var sector = ((end / 512) + lost) * 512;
        files[Segment].AsSpan(sector, 512).Clear();

        var opened = SmallJournal.TryOpen(files);

        Assert.Null(opened.Refused);
        Assert.Equal(rows, opened.Rows);
        Assert.Contains("was cut off at offset", opened.Mended, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_SegmentCutShortAtAnyByte_IsRefused()
    {
        var whole = new MemoryFiles();
        SmallJournal.Write(whole, Lengths);
        for (var length = 0; length < SmallJournal.SegmentBytes; length++)
        {
            var files = whole.Copy();
            files[Segment] = files[Segment][..length];

            var opened = SmallJournal.TryOpen(files);

            Assert.True(opened.Rows is null, $"a file of {length} bytes was taken");
            Assert.Contains(Segment, opened.Refused, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Open_OneOfTwoSegmentsCutShortAtAnyByte_IsRefused(int index)
    {
        var whole = new MemoryFiles();
        SmallJournal.Write(whole, 3_000, 3_000, 900, 3_000, 700);
        Assert.Equal(2, whole.List().Count(name => name.EndsWith(".seg", StringComparison.Ordinal)));
        for (var length = 0; length < SmallJournal.SegmentBytes; length++)
        {
            var files = whole.Copy();
            files[Segments.NameOf(index)] = files[Segments.NameOf(index)][..length];

            Assert.True(SmallJournal.TryOpen(files).Rows is null, $"segment {index} of {length} bytes was taken");
        }
    }

    [Fact]
    public void Open_LastFrameWrittenUpToAnyByte_IsCutOffOrRefusedButNeverRead()
    {
        var whole = new MemoryFiles();
        var rows = SmallJournal.Write(whole, Lengths);
        var start = End - (int)FrameHeader.Padded(Lengths[^1]);
        var (mended, refused) = (0, 0);
        for (var cut = start + 1; cut < End; cut++)
        {
            var files = whole.Copy();
            files[Segment].AsSpan(cut..End).Clear();

            var opened = SmallJournal.TryOpen(files);

            if (opened.Rows is null)
            {
                // No sector of it is missing whole, as a cut write leaves it.
                AssertNamesThePlace(opened.Refused!, start);
                refused++;
                continue;
            }

            Assert.Equal(rows[..^1], opened.Rows);
            Assert.Contains($"a torn frame after frame {Lengths.Length - 1} was cut off at offset {start}", opened.Mended, StringComparison.Ordinal);
            Assert.False(files[Segment].AsSpan(start).ContainsAnyExcept((byte)0));
            mended++;
        }

        Assert.Equal(End - start - 1, mended + refused);
        Assert.True(mended > 400 && refused > 0, $"{mended} cut off, {refused} refused");
    }

    [Fact]
    public void Open_AnyBitOfASnapshotFlipped_IsRefused()
    {
        var (whole, name) = WithSnapshot();
        for (var bit = 0; bit < 8 * whole[name].Length; bit++)
        {
            var files = whole.Copy();
            files[name][bit / 8] ^= (byte)(1 << (bit % 8));

            var opened = SmallJournal.TryOpen(files);

            Assert.True(opened.Rows is null, $"bit {bit} of a snapshot was passed over");
            Assert.Contains($"{name} is damaged at offset ", opened.Refused, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Open_SnapshotCutShortAtAnyByte_IsRefused()
    {
        var (whole, name) = WithSnapshot();
        for (var length = 0; length < whole[name].Length; length++)
        {
            var files = whole.Copy();
            files[name] = files[name][..length];

            var opened = SmallJournal.TryOpen(files);

            Assert.True(opened.Rows is null, $"a snapshot of {length} bytes was taken");
            Assert.Contains($"{name} is damaged at offset ", opened.Refused, StringComparison.Ordinal);
        }
    }

    private static (MemoryFiles Files, string Name) WithSnapshot()
    {
        var files = new MemoryFiles();
        var log = SmallJournal.Open(files);
        SmallJournal.Append(log, 100);
        var end = new Abstractions.Ports.JournalPosition(1, 100);
        log.SaveSnapshot(end, log.ChecksumOf(end), [new byte[] { 1, 2, 3 }, new byte[] { 4, 5 }]);
        SmallJournal.Append(log, 50);
        return (files, files.List().Single(name => name.EndsWith(".snap", StringComparison.Ordinal)));
    }

    /// <summary>The file, and the beginning of the frame in which the byte lies.</summary>
    private static void AssertNamesThePlace(string refused, int at)
    {
        var start = 0;
        foreach (var length in Lengths.Select(rows => (int)FrameHeader.Padded(rows)).TakeWhile(length => at >= start + length))
        {
            start += length;
        }

        Assert.Contains($"{Segment} is damaged at offset {start}: ", refused, StringComparison.Ordinal);
        Assert.Contains("Nothing was changed.", refused, StringComparison.Ordinal);
    }
}
