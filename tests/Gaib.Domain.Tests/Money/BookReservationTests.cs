using Gaib.Domain.Money;
using static Gaib.Domain.Tests.Money.BookWorld;

namespace Gaib.Domain.Tests.Money;

/// <summary>A reservation is resolved at most once, up to its amount, before its time.</summary>
public sealed class BookReservationTests
{
    private const TransferPhase Post = TransferPhase.Post;
    private const TransferPhase Void = TransferPhase.Void;
    private const TransferPhase Expire = TransferPhase.Expire;

    [Theory]
    [InlineData(Post, Post)]
    [InlineData(Post, Void)]
    [InlineData(Void, Post)]
    [InlineData(Void, Void)]
    [InlineData(Post, Expire)]
    public void Resolved_ResolvedAgain_IsRefusedAndChangesNothing(TransferPhase first, TransferPhase second)
    {
        var (world, reserve) = Reserved(100, 40);
        Assert.Equal(new TransferAnswer(Reason.None, 40), world.Send(Resolve(reserve, first, 40)));
        var before = ImageOfValue(world.Book);
        Assert.Equal(new TransferAnswer(Reason.ReservationResolved, 0), world.Send(Resolve(reserve, second, 40)));
        Assert.Equal(before, ImageOfValue(world.Book));
        Assert.Equal(first == Post ? 40 : 0, world.Of(Bob));
        Assert.Equal(first == Post ? 60 : 100, world.Book.BalanceOf(Alice, AssetId.Gaib).Available);
        Assert.Equal(Image(world.Book), Image(world.Replayed()));
    }

    [Theory]
    [InlineData(9, 0, true)]
    [InlineData(10, 0, false)]
    [InlineData(11, 0, false)]
    [InlineData(9, -500, true)]
    [InlineData(10, -500, false)]
    public void Post_AroundTheExpiry_HoldsOnlyBeforeIt(long later, long jump, bool holds)
    {
        var (world, reserve) = Reserved(100, 40, expiresIn: 10);
        world.Now += later;
        world.Apply(new BookRequest { Writer = world.Writer });
        Assert.Equal(holds ? 60 : 100, world.Book.BalanceOf(Alice, AssetId.Gaib).Available);

        // A clock that jumps back neither revives a reservation nor ends one.
        world.Now += jump;
        Assert.Equal(holds ? Reason.None : Reason.ReservationResolved, world.Send(Resolve(reserve, Post, 40)).Result);
        Assert.Equal(holds ? 40 : 0, world.Of(Bob));
        Assert.Equal(Image(world.Book), Image(world.Replayed()));
    }

    [Fact]
    public void Clock_JumpingBothWays_NeverRunsBackInTheBook()
    {
        var (world, _) = Reserved(100, 40, expiresIn: 10);
        world.Now += 1_000_000;
        world.Apply(new BookRequest { Writer = world.Writer });
        Assert.Equal(1_001_000, world.Book.LastAt);
        world.Now = 5;
        Assert.Equal(Reason.ExpiryInvalid, world.Send(Move(Alice, Bob, 1) with { Phase = TransferPhase.Reserve, ExpiresAt = 1_001_000 }).Result);
        Assert.Equal(Reason.ExpiryInvalid, world.Send(Move(Alice, Bob, 1) with { Phase = TransferPhase.Reserve, ExpiresAt = -1 }).Result);
        Assert.True(world.Send(Move(Alice, Bob, 1) with { Phase = TransferPhase.Reserve, ExpiresAt = 1_001_001 }).Applied);
        Assert.Equal(1_001_000, world.Book.LastAt);
        var restored = Book.Thaw(world.Book.Freeze().Parts());
        Transfer[] asked = [world.Next(Move(Alice, Bob, 99))];
        var answers = new TransferAnswer[1];
        Assert.Null(restored.ApplyBatch(world.Writer, 0, asked, 4, new BookRows(), answers));
        Assert.Equal((Reason.None, 1_001_000L), (answers[0].Result, restored.LastAt));
    }

