using System.Text;
using Gaib.Abstractions.Ports;
using Gaib.Storage.Journal;

namespace Gaib.Storage.Tests.Journal;

public sealed class LocalJournalTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gaib-journal-").FullName;
    private readonly JournalOptions _options;

    public LocalJournalTests() => _options = new JournalOptions { Directory = _folder, SegmentBytes = 64 << 10 };

    private string Book => Path.Combine(_folder, "book");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Reopen_AfterManySegments_ReadsEveryFrameInOrder()
    {
        var expected = new List<string>();
        await using (var journal = LocalJournal.Open(_options, Book))
        {
            for (var i = 0; i < 500; i++)
            {
                expected.Add(new string((char)('a' + (i % 26)), 1 + (i * 7 % 900)));
                await journal.DurableAsync(journal.Append(Bytes(expected[^1]), 1_000 + i).Frame);
            }
        }

        Assert.True(Files(files => Segments.All(files).Count) > 3);
        await using var again = LocalJournal.Open(_options, Book);
        var frames = again.Replay().ToList();
        Assert.Equal(expected, frames.Select(f => Encoding.UTF8.GetString(f.Rows.Span)));
        Assert.Equal(Enumerable.Range(1, 500).Select(i => (ulong)i), frames.Select(f => f.Number));
        Assert.Equal(Enumerable.Range(1_000, 500).Select(i => (long)i), frames.Select(f => f.At));
        Assert.Equal("", again.Mended);
    }

    [Fact]
    public async Task Append_WhileAFlushIsUnderWay_SharesTheNextFrame()
    {
        using var hold = new ManualResetEventSlim(false);
        _options.OnStep = step =>
        {
            if (step == JournalStep.AfterWrite)
            {
                hold.Wait(TestContext.Current.CancellationToken);
            }
        };
        await using var journal = LocalJournal.Open(_options, Book);
        var first = journal.Append(Bytes("first"), 1).Frame;
        SpinWait.SpinUntil(() => journal.DurableAsync(first + 1).IsCompleted && !journal.DurableAsync(first).IsCompleted, 20);
        var second = Enumerable.Range(0, 50).Select(i => journal.Append(Bytes("x"), 2).Frame).Distinct().ToList();
        hold.Set();
        await Task.WhenAll(second.Select(journal.DurableAsync));
        Assert.InRange(second.Count, 1, 2);
    }

    [Fact]
    public async Task Damage_BeforeTheTail_RefusesToOpenAndNamesThePlace()
    {
        await WriteFrames(5);
        Corrupt(Path.Combine(Book, Segments.NameOf(1)), FrameHeader.Size + 3);
        var fault = Assert.Throws<JournalUnavailableException>(() => LocalJournal.Open(_options, Book));
        Assert.Contains("damaged at offset 0", fault.Message, StringComparison.Ordinal);
        Assert.Contains("journal-00000001.seg", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(JournalStep.BeforeWrite, 1)]
    [InlineData(JournalStep.AfterWrite, 2)]
    [InlineData(JournalStep.AfterFlush, 2)]
    public async Task Fault_AtAStep_IsToldToTheCallerAndKeepsWhatWasAcknowledged(JournalStep at, int frames)
    {
        await using (var journal = LocalJournal.Open(_options, Book))
        {
            await journal.DurableAsync(journal.Append(Bytes("kept"), 1).Frame);
            _options.OnStep = step => { if (step == at) { throw new IOException("disk full"); } };
            var number = journal.Append(Bytes("unknown"), 2).Frame;
            await Assert.ThrowsAsync<JournalUnavailableException>(() => journal.DurableAsync(number));
            Assert.Throws<JournalUnavailableException>(() => { journal.Append(Bytes("later"), 3); });
        }

        _options.OnStep = static _ => { };
        await using var again = LocalJournal.Open(_options, Book);
        Assert.Equal(frames, again.Replay().Count());
        Assert.Equal("kept", Encoding.UTF8.GetString(again.Replay().First().Rows.Span));
    }

    [Fact]
    public async Task Open_WhileAnotherOwns_IsRefused()
    {
        await using var journal = LocalJournal.Open(_options, Book);
        Assert.Throws<JournalUnavailableException>(() => LocalJournal.Open(_options, Book));
    }

    [Fact]
    public async Task Snapshot_CoversItsFrames_AndADamagedOneIsNamed()
    {
        await using (var journal = LocalJournal.Open(_options, Book))
        {
            await journal.DurableAsync(journal.Append(Bytes("one"), 1).Frame);
            await journal.SaveSnapshotAsync(new JournalPosition(1, 3), ["state"u8.ToArray(), "-1"u8.ToArray()], TestContext.Current.CancellationToken);
            await journal.DurableAsync(journal.Append(Bytes("two"), 2).Frame);
            await journal.SaveSnapshotAsync(new JournalPosition(2, 1), ["state-2"u8.ToArray()], TestContext.Current.CancellationToken);
            await journal.DurableAsync(journal.Append(Bytes("three"), 3).Frame);
        }

        await using (var journal = LocalJournal.Open(_options, Book))
        {
            Assert.Equal("state-2", State(journal));
            Assert.Equal(["wo", "three"], journal.Replay().Select(f => Encoding.UTF8.GetString(f.Rows.Span)));
        }

        // A damaged snapshot is not passed over in silence: whoever removes it knows that an older one is used.
        var newest = Directory.GetFiles(Book, "*.snap").Order(StringComparer.Ordinal).Last();
        Corrupt(newest, 90);
        await using (var journal = LocalJournal.Open(_options, Book))
        {
            var fault = Assert.Throws<JournalUnavailableException>(() => State(journal));
            Assert.Contains($"{newest} is damaged at offset 64", fault.Message, StringComparison.Ordinal);
        }

        File.Delete(newest);
        await using var again = LocalJournal.Open(_options, Book);
        Assert.Equal(("state-1", 1UL), (State(again), again.Snapshot!.Position.Frame));
        Assert.Equal([2UL, 3UL], again.Replay().Select(f => f.Number));
    }

    [Fact]
    public async Task EachOwner_RaisesTheEpoch()
    {
        await WriteFrames(1);
        await WriteFrames(1);
        var epochs = new List<ulong>();
        Files(files => Segments.Follow(files, Segments.All(files), (header, _) => epochs.Add(header.Epoch)));
        Assert.Equal([1UL, 2UL], epochs);
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private async Task WriteFrames(int count)
    {
        await using var journal = LocalJournal.Open(_options, Book);
        for (var i = 0; i < count; i++)
        {
            await journal.DurableAsync(journal.Append(Bytes($"frame {i} with some rows in it"), i).Frame);
        }
    }

    private T Files<T>(Func<IJournalFiles, T> look)
    {
        using var files = LocalJournalFiles.Watch(Book);
        return look(files);
    }

    private static string State(LocalJournal journal) =>
        string.Concat(journal.Snapshot!.Parts().Select(part => Encoding.UTF8.GetString(part.Span)));

    private static void Corrupt(string path, int offset)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        var one = new byte[1];
        RandomAccess.Read(file, one, offset);
        one[0] ^= 0x5A;
        RandomAccess.Write(file, one, offset);
    }
}
