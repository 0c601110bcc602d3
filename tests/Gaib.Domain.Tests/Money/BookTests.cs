using System.Runtime.CompilerServices;
using Gaib.Domain.Money;
using static Gaib.Domain.Tests.Money.BookWorld;

namespace Gaib.Domain.Tests.Money;

public sealed class BookTests
{
    [Fact]
    public void Transfer_InMemory_IsTheJournalRow() => Assert.Equal(Transfer.SizeInBytes, Unsafe.SizeOf<Transfer>());

    [Fact]
    public void Single_WithFunds_MovesExactly()
    {
        var world = new BookWorld().Fund(Alice, 100);
        Assert.Equal(Reason.None, world.Send(Move(Alice, Bob, 40)).Result);
        Assert.Equal(60, world.Of(Alice));
        Assert.Equal(40, world.Of(Bob));
    }

    [Fact]
    public void Single_BeyondFunds_IsRefusedAndRemembered()
    {
        var world = new BookWorld().Fund(Alice, 10);
        var transfer = world.Next(Move(Alice, Bob, 11));
        Assert.Equal(Reason.InsufficientFunds, world.SendAs(transfer).Result);
        world.Fund(Alice, 100);
        Assert.Equal(Reason.InsufficientFunds, world.SendAs(transfer).Result);
        Assert.Equal(0, world.Of(Bob));
    }

    [Fact]
    public void SameId_SameContent_IsAnsweredTheSameAndAppliedOnce()
    {
        var world = new BookWorld().Fund(Alice, 100);
        var transfer = world.Next(Move(Alice, Bob, 40));
        Assert.True(world.SendAs(transfer).Applied);
        Assert.Equal(new TransferAnswer(Reason.None, 40), world.SendAs(transfer));
        Assert.Equal(40, world.Of(Bob));
    }

    [Fact]
    public void SameId_OtherContent_IsRefused()
    {
        var world = new BookWorld().Fund(Alice, 100);
        var transfer = world.Next(Move(Alice, Bob, 40));
        world.SendAs(transfer);
        Assert.Equal(Reason.IdReused, world.SendAs(transfer with { Amount = 41 }).Result);
        Assert.Equal(40, world.Of(Bob));
    }

    [Fact]
    public void Window_Edges_AreTooOldAndFull()
    {
        var world = new BookWorld().Fund(Alice, 100);
        var transfer = world.Next(Move(Alice, Bob, 1));
        Assert.Equal(Reason.WindowFull, world.SendAs(transfer with { Id = Transfer.IdOf(transfer.Writer, 16_384) }).Result);
        Assert.True(world.SendAs(transfer with { Id = Transfer.IdOf(transfer.Writer, 16_383) }).Applied);
        Assert.True(world.SendAs(transfer with { Id = Transfer.IdOf(transfer.Writer, 16_384) }, answeredThrough: 1).Applied);
        Assert.Equal(Reason.TooOld, world.SendAs(transfer with { Id = Transfer.IdOf(transfer.Writer, 0) }).Result);
    }

    [Fact]
    public void Linked_OneFails_NoneIsApplied()
    {
        var world = new BookWorld().Fund(Alice, 100);
        var before = world.Book.Sequence;
        var answers = world.SendAll(
            Move(Alice, Bob, 60) with { Flags = TransferFlags.Linked },
            Move(Bob, Carol, 60) with { Flags = TransferFlags.Linked },
            Move(Alice, Carol, 60));
        Assert.Equal([Reason.LinkedFailed, Reason.LinkedFailed, Reason.InsufficientFunds], answers.Select(a => a.Result));
        Assert.Equal(100, world.Of(Alice));
        Assert.Equal(before, world.Book.Sequence);
    }

    [Fact]
    public void Linked_AllHold_SeeEachOther()
    {
        var world = new BookWorld().Fund(Alice, 100);
        var answers = world.SendAll(Move(Alice, Bob, 60) with { Flags = TransferFlags.Linked }, Move(Bob, Carol, 60));
        Assert.All(answers, a => Assert.True(a.Applied));
        Assert.Equal(60, world.Of(Carol));
    }

    [Fact]
    public void Linked_AtTheEndOfABatch_IsRefused() =>
        Assert.Equal(
            Reason.BatchInvalid,
            new BookWorld().Fund(Alice, 1).Submit(Move(Alice, Bob, 1) with { Flags = TransferFlags.Linked }).Result!.Reason);

