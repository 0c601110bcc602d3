using Gaib.Abstractions.Ports;
using Gaib.Storage.Journal;

namespace Gaib.Storage.Tests.Journal;

/// <summary>One owner at a time, and no frame of an earlier one.</summary>
public sealed class OwnerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gaib-owner-").FullName;
    private readonly JournalOptions _options;

    public OwnerTests() => _options = new JournalOptions { Directory = _folder, SegmentBytes = 64 << 10 };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Append_OwnersFileRemovedAndTakenByAnother_OldOwnerWritesNothingMore()
    {
        // Somebody took the lock's file for a left-over. Now two hold a lock, each on a file of its own.
        await using var old = LocalJournal.Open(_options, _folder);
        await old.DurableAsync(old.Append(new byte[] { 1 }, 1).Frame);
        File.Delete(Path.Combine(_folder, "owner"));
        await using var young = LocalJournal.Open(_options, _folder);
        await young.DurableAsync(young.Append(new byte[] { 2 }, 2).Frame);

        var late = await Assert.ThrowsAsync<JournalUnavailableException>(() => old.DurableAsync(old.Append(new byte[] { 3 }, 3).Frame));
        await young.DurableAsync(young.Append(new byte[] { 4 }, 4).Frame);
        await young.DisposeAsync();

        Assert.Contains("was taken over by another owner", late.Message, StringComparison.Ordinal);
        await using var next = LocalJournal.Open(_options, _folder);
        Assert.Equal([1, 2, 4], next.Replay().Select(frame => (int)frame.Rows.Span[0]));
    }

    /// <summary>A former owner that comes late makes, renames and removes nothing either: a segment that it made would lie over the young one's.</summary>
    [Fact]
    public void Files_TakenByAnother_AreNeitherMadeNorRenamedNorRemovedByTheOldOwner()
    {
        using var old = LocalJournalFiles.Take(_folder, static _ => { });
        File.Delete(Path.Combine(_folder, "owner"));
        using var young = LocalJournalFiles.Take(_folder, static _ => { });
        young.Create("a", 8);
        young.Write("a", 0, [1, 2, 3]);

        Assert.Throws<JournalUnavailableException>(() => old.Create("a", 8));
        Assert.Throws<JournalUnavailableException>(() => old.Rename("a", "b"));
        Assert.Throws<JournalUnavailableException>(() => old.Delete("a"));

        Assert.Equal([1, 2, 3, 0, 0, 0, 0, 0], File.ReadAllBytes(Path.Combine(_folder, "a")));
    }

    [Fact]
    public async Task Durable_OfAnOldFrameAfterAnotherTookOver_IsNotSaidToBeSo()
    {
        // The old owner has nothing to write, and would answer reads out of a state that the young one has changed.
        await using var old = LocalJournal.Open(_options, _folder);
        var frame = old.Append(new byte[] { 1 }, 1).Frame;
        await old.DurableAsync(frame);
        await old.DurableAsync(frame);
        File.Delete(Path.Combine(_folder, "owner"));
        await using var young = LocalJournal.Open(_options, _folder);

        var late = await Assert.ThrowsAsync<JournalUnavailableException>(() => old.DurableAsync(frame));

        Assert.Contains("was taken over by another owner", late.Message, StringComparison.Ordinal);
        await young.DurableAsync(frame);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Open_OwnersFileLostOrOlder_ItsFramesAreReadByTheNextOwner(bool isOlder)
    {
        var owner = Path.Combine(_folder, "owner");
        await WriteAsync(1);
        var first = await File.ReadAllBytesAsync(owner, TestContext.Current.CancellationToken);
        for (var i = 2; i <= 5; i++)
        {
            await WriteAsync(i);
        }

        File.Delete(owner);
        if (isOlder)
        {
            await File.WriteAllBytesAsync(owner, first, TestContext.Current.CancellationToken);
        }

        await WriteAsync(6);
        await WriteAsync(7);

        await using var journal = LocalJournal.Open(_options, _folder);
        Assert.Equal(Enumerable.Range(1, 7), journal.Replay().Select(frame => (int)frame.Rows.Span[0]));
    }

    [Fact]
    public void Open_FrameOfAnEarlierOwnerBehindTheEnd_IsNotTaken()
    {
        // Two owners wrote frame 2: the later one stands in its place, the earlier one behind it.
        var files = new MemoryFiles { Epoch = 4 };
        SmallJournal.Write(files, 100);
        var early = files.Copy();
        early.Epoch = 5;
        SmallJournal.Write(early, 700);
        files.Epoch = 6;
        SmallJournal.Write(files, 200);
        var (from, to) = ((int)FrameHeader.Padded(100), (int)(FrameHeader.Padded(100) + FrameHeader.Padded(200)));
        early[SmallJournal.First].AsSpan(from, (int)FrameHeader.Padded(700)).CopyTo(files[SmallJournal.First].AsSpan(to));

        var opened = SmallJournal.TryOpen(files);

        Assert.Contains($"{SmallJournal.First} is damaged at offset {to}", opened.Refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_OwnersFileCanNotBeMade_IsNotBlamedOnAnotherProcess()
    {
        // A folder is in its place: nobody holds a lock, and nobody is to be stopped.
        Directory.CreateDirectory(Path.Combine(_folder, "owner"));
        var wrong = Record.Exception(() => LocalJournal.Open(_options, _folder));
        Directory.Delete(Path.Combine(_folder, "owner"));
        await using var first = LocalJournal.Open(_options, _folder);

        var locked = Assert.Throws<JournalUnavailableException>(() => LocalJournal.Open(_options, _folder));

        Assert.StartsWith($"{_folder} can't be read: ", Assert.IsType<JournalUnavailableException>(wrong).Message, StringComparison.Ordinal);
        Assert.StartsWith($"{_folder} is owned by another process. ", locked.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(JournalStep.BeforeEpoch)]
    [InlineData(JournalStep.AfterEpoch)]
    [InlineData(JournalStep.AfterLastAgain)]
    public async Task Open_FaultWhileTakingOver_LeavesNoLockBehind(JournalStep at)
    {
        await WriteAsync(1);
        _options.OnStep = step =>
        {
            if (step == at)
            {
                throw new IOException("the disk failed");
            }
        };
        var refused = Assert.Throws<JournalUnavailableException>(() => LocalJournal.Open(_options, _folder));
        _options.OnStep = static _ => { };

        await WriteAsync(2);

        Assert.Equal($"{_folder} can't be read: the disk failed", refused.Message);
    }

    private async Task WriteAsync(int number)
    {
        await using var journal = LocalJournal.Open(_options, _folder);
        await journal.DurableAsync(journal.Append(new[] { (byte)number }, number).Frame);
    }
}
