using System.Buffers.Binary;
using Gaib.Domain.Money;
using static Gaib.Domain.Tests.Money.BookWorld;

namespace Gaib.Domain.Tests.Money;

/// <summary>Rows and snapshots are read as they were written, and nothing else is read.</summary>
public sealed class BookRowTests
{
    private const int Header = 12;

    private static readonly Transfer Sample = Move(Alice, Pool, 3) with
    {
        Id = Transfer.IdOf(16, 2), Of = 4, Cause = Model, Asset = Shares, ExpiresAt = 5, Phase = TransferPhase.Void, Flags = TransferFlags.Closing,
        Result = Reason.TooOld,
    };

    [Fact]
    public void Rows_OfEveryKind_AreReadAsTheyWereWritten()
    {
        var (asset, frozen) = (new AssetRecord(Shares, Pool, false, Model), new AssetRecord(new AssetId(ulong.MaxValue), Alice, true, Model));
        var command = Command(Alice, 7, -8) with { Type = "Ä", Payload = new string('x', 5_000) };
        var rows = new BookRows();
        Assert.True(rows.IsEmpty);
        rows.AddTransfer(Sample);
        rows.AddTransfer(Sample with { Amount = 4 });
        rows.AddCommand(command, 9);
        rows.AddAsset(asset);
        rows.AddAsset(frozen);
        rows.AddWriter(Model);
        rows.AddTransfer(Sample);
        rows.AddFloor(16, 11);
        rows.AddTransfer(Sample);
        rows.AddNote(new Note(Model, [1, 2, 3]));
        rows.AddEphemeralWriter(1UL << 63);
        rows.AddWriterEnd(7);
        Assert.False(rows.IsEmpty);
        var read = BookRow.Read(rows.Written.ToArray()).ToList();
        Assert.Equal([Sample, Sample with { Amount = 4 }, Sample, Sample], read.OfType<TransferRow>().Select(row => row.Transfer));
        Assert.Equal("TTCAAWTFTNEW", string.Concat(read.Select(row => row.GetType().Name[0])));
        var commanded = Assert.Single(read.OfType<CommandRow>());
        Assert.Equal((command, 9UL), (commanded.Command with { Signature = command.Signature }, commanded.Sequence));
        Assert.Equal(command.Signature.AsEnumerable(), commanded.Command.Signature);
        Assert.Equal([new(asset), new AssetRow(frozen)], read.OfType<AssetRow>());
        Assert.Equal(new WriterRow(Model), Assert.Single(read.OfType<WriterRow>()));
        Assert.Equal(new EphemeralWriterRow(1UL << 63), Assert.Single(read.OfType<EphemeralWriterRow>()));
        Assert.Equal(new WriterEndRow(7), Assert.Single(read.OfType<WriterEndRow>()));
        Assert.Equal(new FloorRow(16, 11), Assert.Single(read.OfType<FloorRow>()));
        var note = Assert.Single(read.OfType<NoteRow>()).Note;
        Assert.Equal(Model, note.Stream);
        Assert.Equal([1, 2, 3], note.Bytes);
    }

    [Fact]
    public void Transfers_InARow_ShareARunUntilAnotherRowComes()
    {
        var (rows, other) = (new BookRows(), new BookRows());
        rows.AddTransfer(Sample);
        rows.AddTransfer(Sample);
        Assert.Equal(Header + (2 * Transfer.SizeInBytes), rows.Written.Length);
        Assert.Equal(
            [1U, 2U, 2U * Transfer.SizeInBytes],
            Enumerable.Range(0, 3).Select(i => BinaryPrimitives.ReadUInt32LittleEndian(rows.Written[(4 * i)..])));
        rows.Append(other);
        rows.AddTransfer(Sample);
        Assert.Equal(Header + (3 * Transfer.SizeInBytes), rows.Written.Length);
        other.AddTransfer(Sample);
        rows.Append(other);
        rows.AddTransfer(Sample);
        Assert.Equal((3 * Header) + (5 * Transfer.SizeInBytes), rows.Written.Length);
        Assert.Equal(5, BookRow.Read(rows.Written.ToArray()).Count());
        Assert.True(rows.Clear().IsEmpty);
        rows.AddTransfer(Sample);
        Assert.Equal(Sample, Assert.IsType<TransferRow>(Assert.Single(BookRow.Read(rows.Written.ToArray()))).Transfer);
    }