    [Fact]
    public void Reserve_PostPart_FreesTheRest()
    {
        var world = new BookWorld().Fund(Alice, 100);
        var reserve = world.Next(Move(Alice, Bob, 70) with { Phase = TransferPhase.Reserve });
        Assert.True(world.SendAs(reserve).Applied);
        Assert.Equal(30, world.Book.BalanceOf(Alice, AssetId.Gaib).Available);
        Assert.Equal(Reason.InsufficientFunds, world.Send(Move(Alice, Carol, 31)).Result);
        Assert.Equal(Reason.ReservationExceeded, world.Send(Resolve(reserve, TransferPhase.Post, 71)).Result);
        Assert.True(world.Send(Resolve(reserve, TransferPhase.Post, 50)).Applied);
        Assert.Equal(50, world.Book.BalanceOf(Alice, AssetId.Gaib).Available);
        Assert.Equal(Reason.ReservationResolved, world.Send(Resolve(reserve, TransferPhase.Void, 0)).Result);
    }

    [Fact]
    public void Reserve_InAChainThatFails_LeavesNothingToExpire()
    {
        var world = new BookWorld().Fund(Alice, 100);
        var chain = world.SendAll(
            Move(Alice, Bob, 40) with { Phase = TransferPhase.Reserve, ExpiresAt = world.Now + 10, Flags = TransferFlags.Linked },
            Move(Alice, Bob, 1_000));
        world.Now += 20;
        Assert.Equal([Reason.LinkedFailed, Reason.InsufficientFunds], chain.Select(answer => answer.Result));
        Assert.True(world.Send(Move(Alice, Bob, 100)).Applied);
    }

    [Fact]
    public void Chain_BelowTheFloor_IsTooOldInEveryPart()
    {
        var world = new BookWorld().Fund(Alice, 100);
        Transfer[] chain = [world.Next(Move(Alice, Bob, 1)) with { Flags = TransferFlags.Linked }, world.Next(Move(Alice, Bob, 2))];
        var request = new BookRequest { Writer = chain[0].Writer, Transfers = [.. chain] };
        Assert.True(world.Apply(request).Applied);
        var late = world.Apply(request with { AnsweredThrough = chain[1].Sequence + 1 });
        Assert.Equal([Reason.TooOld, Reason.TooOld], late.Answers.Select(answer => answer.Result));
        Assert.Equal(3, world.Of(Bob));
    }

    [Fact]
    public void Reserve_PastExpiry_IsFreedByTheBook()
    {
        var world = new BookWorld().Fund(Alice, 100);
        var reserve = world.Next(Move(Alice, Bob, 70) with { Phase = TransferPhase.Reserve, ExpiresAt = world.Now + 10 });
        Assert.True(world.SendAs(reserve).Applied);
        world.Now += 10;
        Assert.True(world.Send(Move(Alice, Carol, 100)).Applied);
        Assert.Equal(Reason.ReservationResolved, world.Send(Resolve(reserve, TransferPhase.Post, 1)).Result);
    }

    [Theory]
    [InlineData(AccountKind.Pool, Reason.AccountInvalid)]
    [InlineData(AccountKind.None, Reason.AccountInvalid)]
    public void Single_ToBadAccount_IsRefused(AccountKind kind, Reason reason) =>
        Assert.Equal(reason, new BookWorld().Fund(Alice, 5).Send(Move(Alice, new AccountId(kind, Bob.Key), 1)).Result);

    [Fact]
    public void Command_Repeated_IsAnsweredTheSameAndAppliedOnce()
    {
        var world = new BookWorld().Fund(Alice, 100);
        var command = Command(Alice, nonce: 7, deadline: world.Now);
        var first = world.Submit(command, Move(Alice, Bob, 30));
        var second = world.Submit(command, Move(Alice, Bob, 30));
        Assert.True(first.Applied);
        Assert.True(second.Repeated);
        Assert.Equal(first.Sequence, second.Sequence);
        Assert.Equal(first.Answers.AsEnumerable(), second.Answers);
        Assert.Equal(30, world.Of(Bob));
    }

    [Fact]
    public void Command_Refused_LeavesNoTraceAndMayBeRetried()
    {
        var world = new BookWorld().Fund(Alice, 10);
        var command = Command(Alice, nonce: 7, deadline: world.Now);
        var reply = world.Submit(command, Move(Alice, Bob, 5), Move(Alice, Carol, 6));
        Assert.Equal(new Rejection(Reason.InsufficientFunds, 5, 6, Alice.ToString()), reply.Result);
        Assert.Equal(10, world.Of(Alice));
        world.Fund(Alice, 1);
        Assert.True(world.Submit(command, Move(Alice, Bob, 5), Move(Alice, Carol, 6)).Applied);
    }

    [Fact]
    public void Command_NonceOrDeadline_IsChecked()
    {
        var world = new BookWorld().Fund(Alice, 10);
        Assert.True(world.Submit(Command(Alice, 7, world.Now), Move(Alice, Bob, 1)).Applied);
        Assert.Equal(Reason.NonceUsed, world.Submit(Command(Alice, 7, world.Now + 1), Move(Alice, Bob, 1)).Result!.Reason);
        Assert.Equal(Reason.DeadlinePassed, world.Submit(Command(Alice, 8, world.Now - 1), Move(Alice, Bob, 1)).Result!.Reason);
    }
}
