using Gaib.Domain.Money;
using static Gaib.Domain.Tests.Money.BookWorld;

namespace Gaib.Domain.Tests.Money;

/// <summary>An id is answered once, and in the same words for as long as anybody may ask.</summary>
public sealed class BookIdTests
{
    private static readonly Dictionary<string, Func<Transfer, Transfer>> Changes = new()
    {
        ["Of"] = t => t with { Of = t.Of + 1 },
        ["Amount"] = t => t with { Amount = t.Amount + 1 },
        ["Debit"] = t => t with { Debit = Bob },
        ["Credit"] = t => t with { Credit = Bob },
        ["Cause"] = t => t with { Cause = Keccak.HashUtf8("another") },
        ["Asset"] = t => t with { Asset = Shares },
        ["ExpiresAt"] = t => t with { ExpiresAt = 2_000 },
        ["Phase"] = t => t with { Phase = t.Phase == TransferPhase.Post ? TransferPhase.Void : TransferPhase.Reserve },
        ["Flags"] = t => t with { Flags = TransferFlags.Closing },
    };

    public static TheoryData<string> Fields => [.. Changes.Keys];

    [Fact]
    public void Changes_OfATransfer_AreAllThatAWriterSetsButTheId() => Assert.Equal(
        typeof(Transfer).GetProperties().Where(p => p.CanWrite).Select(p => p.Name).Except(["Id", "Result", "Peer"]).Order(), Changes.Keys.Order());

    [Fact]
    public void Duplicates_AThousandTimesInterleaved_HaveOneEffectAndOneAnswer()
    {
        var world = new BookWorld().Fund(Alice, 10_000);
        var reserve = world.Next(Move(Alice, Bob, 300) with { Phase = TransferPhase.Reserve });
        Transfer[][] units =
        [
            [world.Next(Move(Alice, Bob, 1_000))],
            [world.Next(Move(Alice, Bob, 100_000))],
            [reserve],
            [world.Next(Resolve(reserve, TransferPhase.Post, 200))],
            [world.Next(Move(Alice, Bob, 10) with { Flags = TransferFlags.Linked }), world.Next(Move(Bob, Carol, 5))],
            [world.Next(Move(Alice, Bob, 10) with { Flags = TransferFlags.Linked }), world.Next(Move(Carol, Bob, 50_000))],
        ];
        TransferAnswer[][] expected =
        [
            [new(Reason.None, 1_000)], [new(Reason.InsufficientFunds, 0)], [new(Reason.None, 300)], [new(Reason.None, 200)],
            [new(Reason.None, 10), new(Reason.None, 5)], [new(Reason.LinkedFailed, 0), new(Reason.InsufficientFunds, 0)],
        ];
        for (var round = 0; round < 1_000; round++)
        {
            var order = Enumerable.Range(0, units.Length).Select(i => (i + round) % units.Length).ToArray();
            var reply = world.SubmitAs([.. order.SelectMany(i => units[i].Append(world.Next(Move(Alice, Carol, 1))))]);
            Assert.Equal(order.SelectMany(i => expected[i].Append(new TransferAnswer(Reason.None, 1))), reply.Answers);
            Assert.False(reply.Repeated);
        }

        // 10,000 − 1,000 − 200 − 10 − 6,000, of which nothing is set aside any more.
        Assert.Equal(new Balance(7_210, 10_000, 0, 0), world.Book.BalanceOf(Alice, AssetId.Gaib));
        Assert.Equal(1_000 + 200 + 10 - 5, world.Of(Bob));
        Assert.Equal(6_005, world.Of(Carol));
        Assert.Equal(1UL + 5 + 6_000, world.Book.Sequence);
    }

    [Theory]
    [MemberData(nameof(Fields))]
    public void SameId_OneFieldChanged_IsReusedAndChangesNothing(string field)
    {
        var world = new BookWorld().RegisterModel().Fund(Alice, 100);
        var applied = world.Next(Move(Alice, Carol, 40));
        var refused = world.Next(Move(Alice, Carol, 4_000));
        Assert.Equal([Reason.None, Reason.InsufficientFunds], world.SubmitAs(applied, refused).Answers.Select(a => a.Result));
        AssertReused(world, Changes[field](applied), Changes[field](refused));
        Assert.Equal([new(Reason.None, 40), new(Reason.InsufficientFunds, 0)], world.SubmitAs(applied, refused).Answers);
    }

    [Theory]
    [InlineData("Of")]
    [InlineData("Amount")]
    [InlineData("Cause")]
    [InlineData("ExpiresAt")]
    [InlineData("Phase")]
    [InlineData("Flags")]
    public void SameIdOfAPost_OneFieldOfItsOwnChanged_IsReused(string field)
    {
        var (world, post) = Posted();
        AssertReused(world, Changes[field](post));
    }

