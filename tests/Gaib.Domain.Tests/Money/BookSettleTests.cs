using Gaib.Domain.Money;
using static Gaib.Domain.Tests.Money.BookWorld;

namespace Gaib.Domain.Tests.Money;

/// <summary>A pool's payout, page by page.</summary>
public sealed class BookSettleTests
{
    [Fact]
    public void Settle_PageByPage_PaysEachMemberItsOwnAndNobodyTwice()
    {
        var world = Shared(100, out var holders);
        world.Fund(Carol, 1_000_000).Send(Move(Carol, Pool, 5_050));

        var (pages, from) = (0, 0);
        do
        {
            from = Settle(world, from, 7);
            pages++;
        }
        while (from > 0);

        Assert.Equal(15, pages);
        Assert.Equal(Enumerable.Range(1, 100), holders.Select(holder => (int)world.Of(holder)));
        Assert.Equal(0, world.Of(Pool));
        var image = Image(world.Book);
        Assert.Equal(0, Settle(world, 0, 8_190));
        Assert.Equal(image, Image(world.Book));
        Assert.Equal(Image(world.Replayed()), image);
    }

    [Fact]
    public void Settle_MemberWhoJoinsMeanwhile_IsNotOnALaterPageAndKeepsItsOwn()
    {
        var world = Shared(10, out var holders);
        world.Fund(Carol, 1_000).Send(Move(Carol, Pool, 55));
        var next = Settle(world, 0, 5);
        world.Send(Move(holders[9], Alice, 5) with { Asset = Shares });
        world.Send(Move(Carol, Pool, 55));

        Assert.Equal(0, Settle(world, next, 100));
        Assert.Equal(0, world.Of(Alice));
        Assert.Equal(10, world.Of(holders[9]));
        Assert.Equal([2, 4, 6, 8, 10], holders.Take(5).Select(holder => (int)world.Of(holder)));
        Assert.Equal(0, Settle(world, 0, 100));
        Assert.Equal(5, world.Of(Alice));
        Assert.Equal(15, world.Of(holders[9]));
    }

    [Fact]
    public void Settle_PoolInAPool_IsFedByWhatItIsPaid()
    {
        var world = new BookWorld().RegisterModel();
        var holders = AccountId.Of(AccountKind.Pool, Keccak.HashUtf8("holders"));
        var units = AssetId.Of(Keccak.HashUtf8("holders"));
        world.Apply(new BookRequest { Writer = 16, Assets = [new AssetRecord(units, holders, true, Model)] });
        world.Issue(Alice, 3).Issue(holders, 1);
        world.Send(Move(AccountId.Issuance, Bob, 1) with { Asset = units });
        world.Fund(Carol, 400).Send(Move(Carol, Pool, 400));

        Assert.Equal(0, Settle(world, 0, 10));

        Assert.Equal(300, world.Of(Alice));
        Assert.Equal(100, world.Of(holders));
        Assert.Equal(0, Settle(world, holders, 0, 10));
        Assert.Equal(100, world.Of(Bob));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(10_000)]
    public void Settle_FromWhereNobodyIs_ChangesNothing(int from)
    {
        var world = Shared(3, out _);
        world.Fund(Carol, 10).Send(Move(Carol, Pool, 6));
        var image = Image(world.Book);

        Assert.Equal(0, Settle(world, from, 10));
        Assert.Equal(0, Settle(world, Alice, 0, 10));
        Assert.Equal(image, Image(world.Book));
    }

    [Fact]
    public void MembersOf_Pages_AreAllMembersOnceTheNewestFirst()
    {
        var world = Shared(5, out var holders);
        var first = world.Book.MembersOf(Pool, 0).Take(2).ToArray();

        Assert.Equal(5, world.Book.MemberCountOf(Pool));
        Assert.Equal([holders[4], holders[3]], first.Select(row => row.Member));
        Assert.Equal([holders[2], holders[1], holders[0]], world.Book.MembersOf(Pool, first[1].Next).Select(row => row.Member));
        Assert.Equal([Pool], world.Book.PoolsOf(holders[0]));
        Assert.Empty(world.Book.PoolsOf(Alice));
    }

    [Fact]
    public void Member_OfAChainThatWasTakenBack_IsInNoList()
    {
        var world = Shared(2, out var holders);
        world.SendAll(Move(holders[0], Alice, 1) with { Asset = Shares, Flags = TransferFlags.Linked }, Move(Alice, Bob, 1_000));

        Assert.Equal(2, world.Book.MemberCountOf(Pool));
        Assert.Equal([holders[1], holders[0]], world.Book.MembersOf(Pool).Select(row => row.Member));
        Assert.Empty(world.Book.PoolsOf(Alice));
        world.Send(Move(holders[0], Bob, 1) with { Asset = Shares });
        Assert.Equal([Bob, holders[1], holders[0]], world.Book.MembersOf(Pool).Select(row => row.Member));
    }

    /// <summary>Holders with 1, 2, 3 … shares.</summary>
    private static BookWorld Shared(int count, out AccountId[] holders)
    {
        var world = new BookWorld().RegisterModel();
        holders = [.. Enumerable.Range(0, count).Select(i => AccountId.Person(Address.FromHash(Keccak.HashUtf8($"holder {i}"))))];
        for (var i = 0; i < count; i++)
        {
            world.Issue(holders[i], (UInt128)(i + 1));
        }

        return world;
    }

    private static int Settle(BookWorld world, int from, int max) => Settle(world, Pool, from, max);

    private static int Settle(BookWorld world, AccountId pool, int from, int max) =>
        world.Apply(new BookRequest { Writer = 16, Settle = new PoolSettle(pool, from, max) }).SettledTo;
}
