using Gaib.Domain.Money;
using static Gaib.Domain.Tests.Money.BookWorld;

namespace Gaib.Domain.Tests.Money;

/// <summary>What was resolved is forgotten, and nobody can tell by the answers.</summary>
public sealed class BookForgettingTests
{
    private const TransferPhase Post = TransferPhase.Post;
    private const ulong FirstEphemeral = 1UL << 63;

    [Fact]
    public void Resolved_WhoseWriterNeedsTheIdNoMore_TakesNoMemory()
    {
        var world = new BookWorld().Fund(Alice, 1_000_000);
        var open = world.Next(Reserve());
        Assert.True(world.SendAs(open).Applied);
        for (var i = 0; i < 5_000; i++)
        {
            var reserve = world.Next(Reserve());
            var post = world.Next(Resolve(reserve, Post, 1));
            Assert.True(world.SendAs(reserve, post.Sequence - 1).Applied);
            Assert.True(world.SendAs(post, post.Sequence).Applied);
        }

        Assert.InRange(world.Book.ReservationCount, 1, 10);
        Assert.Equal(Image(world.Book), Image(world.Replayed()));

        // What is open is in a snapshot, however far its writer has come since.
        var thawed = Book.Thaw(world.Book.Freeze().Parts());
        Assert.Equal(Reason.None, Resolving(thawed, world, open));
        Assert.Equal(Reason.ReservationResolved, Resolving(thawed, world, open));
        Assert.True(world.Send(Resolve(open, Post, 1)).Applied);
        Assert.Equal(5_001, world.Of(Bob));
    }

    /// <summary>The times of those that were resolved before them are no more kept than the reservations themselves.</summary>
    [Fact]
    public void Resolved_BeforeItsTime_TakesNoMemoryUntilThen()
    {
        var world = new BookWorld().Fund(Alice, 1_000_000);
        var open = world.Next(Reserve() with { ExpiresAt = 9_000 });
        Assert.True(world.SendAs(open).Applied);
        for (var i = 0; i < 5_000; i++)
        {
            var reserve = world.Next(Reserve() with { ExpiresAt = 9_000 + i });
            var post = world.Next(Resolve(reserve, Post, 1));
            Assert.True(world.SendAs(reserve, post.Sequence - 1).Applied);
            Assert.True(world.SendAs(post, post.Sequence).Applied);
        }

        Assert.InRange(world.Book.ExpiryCount, 1, 1_100);
        Assert.Equal(994_999, world.Book.BalanceOf(Alice, AssetId.Gaib).Available);
        world.Now = 9_000;
        world.Apply(new BookRequest { Writer = world.Writer });
        Assert.Equal(995_000, world.Book.BalanceOf(Alice, AssetId.Gaib).Available);
        Assert.Equal(Image(world.Book), Image(world.Replayed()));
    }

    /// <summary>A writer that acknowledges nothing may ask after each of its ids, and is answered the same as ever.</summary>
    [Fact]
    public void Resolved_WhoseWriterMayAskStill_IsRememberedAsLongAsTheId()
    {
        var world = new BookWorld().Fund(Alice, 1_000_000);
        var reserved = Enumerable.Range(0, 1_000).Select(_ => world.Next(Reserve())).ToArray();
        Assert.True(world.SubmitAs(reserved).Applied);
        Assert.True(world.SubmitAs([.. reserved.Select(reserve => world.Next(Resolve(reserve, Post, 1)))]).Applied);
        world.Send(Move(Alice, Bob, 1));

        Assert.Equal(1_000, world.Book.ReservationCount);
        Assert.All(reserved, reserve => Assert.Equal(Reason.ReservationResolved, world.Send(Resolve(reserve, Post, 1)).Result));

        ReadOnlyMemory<byte>[] before = [.. world.Book.Freeze().Parts()];
        var raised = world.Next(Move(Alice, Bob, 1));
        Assert.True(world.SendAs(raised, raised.Sequence).Applied);
        Assert.Equal(Image(world.Book), Image(world.Replayed()));
        Assert.Equal(Image(world.Book), Image(Book.Thaw(world.Book.Freeze().Parts())));
        Assert.Equal(Reason.ReservationResolved, Resolving(Book.Thaw(before), world, reserved[0]));
        Assert.Equal(Reason.ReservationResolved, Resolving(Book.Thaw(world.Book.Freeze().Parts()), world, reserved[0]));
        Assert.All(reserved, reserve => Assert.Equal(Reason.ReservationResolved, world.Send(Resolve(reserve, Post, 1)).Result));
    }

