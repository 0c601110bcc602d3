using Gaib.Domain.Money;
using static Gaib.Domain.Tests.Money.BookWorld;

namespace Gaib.Domain.Tests.Money;

/// <summary>Linked transfers are applied all or none, and batches have their edges.</summary>
public sealed class BookChainTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Chain_OneFails_TheOthersAreTakenBackWherever(int failing)
    {
        var world = new BookWorld().RegisterModel().Issue(Alice, 10).Fund(Alice, 100);
        world.Send(Move(Alice, Pool, 30));
        Transfer[] chain =
        [
            Move(Alice, Bob, 10) with { Flags = TransferFlags.Linked },
            Move(Alice, Carol, 5) with { Asset = Shares, Flags = TransferFlags.Linked },
            Move(Alice, Pool, 20) with { Flags = TransferFlags.Linked },
            Move(Alice, Bob, 30) with { Phase = TransferPhase.Reserve },
        ];
        chain[failing].Amount = 1_000;
        var (before, sequence) = (ImageOfValue(world.Book), world.Book.Sequence);
        var sent = chain.Select(world.Next).ToArray();
        var answers = world.SubmitAs(sent).Answers;
        Assert.Equal(
            Enumerable.Range(0, 4).Select(i => i == failing ? Reason.InsufficientFunds : Reason.LinkedFailed), answers.Select(a => a.Result));
        Assert.All(answers, answer => Assert.Equal((UInt128)0, answer.Amount));
        Assert.Equal(before, ImageOfValue(world.Book));
        Assert.Equal(sequence, world.Book.Sequence);
        Assert.Equal(answers.AsEnumerable(), world.SubmitAs(sent).Answers);
        Assert.Equal(Image(world.Book), Image(world.Replayed()));
    }

    [Fact]
    public void Chain_OpenAtTheEndOfTheBatch_IsRefusedWhole()
    {
        var world = new BookWorld().Fund(Alice, 100);
        var before = Image(world.Book);
        var reply = world.Submit(Move(Alice, Bob, 1), Move(Alice, Bob, 2) with { Flags = TransferFlags.Linked });
        Assert.Equal(new Rejection(Reason.BatchInvalid, 8_190, 2), reply.Result);
        Assert.Empty(reply.Answers);
        Assert.Equal(before, Image(world.Book));
        Transfer[] open = [world.Next(Move(Alice, Bob, 1)) with { Flags = TransferFlags.Linked }];
        Assert.Equal(
            new Rejection(Reason.BatchInvalid, 8_190, 1),
            world.Book.ApplyBatch(world.Writer, 0, open, world.Now, new BookRows(), new TransferAnswer[1]));
    }

    [Fact]
    public void TwoChainsInOneBatch_OneFails_TheOtherStands()
    {
        var world = new BookWorld().Fund(Alice, 100);
        var answers = world.SendAll(
            Move(Alice, Bob, 60) with { Flags = TransferFlags.Linked },
            Move(Bob, Carol, 61),
            Move(Alice, Bob, 70) with { Flags = TransferFlags.Linked },
            Move(Bob, Carol, 30));
        Assert.Equal([Reason.LinkedFailed, Reason.InsufficientFunds, Reason.None, Reason.None], answers.Select(a => a.Result));
        Assert.Equal((30, 40, 30), ((int)world.Of(Alice), (int)world.Of(Bob), (int)world.Of(Carol)));
    }

    [Theory]
    [InlineData(0UL, true)]
    [InlineData(1UL, false)]
    public void Chain_Of8190_IsAllOrNone(ulong tooMuch, bool holds)
    {
        var world = new BookWorld().Fund(Alice, 8_190);
        var chain = Enumerable.Range(0, 8_190)
            .Select(i => world.Next(Move(i % 2 == 0 ? Alice : Bob, i % 2 == 0 ? Bob : Alice, 1) with { Flags = TransferFlags.Linked }))
            .ToArray();
        chain[^1] = chain[^1] with { Flags = TransferFlags.None, Amount = 1 + tooMuch };
        var (before, sequence) = (ImageOfValue(world.Book), world.Book.Sequence);
        var reply = world.SubmitAs(chain);
        Assert.Equal(8_190, reply.Answers.Count(a => a.Result == (holds ? Reason.None : Reason.LinkedFailed)) + (holds ? 0 : 1));
        Assert.Equal(holds ? Reason.None : Reason.InsufficientFunds, reply.Answers[^1].Result);
        Assert.Equal(sequence + (holds ? 8_190UL : 0), world.Book.Sequence);
        Assert.Equal(!holds, before.AsSpan().SequenceEqual(ImageOfValue(world.Book)));
        Assert.Equal(8_190, world.Of(Alice));
        Assert.Equal(Image(world.Book), Image(world.Replayed()));
    }

    [Fact]
    public void Batch_Of0And8190And8191_IsTakenTakenAndRefused()
    {
        var world = new BookWorld().Fund(Alice, 10_000);
        var empty = world.Submit();
        Assert.True(empty.Applied);
        Assert.False(empty.Repeated);
        var most = world.Submit([.. Enumerable.Repeat(Move(Alice, Bob, 1), 8_190)]);
        Assert.Equal(8_190, most.Answers.Count(a => a == new TransferAnswer(Reason.None, 1)));
        var before = Image(world.Book);
        var beyond = Enumerable.Repeat(Move(Alice, Bob, 1), 8_191).Select(world.Next).ToArray();
        Assert.Equal(new Rejection(Reason.BatchInvalid, 8_190, 8_191), world.SubmitAs(beyond).Result);
        Assert.Equal(
            new Rejection(Reason.BatchInvalid, 8_190, 8_191),
            world.Book.ApplyBatch(world.Writer, 0, beyond, world.Now, new BookRows(), new TransferAnswer[8_191]));
        Assert.Equal(before, Image(world.Book));
        Assert.Equal(8_190, world.Of(Bob));
    }

    [Fact]
    public void Chain_WithOneIdTwice_IsReusedThereAndLeavesTheIdsFree()
    {
        var world = new BookWorld().Fund(Alice, 100);
        Transfer[] ids = [world.Next(Move(Alice, Bob, 1)), world.Next(Move(Alice, Bob, 2)), world.Next(Move(Alice, Bob, 4))];
        var linked = ids.Select(t => t with { Flags = TransferFlags.Linked }).ToArray();
        var before = Image(world.Book);
        Assert.Equal(
            [Reason.LinkedFailed, Reason.IdReused], world.SubmitAs(linked[0], ids[0]).Answers.Select(a => a.Result));
        Assert.Equal(
            [Reason.LinkedFailed, Reason.LinkedFailed, Reason.IdReused, Reason.LinkedFailed],
            world.SubmitAs(linked[1], linked[2], linked[1], ids[0]).Answers.Select(a => a.Result));
        Assert.Equal(before, Image(world.Book));
        Assert.All(world.SubmitAs(linked[2], linked[0], ids[1]).Answers, answer => Assert.True(answer.Applied));
        Assert.Equal(7, world.Of(Bob));
        Assert.Equal(Image(world.Book), Image(world.Replayed()));
    }

    [Fact]
    public void Chain_PartlyAnsweredBefore_IsReusedWhole()
    {
        var world = new BookWorld().Fund(Alice, 100);
        var known = world.Next(Move(Alice, Bob, 1)) with { Flags = TransferFlags.Linked };
        var last = world.Next(Move(Alice, Bob, 2));
        Assert.True(world.SubmitAs(known, last).Applied);
        var before = Image(world.Book);
        var fresh = world.Next(Move(Alice, Bob, 4));
        Assert.Equal([Reason.IdReused, Reason.IdReused], world.SubmitAs(known, fresh).Answers.Select(a => a.Result));
        Assert.Equal([new(Reason.None, 1), new(Reason.None, 2)], world.SubmitAs(known, last).Answers);
        Assert.Equal(before, Image(world.Book));
        Assert.True(world.SendAs(fresh).Applied);
    }

    [Fact]
    public void Chain_PartlyBelowTheFloor_SaysWhereAndAppliesNothing()
    {
        var world = new BookWorld().Fund(Alice, 100);
        var old = world.Next(Move(Alice, Bob, 1)) with { Flags = TransferFlags.Linked };
        var fresh = world.Next(Move(Alice, Bob, 2));
        var reply = world.Apply(new BookRequest { Writer = world.Writer, Transfers = [old, fresh], AnsweredThrough = fresh.Sequence });
        Assert.Equal([Reason.TooOld, Reason.LinkedFailed], reply.Answers.Select(a => a.Result));
        Assert.Equal(0, world.Of(Bob));
        Assert.True(world.SendAs(fresh).Applied);
    }

    [Fact]
    public void Request_OfOldAndNew_IsNotCalledRepeated()
    {
        var world = new BookWorld().Fund(Alice, 100);
        var first = world.Next(Move(Alice, Bob, 1));
        Assert.False(world.SubmitAs(first).Repeated);
        Assert.True(world.SubmitAs(first).Repeated);
        Assert.False(world.SubmitAs(first, world.Next(Move(Alice, Bob, 2))).Repeated);
        Assert.False(world.SubmitAs(first with { Amount = 2 }).Repeated);
    }
}