    [Fact]
    public void Floors_AreTheBytesOfTheFormat()
    {
        var rows = new BookRows();
        rows.AddFloor(0x10, 0x0102030405060708);
        Assert.Equal(
            Convert.FromHexString("05000000" + "01000000" + "10000000" + "1000000000000000" + "0807060504030201"), rows.Written.ToArray());
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(11u)]
    public void Row_OfAnUnknownKind_IsNotRead(uint kind)
    {
        var rows = new BookRows();
        rows.AddWriter(Model);
        var bytes = rows.Written.ToArray();
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, kind);
        Assert.Equal($"Unknown row kind {kind}.", Assert.Throws<InvalidOperationException>(() => BookRow.Read(bytes).ToList()).Message);
    }

    [Fact]
    public void Row_CutShort_SaysByHowMuch()
    {
        var body = new RowBody();
        body.Write(1u);
        var thrown = Assert.Throws<InvalidOperationException>(() => new RowReader(body.Written).UInt64());
        Assert.Equal("The row ends 4 bytes early.", thrown.Message);
        Assert.True(new RowReader([]).AtEnd);
        Assert.False(new RowReader(body.Written).AtEnd);
    }

    [Fact]
    public void Body_OfEveryType_IsReadAsItWasWritten()
    {
        var body = new RowBody();
        body.Write(new byte[300]).Clear();
        body.Write(Model).Write(Alice.Key).Write(Pool).Write(uint.MaxValue).Write(ulong.MaxValue - 1).Write(-2L).Write(UInt128.MaxValue - 2);
        body.Write([4, 5]).Write("Grüße").Write(Sample).Write(new byte[1_000]);
        var reader = new RowReader(body.Written);
        Assert.Equal((Model, Alice.Key, Pool), (reader.Hash(), reader.Address(), reader.Account()));
        Assert.Equal((uint.MaxValue, ulong.MaxValue - 1, -2L), (reader.UInt32(), reader.UInt64(), reader.Int64()));
        Assert.Equal(UInt128.MaxValue - 2, reader.UInt128());
        Assert.Equal([4, 5], reader.Bytes().ToArray());
        Assert.Equal(("Grüße", Sample), (reader.Text(), reader.Transfer()));
        Assert.Equal(1_000, reader.Bytes().Length);
        Assert.True(reader.AtEnd);
    }

    [Fact]
    public void Replay_OfARowThatDoesNotFit_IsRefused()
    {
        var rows = new BookRows();
        rows.AddFloor(99, 1);
        var thrown = Assert.Throws<InvalidOperationException>(() => new Book().Replay(rows.Written.ToArray(), 1));
        Assert.Equal("The row FloorRow { Writer = 99, Floor = 1 } does not fit the book.", thrown.Message);
    }

    [Fact]
    public void Notes_OfAStream_AreCountedAndTheLastIsKept()
    {
        var world = new BookWorld().Fund(Alice, 10);
        Assert.Equal((0UL, []), world.Book.LastNote(Model));
        var request = new BookRequest { Writer = world.Writer, Notes = [new(Model, [1]), new(Keccak.HashUtf8("other"), [9]), new(Model, [2, 3])] };
        Assert.True(world.Apply(request).Applied);
        var refused = request with { Transfers = [world.Next(Move(Alice, Bob, 11))], Notes = [new(Model, [4])] };
        Assert.False(world.Apply(refused).Applied);
        var taken = request with { Transfers = [world.Next(Move(Alice, Bob, 1))], Notes = [new(Model, [5])] };
        Assert.True(world.Apply(taken).Applied);
        Assert.True(world.Apply(taken).Repeated);
        foreach (var book in new[] { world.Book, world.Replayed(), Book.Thaw(world.Book.Freeze().Parts()) })
        {
            Assert.Equal(3UL, book.LastNote(Model).Count);
            Assert.Equal([5], book.LastNote(Model).Last);
        }
    }

    [Fact]
    public void Snapshot_OutOfOrderOrCutShortOrOfAnotherVersion_IsNotRead()
    {
        var world = new BookWorld().RegisterModel().Fund(Alice, 10);
        var parts = world.Book.Freeze().Parts().Select(part => part.ToArray()).ToList();
        Assert.Equal("The snapshot is cut short.", Refused(parts[..^1]));
        Assert.Equal("The snapshot is cut short.", Refused([]));
        Assert.Equal("The snapshot's parts are out of order.", Refused(parts[1..]));
        Assert.Equal("The snapshot's parts are out of order.", Refused([parts[0], .. parts]));
        Assert.Equal("The snapshot's parts are out of order.", Refused([.. parts, parts[1]]));
        Assert.Equal("The snapshot has a part of the unknown kind 77.", Refused([parts[0], [77, 0, 0, 0, 1, 0, 0, 0], .. parts[1..]]));
        var older = parts[0].ToArray();
        older[8] = 1;
        Assert.Equal("The snapshot has version 1; this program reads 4.", Refused([older, .. parts[1..]]));
    }

    [Fact]
    public void Snapshot_OfManyRows_IsInSmallPartsAndReadBack()
    {
        var world = new BookWorld();
        var transfers = Enumerable.Range(0, 12_000)
            .Select(i => world.Next(Move(AccountId.Issuance, AccountId.Person(Address.FromHash(Keccak.HashUtf8($"{i}"))), (UInt128)i + 1)));
        foreach (var batch in transfers.Chunk(4_000))
        {
            Assert.True(world.SubmitAs(batch).Applied);
        }

        // A balance takes 96 bytes, and a part is full with the row that reaches 64 KiB.
        var parts = world.Book.Freeze().Parts().ToList();
        Assert.Equal(
            [(1, 1), .. Enumerable.Repeat((3, 683), 17), (3, 390), (12, 1), (14, 0)],
            parts.Select(part => ((int)part.Span[0], BinaryPrimitives.ReadInt32LittleEndian(part.Span[4..]))));
        Assert.Equal(Image(world.Book), Image(Book.Thaw(parts)));
    }

    private static string Refused(IEnumerable<byte[]> parts) =>
        Assert.Throws<InvalidOperationException>(() => Book.Thaw(parts.Select(part => new ReadOnlyMemory<byte>(part)))).Message;
}