    [Fact]
    public void Resolve_OfAnIdThatReservedNothing_IsTakenForResolvedBelowTheFloorAlone()
    {
        var world = new BookWorld().Fund(Alice, 100);
        var single = world.Next(Move(Alice, Bob, 1));
        Assert.True(world.SendAs(single).Applied);
        Assert.Equal(Reason.ReservationNotFound, world.Send(Resolve(single, Post, 1)).Result);

        var after = world.Next(Move(Alice, Bob, 1));
        Assert.True(world.SendAs(after, single.Sequence + 1).Applied);
        Assert.Equal(Reason.ReservationResolved, world.Send(Resolve(single, Post, 1)).Result);
        Assert.Equal(Reason.ReservationNotFound, world.Send(Resolve(after, Post, 1)).Result);
    }

    [Fact]
    public void Resolve_OfAnIdOfAWriterThatWasForgotten_IsTakenForResolvedUnlessItIsOpen()
    {
        var world = new BookWorld().Fund(Alice, 100);
        var gone = world.OpenEphemeral();
        var (open, resolved) = (Reserve() with { Id = Transfer.IdOf(gone, 0) }, Reserve() with { Id = Transfer.IdOf(gone, 1) });
        var post = Resolve(resolved, Post, 1) with { Id = Transfer.IdOf(gone, 2) };
        Assert.True(world.Apply(new BookRequest { Writer = gone, Transfers = [open, resolved, post] }).Applied);
        world.Close(gone);

        Assert.Equal(Reason.ReservationResolved, world.Send(Resolve(resolved, Post, 1)).Result);
        Assert.Equal(Reason.ReservationResolved, world.Send(new Transfer { Of = Transfer.IdOf(gone, 77), Phase = Post, Amount = 1 }).Result);
        Assert.Equal(Reason.ReservationNotFound, world.Send(new Transfer { Of = Transfer.IdOf(gone + 1, 0), Phase = Post, Amount = 1 }).Result);
        Assert.True(world.Send(Resolve(open, Post, 1)).Applied);
        Assert.Equal(Reason.ReservationResolved, world.Send(Resolve(open, Post, 1)).Result);
        Assert.Equal(Image(world.Book), Image(world.Replayed()));
    }

    [Theory]
    [InlineData(16_384, Reason.ReservationNotFound)]
    [InlineData(16_385, Reason.ReservationResolved)]
    public void Resolve_OfAnIdOfACommand_IsTakenForResolvedWhen16384HaveComeAfterIt(int commands, Reason expected)
    {
        var world = new BookWorld().Fund(Alice, 1_000_000);
        for (var i = 0; i < commands; i++)
        {
            Assert.True(world.Submit(Command(Alice, (UInt128)i, 5_000), Move(Alice, Bob, 1)).Applied);
        }

        Assert.Equal(expected, world.Send(new Transfer { Of = Transfer.IdOf(1, 1), Phase = Post, Amount = 1 }).Result);
        Assert.Equal(Reason.ReservationNotFound, world.Send(new Transfer { Of = Transfer.IdOf(1, 2), Phase = Post, Amount = 1 }).Result);
        Assert.Equal(Reason.ReservationNotFound, world.Send(new Transfer { Of = 1, Phase = Post, Amount = 1 }).Result);
        Assert.Equal(Reason.ReservationNotFound, world.Send(new Transfer { Of = Transfer.IdOf(FirstEphemeral, 1), Phase = Post, Amount = 1 }).Result);
    }

    /// <summary>What another writer of a book is told that resolves it.</summary>
    private static Reason Resolving(Book book, BookWorld world, Transfer reserve)
    {
        var other = book.OpenEphemeralWriter(world.Now, new BookRows());
        var post = Resolve(reserve, Post, 1) with { Id = Transfer.IdOf(other, 0) };
        return book.Apply(new BookRequest { Writer = other, Transfers = [post] }, world.Now, new BookRows()).Answers[0].Result;
    }

    private static Transfer Reserve() => Move(Alice, Bob, 1) with { Phase = TransferPhase.Reserve };
}
