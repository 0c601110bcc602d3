using Gaib.Domain.Money;
using static Gaib.Domain.Tests.Money.BookWorld;

namespace Gaib.Domain.Tests.Money;

/// <summary>A book that does not add up says where. Such a book can only be made by changing bytes of a snapshot.</summary>
public sealed class BookAuditTests
{
    private const int Balances = 3;
    private const int Pools = 5;

    // A balance in a snapshot: account, asset, and four totals of 16 bytes; Bob's is the fourth, the pool's the fifth.
    private const int Bob0 = 8 + (3 * 96) + 32;
    private const int Debits = 0;
    private const int Credits = 16;
    private const int PendingOut = 32;
    private const int PendingIn = 48;

    [Fact]
    public void Audit_OfASoundBook_FindsNothing() => Assert.Null(Book.Thaw(World().Book.Freeze().Parts()).Audit());

    [Theory]
    [InlineData(Credits, "GAIB: debits and credits differ: (20, 21, 0, 0).")]
    [InlineData(Debits, "0x00000000000000000000000000000000000000bb has -1 of GAIB available.")]
    [InlineData(PendingOut, "0x00000000000000000000000000000000000000bb has -1 of GAIB available.")]
    [InlineData(PendingIn, "GAIB: debits and credits differ: (20, 20, 0, 1).")]
    public void Audit_OfABalanceThatIsOneOff_NamesIt(int total, string expected) =>
        Assert.Equal(expected, Tampered(Balances, Bob0 + total).Audit(), ignoreCase: true);

    [Theory]
    [InlineData(8 + 24 + 16 + 8 + 16, "holds 10 but owes 11.")]
    [InlineData(8 + 24 + 16, "the pool identity does not hold.")]
    [InlineData(8 + 24, "the pool identity does not hold.")]
    public void Audit_OfAPoolThatIsOneOff_NamesIt(int offset, string expected)
    {
        var fault = Tampered(Pools, offset).Audit();
        Assert.StartsWith(Pool.ToString(), fault);
        Assert.EndsWith(expected, fault);
    }

    [Fact]
    public void Reply_OfSomeRefused_IsNotAppliedAndSaysTheFirst()
    {
        var world = new BookWorld().Fund(Alice, 10);
        var reply = world.Submit(Move(Alice, Bob, 1), Move(Alice, Bob, 0), Move(Alice, Bob, 100));
        Assert.False(reply.Applied);
        Assert.Equal(new Rejection(Reason.AmountZero), reply.Rejection);
        var sound = world.Submit(Move(Alice, Bob, 1));
        Assert.True(sound.Applied);
        Assert.Null(sound.Rejection);
        var whole = world.Apply(new BookRequest { Writer = 99 });
        Assert.False(whole.Applied);
        Assert.Equal(Reason.WriterUnknown, whole.Rejection!.Reason);
        Assert.Equal(world.Book.Sequence, whole.Sequence);
    }

    [Fact]
    public void Command_Refused_SaysNumbersAndSubject()
    {
        var world = new BookWorld().Fund(Alice, 10);
        Assert.Equal(new Rejection(Reason.SameAccount, 0, 3, Alice.ToString()), world.Submit(Command(Alice, 1, 5_000), Move(Alice, Alice, 3)).Result);
        Assert.Equal(new Rejection(Reason.AmountZero, 0, 0, Bob.ToString()), world.Submit(Command(Alice, 1, 5_000), Move(Alice, Bob, 0)).Result);
        Assert.Equal(new Rejection(Reason.DeadlinePassed, 999, 1_000), world.Submit(Command(Alice, 1, 999)).Result);
        Assert.True(world.Submit(Command(Alice, 1, 1_000)).Applied);
        Assert.Equal(new Rejection(Reason.NonceUsed, 0, 1), world.Submit(Command(Alice, 1, 5_000)).Result);
        Assert.True(world.Submit(Command(Bob, 1, 5_000)).Applied);
    }

    [Fact]
    public void Command_Accepted_StandsBeforeItsFirstTransfer()
    {
        var world = new BookWorld().Fund(Alice, 10).Fund(Bob, 10);
        var command = Command(Alice, 1, 5_000);
        var linked = Move(Alice, Bob, 1) with { Flags = TransferFlags.Linked, Id = 77, Cause = Model };
        var reply = world.Submit(command, linked, Move(Alice, Bob, 2));
        Assert.Equal((3UL, 4UL), (reply.Sequence, world.Book.Sequence));
        Assert.Equal(3UL, world.Book.SequenceOf(command.Digest));
        Assert.Null(world.Book.SequenceOf(Model));
        var rows = BookRow.Read(world.Journal[^1].Payload).ToList();
        Assert.Equal(new[] { "CommandRow", "TransferRow", "TransferRow" }, rows.Select(row => row.GetType().Name));
        Assert.Equal(
            [(Transfer.IdOf(1, 1), command.Digest, TransferFlags.None), (Transfer.IdOf(1, 2), command.Digest, TransferFlags.None)],
            rows.OfType<TransferRow>().Select(row => (row.Transfer.Id, row.Transfer.Cause, row.Transfer.Flags)));
        Assert.Equal(Image(world.Book), Image(world.Replayed()));
    }

    private static BookWorld World()
    {
        var world = new BookWorld().RegisterModel().Issue(Alice, 4).Fund(Bob, 10);
        Assert.True(world.Send(Move(Bob, Pool, 10)).Applied);
        return world;
    }

    private static Book Tampered(int section, int offset)
    {
        var parts = World().Book.Freeze().Parts().Select(part => part.ToArray()).ToList();
        parts.Single(part => part[0] == section)[offset]++;
        return Book.Thaw(parts.Select(part => new ReadOnlyMemory<byte>(part)));
    }
}