    [Theory]
    [InlineData("Debit")]
    [InlineData("Credit")]
    [InlineData("Asset")]
    public void SameIdOfAPost_FieldOfTheReservationChanged_IsTheSameTransfer(string field)
    {
        // A post says nothing about accounts and asset: the book takes them from the reservation, in the journal too.
        var (world, post) = Posted();
        Assert.Equal(new TransferAnswer(Reason.None, 30), world.SendAs(Changes[field](post)));
        Assert.Equal(30, world.Of(Carol));
    }

    [Fact]
    public void SameIdOfAClosing_OtherAmount_IsTheSameTransfer()
    {
        var world = new BookWorld().Fund(Alice, 100);
        var closing = world.Next(Move(Alice, Bob, 0) with { Flags = TransferFlags.Closing });
        Assert.Equal(new TransferAnswer(Reason.None, 100), world.SendAs(closing));
        Assert.Equal(new TransferAnswer(Reason.None, 100), world.SendAs(closing with { Amount = 7 }));
        Assert.Equal(100, world.Of(Bob));
    }

    [Fact]
    public void Result_SetByTheWriter_IsNoAnswerAndNoPartOfTheContent()
    {
        var world = new BookWorld().Fund(Alice, 100);
        var reserve = world.Next(Move(Alice, Bob, 60) with { Phase = TransferPhase.Reserve, Result = Reason.TooOld });
        Assert.True(world.SendAs(reserve).Applied);
        Assert.True(world.SendAs(reserve with { Result = Reason.None }).Applied);
        Assert.True(world.Send(Move(Alice, Bob, 40) with { Result = Reason.IdReused }).Applied);
        Assert.Equal(Image(world.Book), Image(world.Replayed()));
        Assert.Equal(0, world.Book.BalanceOf(Alice, AssetId.Gaib).Available);
    }

    [Fact]
    public void TransientRefusal_Retried_StaysAndANewIdSucceeds()
    {
        var world = new BookWorld().Fund(Alice, 10);
        var transfer = world.Next(Move(Alice, Bob, 11));
        Assert.Equal(Reason.InsufficientFunds, world.SendAs(transfer).Result);
        world.Fund(Alice, 1);
        Assert.Equal(new TransferAnswer(Reason.InsufficientFunds, 0), world.SendAs(transfer));
        Assert.Equal(new TransferAnswer(Reason.None, 11), world.SendAs(world.Next(transfer)));
        Assert.Equal(11, world.Of(Bob));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void LostReply_RetriedInARestartedBook_IsTheFirstAnswerAndNoSecondEffect(bool fromSnapshot)
    {
        var world = new BookWorld().RegisterModel().Issue(Alice, 10).Fund(Alice, 100);
        world.Send(Move(Alice, Pool, 30));
        Transfer[] sent =
        [
            world.Next(Move(Alice, Bob, 7)),
            world.Next(Move(Alice, Bob, 700)),
            world.Next(new Transfer { Debit = Pool, Credit = Alice, Flags = TransferFlags.Collect }),
            world.Next(Move(Alice, Bob, 0) with { Flags = TransferFlags.Closing, Phase = TransferPhase.Reserve }),
            world.Next(Move(Bob, Carol, 1) with { Flags = TransferFlags.Linked }),
            world.Next(Move(Bob, Carol, 1_000)),
        ];
        var first = world.SubmitAs(sent);
        var command = world.Submit(Command(Bob, 1, world.Now), Move(Bob, Carol, 2));
        var restarted = fromSnapshot ? Book.Thaw(world.Book.Freeze().Parts()) : world.Replayed();
        var (before, rows) = (Image(restarted), new BookRows());
        var again = restarted.Apply(new BookRequest { Writer = world.Writer, Transfers = [.. sent] }, world.Now, rows);
        Assert.Equal([7, 0, 30, 93, 0, 0], first.Answers.Select(a => (int)a.Amount));
        Assert.Equal(first.Answers.AsEnumerable(), again.Answers);
        Assert.True(again.Repeated);
        var commanded = restarted.Apply(new BookRequest { Command = Command(Bob, 1, world.Now) }, world.Now, rows);
        Assert.True(commanded.Repeated);
        Assert.Equal((command.Sequence, new TransferAnswer(Reason.None, 2)), (commanded.Sequence, Assert.Single(commanded.Answers)));
        Assert.Equal(before, Image(restarted));
        Assert.True(rows.IsEmpty);
    }

    private static (BookWorld World, Transfer Post) Posted()
    {
        var world = new BookWorld().RegisterModel().Fund(Alice, 100);
        var reserve = world.Next(Move(Alice, Carol, 40) with { Phase = TransferPhase.Reserve });
        var post = world.Next(Resolve(reserve, TransferPhase.Post, 30));
        Assert.All(world.SubmitAs(reserve, post).Answers, answer => Assert.True(answer.Applied));
        return (world, post);
    }

    private static void AssertReused(BookWorld world, params Transfer[] changed)
    {
        var (before, frames) = (Image(world.Book), world.Journal.Count);
        Assert.All(changed, transfer => Assert.Equal(new TransferAnswer(Reason.IdReused, 0), world.SendAs(transfer)));
        Assert.Equal(before, Image(world.Book));
        Assert.Equal(frames, world.Journal.Count);
    }
}
