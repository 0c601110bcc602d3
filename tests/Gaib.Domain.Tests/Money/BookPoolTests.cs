using Gaib.Domain.Money;
using static Gaib.Domain.Tests.Money.BookWorld;

namespace Gaib.Domain.Tests.Money;

public sealed class BookPoolTests
{
    [Fact]
    public void Feed_HoldersCollect_InProportion()
    {
        var world = new BookWorld().RegisterModel().Issue(Alice, 768).Issue(Bob, 256).Fund(Carol, 1_000);
        world.Send(Move(Carol, Pool, 1_000));
        Assert.Equal(new TransferAnswer(Reason.None, 750), world.Send(Collect(Pool, Alice)));
        Assert.Equal(new TransferAnswer(Reason.None, 250), world.Send(Collect(Pool, Bob)));
        Assert.Equal(0, world.Of(Pool));
        Assert.Equal(Reason.AmountZero, world.Send(Collect(Pool, Bob)).Result);
    }

    [Fact]
    public void ShareTransfer_BetweenFeeds_SettlesBothSidesFirst()
    {
        var world = new BookWorld().RegisterModel().Issue(Alice, 1_024).Fund(Carol, 1_000_000);
        world.Send(Move(Carol, Pool, 600));
        world.Send(Move(Alice, Bob, 512) with { Asset = Shares });
        world.Send(Move(Carol, Pool, 400));
        Assert.Equal((UInt128)800, world.Send(Collect(Pool, Alice)).Amount);
        Assert.Equal((UInt128)200, world.Send(Collect(Pool, Bob)).Amount);
    }

    [Fact]
    public void NestedPool_Collect_PullsFromItsParentFirst()
    {
        var world = new BookWorld().RegisterModel();
        var holders = AccountId.Of(AccountKind.Pool, Keccak.HashUtf8("holders"));
        var units = AssetId.Of(Keccak.HashUtf8("holders"));
        world.Apply(new BookRequest { Writer = 16, Assets = [new AssetRecord(units, holders, true, Model)] });
        world.Issue(Alice, 960).Issue(holders, 64);
        world.Send(Move(AccountId.Issuance, Bob, 3) with { Asset = units });
        world.Send(Move(AccountId.Issuance, Carol, 1) with { Asset = units });
        world.Fund(Alice, 6_400).Send(Move(Alice, Pool, 6_400));
        Assert.Equal((UInt128)300, world.Send(Collect(holders, Bob)).Amount);
        Assert.Equal((UInt128)100, world.Send(Collect(holders, Carol)).Amount);
        Assert.Equal(Reason.AssetFrozen, world.Send(Move(Bob, Carol, 1) with { Asset = units }).Result);
        Assert.Equal(world.Book.Sequence, world.Replayed().Sequence);
    }

    [Fact]
    public void Pool_AsMemberOfItself_IsRefused()
    {
        var world = new BookWorld().RegisterModel().Issue(Alice, 10);
        Assert.Equal(Reason.PoolCycle, world.Send(Move(Alice, Pool, 1) with { Asset = Shares }).Result);
    }

    [Fact]
    public void Pool_PaidOutWithoutCollect_IsRefused()
    {
        var world = new BookWorld().RegisterModel().Issue(Alice, 10).Fund(Bob, 10);
        world.Send(Move(Bob, Pool, 10));
        Assert.Equal(Reason.AccountInvalid, world.Send(Move(Pool, Bob, 1)).Result);
    }

    [Fact]
    public void Asset_RegisteredTwiceWithOtherContent_IsRefused()
    {
        var world = new BookWorld().RegisterModel();
        var other = new AssetRecord(Shares, AccountId.Of(AccountKind.Pool, Keccak.HashUtf8("x")), false, Model);
        Assert.Equal(Reason.AssetExists, world.Apply(new BookRequest { Writer = 16, Assets = [other] }).Result!.Reason);
    }

    [Fact]
    public void Post_ThatCollects_IsRefused()
    {
        var world = new BookWorld().RegisterModel().Issue(Alice, 10).Fund(Bob, 10);
        var reserve = world.Next(Move(Bob, Alice, 10) with { Phase = TransferPhase.Reserve });
        Assert.True(world.SendAs(reserve).Applied);
        Assert.Equal(Reason.BatchInvalid, world.Send(Resolve(reserve, TransferPhase.Post, 10) with { Flags = TransferFlags.Collect }).Result);
        Assert.Empty(world.Book.MembersOf(Bob));
    }

