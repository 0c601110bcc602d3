using Gaib.Domain.Money;
using static Gaib.Domain.Tests.Money.BookWorld;

namespace Gaib.Domain.Tests.Money;

/// <summary>A writer has 16,384 ids above its floor, and the floor goes where the writer says and never back.</summary>
public sealed class BookWindowTests
{
    private const ulong Far = 10_000_000;
    private const ulong Window = 16_384;

    [Fact]
    public void IdBeyondTheWindow_IsFullAndTakenOnceAnswersAreAcknowledged()
    {
        var world = new BookWorld().Fund(Alice, 100);
        Assert.Equal(Reason.WindowFull, Send(world, Window).Result);
        Assert.Equal(Reason.WindowFull, Send(world, ulong.MaxValue).Result);
        Assert.True(Send(world, Window - 1).Applied);

        // What was full left nothing behind: the id is free when the window reaches it.
        Assert.True(Send(world, Window, answeredThrough: 1).Applied);
        Assert.Equal(Reason.WindowFull, Send(world, Window + 1).Result);
        Assert.Equal(2, world.Of(Bob));
    }

    [Fact]
    public void Watermark_JumpedAhead_LeavesIdsBelowTooOldAndSlotsApart()
    {
        var world = new BookWorld().Fund(Alice, 100);
        for (var sequence = 1UL; sequence < 10; sequence++)
        {
            Assert.True(Send(world, sequence).Applied);
        }

        // These take the same places in the ring as 1…9 did, and say the same.
        var first = Far - (Far % Window) + Window;
        Assert.True(Send(world, first + 5, answeredThrough: Far).Applied);
        Assert.Equal(Reason.TooOld, Send(world, 5).Result);
        Assert.Equal(Reason.TooOld, Send(world, Far - 1).Result);
        Assert.True(Send(world, first + 6).Applied);
        Assert.True(Send(world, Far).Applied);
        Assert.True(Send(world, Far + Window - 1).Applied);
        Assert.Equal(Reason.WindowFull, Send(world, Far + Window).Result);
        Assert.Equal(13, world.Of(Bob));
    }

    [Fact]
    public void Watermark_SentLower_DoesNotFall()
    {
        var world = new BookWorld().Fund(Alice, 100);
        Assert.True(Send(world, 500, answeredThrough: 500).Applied);
        var frames = world.Journal.Count;
        Assert.Equal(Reason.TooOld, Send(world, 499, answeredThrough: 3).Result);
        Assert.Equal(frames, world.Journal.Count);
        Assert.Equal(Reason.WindowFull, Send(world, 500 + Window, answeredThrough: 500).Result);
        Assert.True(Send(world, 499 + Window).Applied);
    }

    [Fact]
    public void Watermark_AfterARestart_StandsWhereItStood()
    {
        var world = new BookWorld().Fund(Alice, 100);
        Assert.True(Send(world, Far + 3, answeredThrough: Far).Applied);
        foreach (var book in new[] { world.Replayed(), Book.Thaw(world.Book.Freeze().Parts()) })
        {
            Assert.Equal(Image(world.Book), Image(book));
            Assert.Equal(Reason.TooOld, Ask(book, Far - 1));
            Assert.Equal(Reason.WindowFull, Ask(book, Far + Window));
            Assert.Equal(Reason.None, Ask(book, Far + 3));
            Assert.Equal(1, book.BalanceOf(Bob, AssetId.Gaib).Posted);
            Assert.Equal(Reason.None, Ask(book, Far + 2));
            Assert.Equal(2, book.BalanceOf(Bob, AssetId.Gaib).Posted);
        }

        Reason Ask(Book book, ulong sequence) => book
            .Apply(new BookRequest { Writer = world.Writer, Transfers = [At(world, sequence)] }, world.Now, new BookRows()).Answers[0].Result;
    }

    [Fact]
    public void Snapshot_OfAWriter_HoldsWhatStandsAboveItsFloorAlone()
    {
        var world = new BookWorld().Fund(Alice, 100);
        var bare = Image(world.Book).Length;
        Assert.True(Send(world, 1).Applied);
        Assert.True(Send(world, 2).Applied);
        Assert.Equal(Image(world.Book).Length - (3 * AnswerLength) + AnswerLength, Raised(world, 2));
        Assert.True(bare < Image(world.Book).Length);
    }

    [Fact]
    public void Writer_NeverIssued_IsUnknown()
    {
        var world = new BookWorld().Fund(Alice, 100);
        var transfer = world.Next(Move(Alice, Bob, 1));
        var (before, next) = (Image(world.Book), world.Writer + 1);
        var reply = world.Apply(new BookRequest { Writer = next, Transfers = [transfer], AnsweredThrough = 9 });
        Assert.Equal(new Rejection(Reason.WriterUnknown, 1, next), reply.Result);
        Assert.Equal(new Rejection(Reason.WriterUnknown, 1, 3), world.Apply(new BookRequest { Writer = 3, Transfers = [transfer] }).Result);
        var foreign = transfer with { Id = Transfer.IdOf(next, 0) };
        Assert.Equal(Reason.WriterUnknown, world.SendAs(foreign).Result);
        Assert.Equal(
            [Reason.LinkedFailed, Reason.WriterUnknown],
            world.SubmitAs(transfer with { Flags = TransferFlags.Linked }, foreign).Answers.Select(a => a.Result));
        Assert.Equal(before, Image(world.Book));
        Assert.True(world.SendAs(transfer).Applied);
    }

    [Fact]
    public void OpenWriter_SameName_IsTheSameNumberAndOneRow()
    {
        var (book, rows) = (new Book(), new BookRows());
        Assert.Equal(16UL, book.OpenWriter(Keccak.HashUtf8("a"), rows));
        Assert.Equal(17UL, book.OpenWriter(Keccak.HashUtf8("b"), rows));
        var length = rows.Written.Length;
        Assert.Equal(16UL, book.OpenWriter(Keccak.HashUtf8("a"), rows));
        Assert.Equal(17UL, book.OpenWriter(Keccak.HashUtf8("b"), rows));
        Assert.Equal(length, rows.Written.Length);
    }

    [Fact]
    public void TwoWriters_SameSequence_AreDifferentIds()
    {
        var world = new BookWorld().Fund(Alice, 100);
        var other = world.Book.OpenWriter(Keccak.HashUtf8("other"), new BookRows());
        var request = new BookRequest { Writer = other, Transfers = [Move(Alice, Bob, 3) with { Id = Transfer.IdOf(other, 1) }] };
        Assert.True(Send(world, 1).Applied);
        Assert.True(world.Apply(request).Applied);
        Assert.True(world.Apply(request).Repeated);
        Assert.Equal(4, world.Of(Bob));
    }

    // Sequence, fingerprint, result and amount of one remembered answer in a snapshot.
    private const int AnswerLength = 8 + 8 + 4 + 16;

    private static int Raised(BookWorld world, ulong floor)
    {
        world.Apply(new BookRequest { Writer = world.Writer, AnsweredThrough = floor });
        return Image(world.Book).Length;
    }

    private static Transfer At(BookWorld world, ulong sequence) => Move(Alice, Bob, 1) with { Id = Transfer.IdOf(world.Writer, sequence) };

    private static TransferAnswer Send(BookWorld world, ulong sequence, ulong answeredThrough = 0) =>
        world.SendAs(At(world, sequence), answeredThrough);
}
