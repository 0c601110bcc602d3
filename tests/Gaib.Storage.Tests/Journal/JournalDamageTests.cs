using Gaib.Abstractions.Ports;
using Gaib.Storage.Journal;

namespace Gaib.Storage.Tests.Journal;

/// <summary>
/// What a disk may do to a journal: a write that was cut short is taken away and said, anything else that is not as it was written
/// refuses to open. Never does a frame that was acknowledged go missing in silence.
/// </summary>
public sealed class JournalDamageTests : IDisposable
{
    private static readonly int[] Rows = [30, 700, 5, 1_500];

    private readonly string _folder = Directory.CreateTempSubdirectory("gaib-damage-").FullName;
    private readonly JournalOptions _options;

    public JournalDamageTests() => _options = new JournalOptions { Directory = _folder, SegmentBytes = 64 << 10 };

    private string Book => Path.Combine(_folder, "book");

    private string Segment => Path.Combine(Book, Segments.NameOf(1));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Open_AnyBitOfAnyFrameFlipped_IsRefusedAndChangesNothing()
    {
        var whole = await WriteAsync();
        var end = (int)Rows.Sum(rows => FrameHeader.Padded(rows));
        for (var at = 0; at < end; at++)
        {
            var bytes = whole.ToArray();
            bytes[at] ^= (byte)(1 << (at % 8));
            await File.WriteAllBytesAsync(Segment, bytes, TestContext.Current.CancellationToken);

            var fault = Record.Exception(() => LocalJournal.Open(_options, Book));

            Assert.True(fault is JournalUnavailableException, $"byte {at}: {fault}");
            Assert.Contains(Segments.NameOf(1), fault!.Message, StringComparison.Ordinal);
            Assert.Equal(bytes, await File.ReadAllBytesAsync(Segment, TestContext.Current.CancellationToken));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Open_SectorsOfTheLastFrameMissing_CutsItOffAndSaysSo(bool early)
    {
        var whole = await WriteAsync();
        var end = (int)Rows.Sum(rows => FrameHeader.Padded(rows));
        var start = end - (int)FrameHeader.Padded(Rows[^1]);
        var cuts = Enumerable.Range((start / 512) + 1, (end - 1) / 512 - (start / 512)).Select(sector => sector * 512).Prepend(start);
        foreach (var cut in cuts)
        {
            // A disk writes sectors in any order: what is missing may be the end, or the beginning.
            var bytes = whole.ToArray();
            bytes.AsSpan(early ? start..int.Max(cut, start + 512 - (start % 512)) : cut..end).Clear();
            await File.WriteAllBytesAsync(Segment, bytes, TestContext.Current.CancellationToken);

            await using var journal = LocalJournal.Open(_options, Book);

            Assert.Equal(Rows[..^1], journal.Replay().Select(frame => frame.Rows.Length));
            var nothing = !early && cut == start;
            Assert.Equal(nothing ? "" : $"{Segment}: a torn frame after frame 3 was cut off at offset {start}; it was never acknowledged.", journal.Mended);
            await journal.DurableAsync(journal.Append(new byte[] { 1 }, 9).Frame);
        }
    }

    [Fact]
    public async Task Read_FrameDamagedThatOthersFollow_IsRefusedAndNotCutShort()
    {
        var whole = await WriteAsync();
        var store = new LocalJournalStore(new Microsoft.Extensions.Options.OptionsWrapper<JournalOptions>(_options));
        Assert.Equal(Rows, store.Read("book").Select(frame => frame.Rows.Length));

        var second = (int)FrameHeader.Padded(Rows[0]);
        whole[second + FrameHeader.Size + 9] ^= 4;
        await File.WriteAllBytesAsync(Segment, whole, TestContext.Current.CancellationToken);

        var fault = Assert.Throws<JournalUnavailableException>(() => store.Read("book").Count());
        Assert.StartsWith($"{Segment} is damaged at offset {second}: frame 2 is unreadable, but a later frame", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 64)]
    [InlineData(64, 32)]
    public async Task Open_BytesOfAnotherSnapshotOverThisOne_IsRefused(int offset, int count)
    {
        await using (var journal = LocalJournal.Open(_options, Book))
        {
            foreach (var state in new[] { 1L, 2L })
            {
                var at = journal.Append(new byte[] { 1, 2, 3 }, state);
                await journal.DurableAsync(at.Frame);
                await journal.SaveSnapshotAsync(at, [BitConverter.GetBytes(state)], TestContext.Current.CancellationToken);
            }
        }

        // A write of the newer one that went to the older: every piece of it is whole, and only together they are wrong.
        var (older, newer) = Directory.GetFiles(Book, "*.snap").Order(StringComparer.Ordinal).ToArray() is [var first, var second] ? (first, second) : default;
        var bytes = await File.ReadAllBytesAsync(older, TestContext.Current.CancellationToken);
        (await File.ReadAllBytesAsync(newer, TestContext.Current.CancellationToken)).AsSpan(offset, count).CopyTo(bytes.AsSpan(offset));
        await File.WriteAllBytesAsync(older, bytes, TestContext.Current.CancellationToken);
        File.Delete(newer);

        var fault = Assert.ThrowsAny<JournalUnavailableException>(() =>
        {
            using var files = LocalJournalFiles.Take(Book, static _ => { });
            _ = new JournalLog(_options, files).Snapshot!.Parts().Count();
        });
        Assert.StartsWith($"{older} is damaged at offset {offset}.", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_SegmentMissing_IsRefused()
    {
        await using (var journal = LocalJournal.Open(_options, Book))
        {
            for (var i = 0; i < 400; i++)
            {
                await journal.DurableAsync(journal.Append(new byte[600], i).Frame);
            }
        }

        var names = Directory.GetFiles(Book, "*.seg").Order(StringComparer.Ordinal).ToArray();
        Assert.True(names.Length >= 4);
        File.Delete(names[1]);
        var gap = Assert.Throws<JournalUnavailableException>(() => LocalJournal.Open(_options, Book));
        File.Delete(names[0]);
        var start = Assert.Throws<JournalUnavailableException>(() => LocalJournal.Open(_options, Book));

        Assert.Contains($"{Segments.NameOf(2)} is missing", gap.Message, StringComparison.Ordinal);
        Assert.Contains("no snapshot covers the frames before it", start.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_SnapshotOfAnotherJournal_IsRefused()
    {
        await WriteAsync();
        var other = Path.Combine(_folder, "other");
        await using (var journal = LocalJournal.Open(_options, other))
        {
            await journal.DurableAsync(journal.Append(new byte[31], 1).Frame);
            await journal.SaveSnapshotAsync(new JournalPosition(1, 31), [new byte[] { 7 }], TestContext.Current.CancellationToken);
        }

        var snapshot = Directory.GetFiles(other, "*.snap").Single();
        File.Copy(snapshot, Path.Combine(Book, Path.GetFileName(snapshot)));
        var fault = Assert.Throws<JournalUnavailableException>(() => LocalJournal.Open(_options, Book));
        File.Delete(Path.Combine(Book, Path.GetFileName(snapshot)));
        await using var again = LocalJournal.Open(_options, Book);

        Assert.Contains("was made over another frame 1 than the journal has", fault.Message, StringComparison.Ordinal);
        Assert.Equal(Rows, again.Replay().Select(frame => frame.Rows.Length));
    }

    [Fact]
    public async Task Open_SnapshotBeyondTheJournal_IsRefused()
    {
        await WriteAsync();
        await using (var journal = LocalJournal.Open(_options, Book))
        {
            await journal.SaveSnapshotAsync(new JournalPosition(4, 1_500), [new byte[] { 7 }], TestContext.Current.CancellationToken);
        }

        var bytes = await File.ReadAllBytesAsync(Segment, TestContext.Current.CancellationToken);
        bytes.AsSpan((int)Rows[..^1].Sum(rows => FrameHeader.Padded(rows))).Clear();
        await File.WriteAllBytesAsync(Segment, bytes, TestContext.Current.CancellationToken);
        var fault = Assert.Throws<JournalUnavailableException>(() => LocalJournal.Open(_options, Book));

        Assert.Contains("covers frame 4, but the journal ends at frame 3", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SaveSnapshot_SecondOne_PutsCoveredSegmentsAsideAndHistoryStaysWhole()
    {
        await using (var journal = LocalJournal.Open(_options, Book))
        {
            for (var i = 1; i <= 600; i++)
            {
                var at = journal.Append(BitConverter.GetBytes(i).Concat(new byte[600]).ToArray(), i);
                await journal.DurableAsync(at.Frame);
                if (i % 200 == 0)
                {
                    await journal.SaveSnapshotAsync(at, [BitConverter.GetBytes(i)], TestContext.Current.CancellationToken);
                }
            }
        }

        var options = new Microsoft.Extensions.Options.OptionsWrapper<JournalOptions>(_options);
        Assert.True(Directory.GetFiles(Path.Combine(Book, "archive"), "*.seg").Length >= 2);
        Assert.Equal(2, Directory.GetFiles(Book, "*.snap").Length);
        Assert.Equal(
            Enumerable.Range(1, 600), new LocalJournalStore(options).Read("book").Select(frame => BitConverter.ToInt32(frame.Rows.Span)));
        await using var again = LocalJournal.Open(_options, Book);
        Assert.Equal(600, BitConverter.ToInt32(again.Snapshot!.Parts().Single().Span));
        Assert.Empty(again.Replay());

        // The older of the two snapshots starts too, should the newer one be spoilt.
        await again.DisposeAsync();
        File.Delete(Directory.GetFiles(Book, "*.snap").Order(StringComparer.Ordinal).Last());
        await using var older = LocalJournal.Open(_options, Book);
        Assert.Equal(400, BitConverter.ToInt32(older.Snapshot!.Parts().Single().Span));
        Assert.Equal(Enumerable.Range(401, 200), older.Replay().Select(frame => BitConverter.ToInt32(frame.Rows.Span)));
    }

    /// <summary>Four frames of random bytes, and the segment that holds them.</summary>
    private async Task<byte[]> WriteAsync()
    {
        var random = new Random(1);
        await using (var journal = LocalJournal.Open(_options, Book))
        {
            foreach (var rows in Rows)
            {
                var bytes = new byte[rows];
                random.NextBytes(bytes);
                await journal.DurableAsync(journal.Append(bytes, 1).Frame);
            }
        }

        return await File.ReadAllBytesAsync(Segment, TestContext.Current.CancellationToken);
    }
}
