using Gaib.Abstractions.Ports;
using Gaib.Domain;
using Gaib.Domain.Money;
using Gaib.Storage.Journal;

namespace Gaib.Storage.Tests.Journal;

/// <summary>
/// Journals that earlier programs wrote, kept as bytes. Each has every kind of row, and every one is read as the book that wrote it was: the
/// lines below are what that program printed.
/// </summary>
public sealed class OlderVersionTests : IDisposable
{
    private const int SegmentBytes = 64 << 10;
    private const string SnapshotOfFrame5 = "snapshot-0000000000000005-0000000707.snap";

    private readonly string _folder = Directory.CreateTempSubdirectory("gaib-older-").FullName;
    private readonly JournalOptions _options;

    public OlderVersionTests() => _options = new JournalOptions { Directory = _folder, SegmentBytes = SegmentBytes };

    private string Book => Path.Combine(_folder, "book");

    private string Segment => Path.Combine(Book, Segments.NameOf(1));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("journal-v1.bin", 1)]
    [InlineData("journal-v2.bin", 2)]
    public async Task Open_JournalOfAnEarlierProgram_IsReadAsItWasAndGoneOnWith(string golden, int version)
    {
        Lay(golden);
        Assert.All(Versions(), form => Assert.Equal(version, form));
        await using (var book = await OpenBook.OpenAsync(_options))
        {
            AssertAsItWas(book);
            var first = await book.AskAsync(Transfer3.Writer, Transfer3);
            Assert.Equal([new TransferAnswer(Reason.None, 300)], first);
            var more = new Transfer { Id = Transfer.IdOf(Transfer3.Writer, 17), Debit = Person("c"), Credit = Person("d"), Amount = 30 };
            Assert.Equal([new TransferAnswer(Reason.None, 30)], await book.AskAsync(Transfer3.Writer, more));
        }

        await using var again = await OpenBook.OpenAsync(_options);
        Assert.Equal((Int128)41, again.Book.BalanceOf(Person("d"), AssetId.Gaib).Posted);
        Assert.Equal(FrameHeader.Version, Versions()[^1]);
    }

    [Theory]
    [InlineData("snapshot-v2.snap")]
    [InlineData("snapshot-v3.snap")]
    [InlineData("snapshot-v4.snap")]
    public async Task Open_SnapshotOfAnEarlierProgram_IsReadAndKnowsWhatWasAnswered(string golden)
    {
        Lay("journal-v2.bin");
        File.Copy(Golden(golden), Path.Combine(Book, SnapshotOfFrame5));

        await using var book = await OpenBook.OpenAsync(_options);

        Assert.Equal(5UL, book.Journal.Snapshot!.Position.Frame);
        Assert.Equal([6UL, 7UL], book.Journal.Replay().Select(frame => frame.Number));
        AssertAsItWas(book);

        // The fingerprint of what was answered is the earlier program's.
        Assert.Equal([new TransferAnswer(Reason.None, 300)], await book.AskAsync(Transfer3.Writer, Transfer3));
        Assert.Equal(Reason.IdReused, (await book.AskAsync(Transfer3.Writer, Transfer3 with { Amount = 301 }))[0].Result);
        AssertAsItWas(book);
    }

    [Fact]
    public void Open_SnapshotOfVersion1_IsRefusedAndSaysWhatToDo()
    {
        Lay("journal-v2.bin");
        File.Copy(Golden("snapshot-v1.snap"), Path.Combine(Book, SnapshotOfFrame5));

        var refused = Assert.Throws<JournalUnavailableException>(() => LocalJournal.Open(_options, Book));

        // Its head had no checksum of the form that is known since, so no more can be said of it.
        Assert.Contains("Remove the file to start from", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_FrameOfALaterVersion_IsRefusedAndNamed()
    {
        Lay("journal-v2.bin");
        var bytes = File.ReadAllBytes(Segment);
        bytes[4] = 3;
        bytes.AsSpan(12, 4).Clear();
        var sum = System.IO.Hashing.XxHash32.HashToUInt32(bytes.AsSpan(0, 64));
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(12), sum);
        File.WriteAllBytes(Segment, bytes);

        var refused = Assert.Throws<JournalUnavailableException>(() => LocalJournal.Open(_options, Book));

        Assert.Equal($"{Segment}: a frame of version 3; this program reads 1 to 2.", refused.Message);
    }

    private static Transfer Transfer3 => new()
    {
        Id = Transfer.IdOf(16, 3), Debit = Person("a"), Credit = Person("b"), Amount = 300,
    };

    private static AccountId Person(string name) => AccountId.Person(Address.FromHash(Keccak.HashUtf8(name)));

    private static string Golden(string name) => Path.Combine(AppContext.BaseDirectory, "Journal", "golden", name);

    private static void AssertAsItWas(OpenBook book)
    {
        Assert.Equal(File.ReadAllLines(Golden("balances.txt")).Order(StringComparer.Ordinal), book.Balances.Order(StringComparer.Ordinal));
        Assert.Null(book.Book.Audit());
        Assert.Equal(16UL, book.Book.Sequence);
        Assert.Equal((2UL, 4), (book.Book.LastNote(Keccak.HashUtf8("stream")).Count, book.Book.LastNote(Keccak.HashUtf8("stream")).Last[0]));
        Assert.NotNull(book.Book.SequenceOf(Keccak.HashUtf8("command")));
    }

    /// <summary>Puts an earlier program's frames into a segment of zeros, as it had them.</summary>
    private void Lay(string golden)
    {
        Directory.CreateDirectory(Book);
        var bytes = new byte[SegmentBytes];
        File.ReadAllBytes(Golden(golden)).CopyTo(bytes, 0);
        File.WriteAllBytes(Segment, bytes);
    }

    private int[] Versions()
    {
        var versions = new List<int>();
        using var files = LocalJournalFiles.Watch(Book);
        Segments.Follow(files, Segments.All(files), (header, _) => versions.Add(header.Form));
        return [.. versions];
    }
}