    [Fact]
    public void Post_OfReservedShares_PullsFromTheParentFirst()
    {
        var world = Nested(out var inner, out var units);
        var reserve = world.Next(Move(Alice, Bob, 4) with { Asset = units, Phase = TransferPhase.Reserve });
        Assert.True(world.SendAs(reserve).Applied);
        world.Fund(Carol, 900).Send(Move(Carol, Pool, 900));

        // Alice held all units while the money came, so that all of it is hers, and none is Bob's.
        Assert.True(world.Send(Resolve(reserve, TransferPhase.Post, 4)).Applied);
        Assert.Equal(new TransferAnswer(Reason.None, 900), world.Send(Collect(inner, Alice)));
        Assert.Equal(Reason.AmountZero, world.Send(Collect(inner, Bob)).Result);
    }

    [Fact]
    public void Post_OfReservedShares_ThatWouldCloseACycle_IsRefused()
    {
        var world = Nested(out var inner, out var units);
        var outer = world.Next(Move(Alice, Pool, 1) with { Asset = units, Phase = TransferPhase.Reserve });
        Assert.Equal(Reason.PoolCycle, world.SendAs(outer).Result);

        var third = AccountId.Of(AccountKind.Pool, Keccak.HashUtf8("third"));
        var others = AssetId.Of(Keccak.HashUtf8("third"));
        world.Apply(new BookRequest { Writer = 16, Assets = [new AssetRecord(others, third, false, Model)] });
        world.Send(Move(AccountId.Issuance, Bob, 9) with { Asset = others });
        var up = world.Next(Move(Bob, inner, 3) with { Asset = others, Phase = TransferPhase.Reserve });
        var down = world.Next(Move(Alice, third, 3) with { Asset = units, Phase = TransferPhase.Reserve });
        Assert.True(world.SendAs(up).Applied);
        Assert.True(world.SendAs(down).Applied);
        Assert.True(world.Send(Resolve(up, TransferPhase.Post, 3)).Applied);
        Assert.Equal(Reason.PoolCycle, world.Send(Resolve(down, TransferPhase.Post, 3)).Result);
    }

    [Fact]
    public void Pool_ThatBecameAMemberInAChainThatFailed_IsNone()
    {
        var world = Nested(out var inner, out var units);
        world.Send(Move(AccountId.Issuance, Bob, 10) with { Asset = Shares });
        var third = AccountId.Of(AccountKind.Pool, Keccak.HashUtf8("third"));
        var others = AssetId.Of(Keccak.HashUtf8("third"));
        world.Apply(new BookRequest { Writer = 16, Assets = [new AssetRecord(others, third, false, Model)] });
        world.Send(Move(AccountId.Issuance, Bob, 9) with { Asset = others });
        var chain = world.SendAll(
            Move(Alice, third, 1) with { Asset = units, Flags = TransferFlags.Linked },
            Move(Bob, Carol, 1_000_000));
        Assert.Equal([Reason.LinkedFailed, Reason.InsufficientFunds], chain.Select(answer => answer.Result));

        // Had the pool become a member, this would be a cycle; and a book made from the journal knows nothing of it either.
        Assert.True(world.Send(Move(Bob, inner, 1) with { Asset = others }).Applied);
        Assert.Equal(BookWorld.Image(world.Book), BookWorld.Image(world.Replayed()));
    }

    /// <summary>A pool that holds all shares of the model, and of which Alice holds all units.</summary>
    private static BookWorld Nested(out AccountId inner, out AssetId units)
    {
        var world = new BookWorld().RegisterModel();
        inner = AccountId.Of(AccountKind.Pool, Keccak.HashUtf8("inner"));
        units = AssetId.Of(Keccak.HashUtf8("inner"));
        world.Apply(new BookRequest { Writer = 16, Assets = [new AssetRecord(units, inner, false, Model)] });
        world.Issue(inner, 64);
        Assert.True(world.Send(Move(AccountId.Issuance, Alice, 8) with { Asset = units }).Applied);
        return world;
    }

    private static Transfer Collect(AccountId pool, AccountId member) =>
        new() { Debit = pool, Credit = member, Flags = TransferFlags.Collect };
}