    [Fact]
    public void Due_SeveralAtOnce_AreExpiredByTimeThenId()
    {
        var world = new BookWorld().Fund(Alice, 100);
        var late = world.Next(Reserve(1, world.Now + 20));
        var second = world.Next(Reserve(2, world.Now + 10));
        var third = world.Next(Reserve(4, world.Now + 10));
        var never = world.Next(Reserve(8, 0));
        var voided = world.Next(Reserve(16, world.Now + 5));
        Assert.True(world.SubmitAs(late, third, second, never, voided, world.Next(Resolve(voided, Void, 0))).Applied);
        world.Now += 20;
        var rows = new BookRows();
        world.Book.Apply(new BookRequest { Writer = world.Writer }, world.Now, rows);
        var expired = BookRow.Read(rows.Written.ToArray()).Cast<TransferRow>().Select(row => row.Transfer).ToList();
        Assert.Equal([second.Id, third.Id, late.Id], expired.Select(t => t.Of));
        Assert.Equal([Transfer.IdOf(3, 1), Transfer.IdOf(3, 2), Transfer.IdOf(3, 3)], expired.Select(t => t.Id));
        Assert.Equal([2, 4, 1], expired.Select(t => (int)t.Amount));
        Assert.All(expired, t => Assert.Equal((Expire, Alice, Bob, Reason.None), (t.Phase, t.Debit, t.Credit, t.Result)));
        Assert.Equal(new Balance(0, 100, 8, 0), world.Book.BalanceOf(Alice, AssetId.Gaib));
    }

    [Fact]
    public void Snapshot_WithOpenReservations_ExpiresThemLater()
    {
        var (world, reserve) = Reserved(100, 40, expiresIn: 10);
        foreach (var book in new[] { world.Book, world.Replayed(), Book.Thaw(world.Book.Freeze().Parts()) })
        {
            book.Apply(new BookRequest { Writer = world.Writer }, world.Now + 9, new BookRows());
            Assert.Equal(60, book.BalanceOf(Alice, AssetId.Gaib).Available);
            book.Apply(new BookRequest { Writer = world.Writer }, world.Now + 10, new BookRows());
            Assert.Equal(100, book.BalanceOf(Alice, AssetId.Gaib).Available);
        }

        Assert.Equal(Reason.ReservationResolved, world.Send(Resolve(reserve, Post, 1)).Result);
    }

    [Fact]
    public void Expire_AskedByAWriter_IsRefusedBeforeItsTimeAndWithoutOne()
    {
        var (world, reserve) = Reserved(100, 40, expiresIn: 10);
        var endless = world.Next(Reserve(5, 0));
        Assert.True(world.SendAs(endless).Applied);
        world.Now += 9;
        Assert.Equal(Reason.ExpiryInvalid, world.Send(Resolve(reserve, Expire, 0)).Result);
        Assert.Equal(Reason.ExpiryInvalid, world.Send(Resolve(endless, Expire, 0)).Result);
        world.Now += 1;
        Assert.Equal(Reason.ReservationResolved, world.Send(Resolve(reserve, Expire, 0)).Result);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(39)]
    [InlineData(40)]
    public void Post_OfAPart_ReturnsTheRest(int part)
    {
        var (world, reserve) = Reserved(100, 40);
        Assert.Equal(new TransferAnswer(Reason.None, (UInt128)part), world.Send(Resolve(reserve, Post, (UInt128)part)));
        Assert.Equal(new Balance((UInt128)part, 100, 0, 0), world.Book.BalanceOf(Alice, AssetId.Gaib));
        Assert.Equal(new Balance(0, (UInt128)part, 0, 0), world.Book.BalanceOf(Bob, AssetId.Gaib));
    }

    [Fact]
    public void Post_OfNothingAndOfTooMuch_IsRefusedAndTheReservationStaysOpen()
    {
        var (world, reserve) = Reserved(100, 40);
        Assert.Equal(Reason.AmountZero, world.Send(Resolve(reserve, Post, 0)).Result);
        Assert.Equal(Reason.ReservationExceeded, world.Send(Resolve(reserve, Post, 41)).Result);
        Assert.Equal(Reason.ReservationNotFound, world.Send(Resolve(reserve with { Id = reserve.Id + 1 }, Post, 1)).Result);
        Assert.Equal(new Balance(0, 100, 40, 0), world.Book.BalanceOf(Alice, AssetId.Gaib));
        Assert.Equal(new TransferAnswer(Reason.None, 40), world.Send(Resolve(reserve, Post, 7) with { Flags = TransferFlags.Closing }));
        Assert.Equal(new Balance(40, 100, 0, 0), world.Book.BalanceOf(Alice, AssetId.Gaib));
    }

    [Fact]
    public void Reserve_AllThatFits_CanBePostedWhole()
    {
        var most = (UInt128.One << 126) - 1;
        var world = new BookWorld().Fund(Alice, most);
        var reserve = world.Next(Move(Alice, Bob, most) with { Phase = TransferPhase.Reserve });
        Assert.True(world.SendAs(reserve).Applied);
        Assert.Equal(new TransferAnswer(Reason.None, most), world.Send(Resolve(reserve, Post, most)));
        Assert.Equal((Int128)most, world.Of(Bob));
    }

