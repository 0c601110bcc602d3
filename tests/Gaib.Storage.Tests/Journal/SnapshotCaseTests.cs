using Gaib.Abstractions.Ports;
using Gaib.Storage.Journal;

namespace Gaib.Storage.Tests.Journal;

/// <summary>Snapshots that do not fit their journal, or themselves.</summary>
public sealed class SnapshotCaseTests
{
    private const int HeadBytes = 64;
    private const int PartHeadBytes = 24;

    private static readonly byte[][] State = [[1, 1, 1], [2, 2, 2], [3, 3, 3]];

    [Fact]
    public void Open_PartsInAnotherOrder_IsRefused()
    {
        var (files, name) = Written();
        var (first, second) = (PartOf(files[name], 0), PartOf(files[name], 1));
        second.CopyTo(files[name], HeadBytes);
        first.CopyTo(files[name], HeadBytes + second.Length);

        Assert.Contains($"{name} is damaged at offset {HeadBytes}", SmallJournal.TryOpen(files).Refused, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Open_PartMissing_IsRefused(int part)
    {
        var (files, name) = Written();
        var from = HeadBytes + (part * (PartHeadBytes + 3));
        files[name] = [.. files[name][..from], .. files[name][(from + PartHeadBytes + 3)..]];

        Assert.Contains($"{name} is damaged at offset {from}", SmallJournal.TryOpen(files).Refused, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_EndMissing_IsRefused()
    {
        var (files, name) = Written();
        files[name] = files[name][..^PartHeadBytes];

        Assert.Contains($"{name} is damaged at offset {files[name].Length}", SmallJournal.TryOpen(files).Refused, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_HeadOfAnotherSnapshot_IsRefused()
    {
        // Both are of this journal and both are whole; the head says of itself that it belongs under another name.
        var files = new MemoryFiles();
        var log = SmallJournal.Open(files);
        SmallJournal.Append(log, 10);
        log.SaveSnapshot(new JournalPosition(1, 10), log.ChecksumOf(new JournalPosition(1, 10)), Parts(State[0]));
        SmallJournal.Append(log, 20);
        log.SaveSnapshot(new JournalPosition(2, 20), log.ChecksumOf(new JournalPosition(2, 20)), Parts(State));
        var names = SnapshotFile.NewestFirst(files);
        files[names[1]].AsSpan(0, HeadBytes).CopyTo(files[names[0]]);

        Assert.Contains($"{names[0]} is damaged at offset 0", SmallJournal.TryOpen(files).Refused, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_JournalOlderThanTheSnapshot_IsRefusedAndNothingIsCutOff()
    {
        var files = new MemoryFiles();
        var log = SmallJournal.Open(files);
        SmallJournal.Append(log, 100);
        SmallJournal.Append(log, 1_500);
        log.SaveSnapshot(new JournalPosition(2, 1_500), log.ChecksumOf(new JournalPosition(2, 1_500)), Parts(State));

        // The second frame was durable, since a snapshot covers it; now its end is missing as after a cut write.
        files[SmallJournal.First].AsSpan(1_024).Clear();
        var before = files.Copy();
        var opened = SmallJournal.TryOpen(files);

        Assert.Contains("covers frame 2, but the journal ends at frame 1. Nothing was changed.", opened.Refused, StringComparison.Ordinal);
        Assert.True(before.Equal(files));
    }

    [Fact]
    public void Open_JournalNewerThanTheSnapshot_ReadsTheRowsAfterIt()
    {
        var (files, _) = Written();
        var log = SmallJournal.Open(files);
        byte[][] later = [SmallJournal.Append(log, 40), SmallJournal.Append(log, 7_000), SmallJournal.Append(log, 7_000)];

        Assert.Equal([.. State, .. later], SmallJournal.TryOpen(files).Rows);
    }

    [Fact]
    public void Open_SnapshotOfAnotherJournal_IsRefusedAndOneOfTheSameIsTaken()
    {
        var (files, name) = Written();
        var other = new MemoryFiles { Epoch = 9 };
        SmallJournal.Write(other, 100);
        other[name] = files[name];

        Assert.Contains("was made over another frame 1 than the journal has", SmallJournal.TryOpen(other).Refused, StringComparison.Ordinal);
        Assert.Equal(State, SmallJournal.TryOpen(files).Rows);
    }

    [Fact]
    public void Open_NewerOneRemoved_OlderStandsInWithTheRowsAfterIt()
    {
        var files = new MemoryFiles();
        var log = SmallJournal.Open(files);
        SmallJournal.Append(log, 10);
        log.SaveSnapshot(new JournalPosition(1, 10), log.ChecksumOf(new JournalPosition(1, 10)), Parts(State[0]));
        var second = SmallJournal.Append(log, 20);
        log.SaveSnapshot(new JournalPosition(2, 20), log.ChecksumOf(new JournalPosition(2, 20)), Parts(State[1]));
        files.Delete(SnapshotFile.NewestFirst(files)[0]);

        Assert.Equal([State[0], second], SmallJournal.TryOpen(files).Rows);
    }

    [Fact]
    public void SaveSnapshot_DiskFullInTheMiddle_LeavesNothingBehind()
    {
        var files = new MemoryFiles();
        var log = SmallJournal.Open(files);
        SmallJournal.Append(log, 10);
        var writes = 0;
        files.Before = call =>
        {
            if (call == "write" && ++writes == 4)
            {
                throw new IOException("No space is left.");
            }
        };

        Assert.Throws<IOException>(() => log.SaveSnapshot(new JournalPosition(1, 10), log.ChecksumOf(new JournalPosition(1, 10)), Parts(State)));

        Assert.Equal([SmallJournal.First], files.List());
    }

    [Fact]
    public void SaveSnapshot_KilledBeforeItHasItsName_IsClearedAwayByTheNextOwner()
    {
        var files = new MemoryFiles();
        var log = SmallJournal.Open(files, step =>
        {
            if (step == JournalStep.BeforeSnapshotRename)
            {
                throw new InvalidOperationException("killed");
            }
        });
        var rows = SmallJournal.Append(log, 10);
        Assert.Throws<InvalidOperationException>(() => log.SaveSnapshot(new JournalPosition(1, 10), log.ChecksumOf(new JournalPosition(1, 10)), Parts(State)));
        files["journal-00000002.seg.zero"] = new byte[100];
        Assert.Equal(3, files.List().Count);

        Assert.Equal([rows], SmallJournal.TryOpen(files).Rows);
        Assert.Equal([SmallJournal.First], files.List());
    }

    private static (MemoryFiles Files, string Name) Written()
    {
        var files = new MemoryFiles();
        var log = SmallJournal.Open(files);
        SmallJournal.Append(log, 100);
        log.SaveSnapshot(new JournalPosition(1, 100), log.ChecksumOf(new JournalPosition(1, 100)), Parts(State));
        return (files, SnapshotFile.NewestFirst(files).Single());
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Parts(params byte[][] parts) => parts.Select(part => (ReadOnlyMemory<byte>)part);

    private static byte[] PartOf(byte[] snapshot, int number) =>
        snapshot[(HeadBytes + (number * (PartHeadBytes + 3)))..][..(PartHeadBytes + 3)];
}