    [Fact]
    public void Reserve_ToAPool_FeedsItWhenPosted()
    {
        var world = new BookWorld().RegisterModel().Issue(Alice, 10).Fund(Bob, 100);
        var reserve = world.Next(Move(Bob, Pool, 60) with { Phase = TransferPhase.Reserve });
        Assert.True(world.SendAs(reserve).Applied);
        Assert.Equal((UInt128)0, world.Book.PoolOf(Pool).Fed);
        Assert.True(world.Send(Resolve(reserve, Post, 50)).Applied);
        Assert.Equal((UInt128)50, world.Book.PoolOf(Pool).Fed);
        Assert.Equal((UInt128)50, world.Send(new Transfer { Debit = Pool, Credit = Alice, Flags = TransferFlags.Collect }).Amount);
    }

    [Fact]
    public void Reserve_OfACommandThatIsTakenBack_LeavesNothingDueUnderItsId()
    {
        var world = new BookWorld().Fund(Alice, 100);
        var soon = Reserve(40, world.Now + 10);
        Assert.Equal(Reason.InsufficientFunds, world.Submit(Command(Alice, 1, 5_000), soon, Move(Alice, Bob, 90)).Result!.Reason);

        // The next command's reservation has the id that the first one's would have had, and another time.
        Assert.True(world.Submit(Command(Alice, 2, 5_000), Reserve(30, world.Now + 20)).Applied);
        world.Now += 15;
        Assert.True(world.Send(Move(Alice, Bob, 70)).Applied);
        Assert.Equal(Image(world.Book), Image(world.Replayed()));
        world.Now += 5;
        Assert.True(world.Send(Move(Alice, Bob, 30)).Applied);
        Assert.Equal(Image(world.Book), Image(world.Replayed()));
    }

    [Theory]
    [InlineData(TransferPhase.Post, TransferFlags.Collect, 0L, 0)]
    [InlineData(TransferPhase.Post, TransferFlags.None, 5_000L, 0)]
    [InlineData(TransferPhase.Void, TransferFlags.None, 5_000L, 0)]
    [InlineData(TransferPhase.Expire, TransferFlags.Collect, 0L, 0)]
    [InlineData(TransferPhase.Single, TransferFlags.None, 5_000L, 0)]
    [InlineData(TransferPhase.Single, TransferFlags.None, 0L, 1)]
    [InlineData(TransferPhase.Reserve, TransferFlags.None, 0L, 1)]
    [InlineData((TransferPhase)5, TransferFlags.None, 0L, 0)]
    public void Transfer_WithWhatItsPhaseHasNoUseFor_IsRefused(TransferPhase phase, TransferFlags flags, long expiresAt, int of)
    {
        var (world, reserve) = Reserved(100, 40);
        var before = ImageOfValue(world.Book);
        var transfer = phase is Post or Void or Expire ? Resolve(reserve, phase, 1) : Move(Alice, Bob, 1) with { Phase = phase, Of = (UInt128)of };
        Assert.Equal(Reason.BatchInvalid, world.Send(transfer with { Flags = flags, ExpiresAt = expiresAt }).Result);
        Assert.Equal(before, ImageOfValue(world.Book));
    }

    [Fact]
    public void Reserve_Closing_SetsAsideAllThatIsAvailable()
    {
        var (world, _) = Reserved(100, 40);
        var all = Move(Alice, Carol, 3) with { Phase = TransferPhase.Reserve, Flags = TransferFlags.Closing };
        Assert.Equal(new TransferAnswer(Reason.None, 60), world.Send(all));
        Assert.Equal(Reason.AmountZero, world.Send(all).Result);
        Assert.Equal(Reason.AmountZero, world.Send(Move(AccountId.Issuance, Carol, 3) with { Flags = TransferFlags.Closing }).Result);
        Assert.Equal(new Balance(0, 100, 100, 0), world.Book.BalanceOf(Alice, AssetId.Gaib));
    }

    private static Transfer Reserve(UInt128 amount, long expiresAt) =>
        Move(Alice, Bob, amount) with { Phase = TransferPhase.Reserve, ExpiresAt = expiresAt };

    private static (BookWorld World, Transfer Reserve) Reserved(UInt128 funds, UInt128 amount, long expiresIn = 0)
    {
        var world = new BookWorld().Fund(Alice, funds);
        var reserve = world.Next(Reserve(amount, expiresIn == 0 ? 0 : world.Now + expiresIn));
        Assert.Equal(new TransferAnswer(Reason.None, amount), world.SendAs(reserve));
        return (world, reserve);
    }
}
