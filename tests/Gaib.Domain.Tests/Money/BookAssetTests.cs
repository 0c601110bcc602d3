using Gaib.Domain.Money;
using static Gaib.Domain.Tests.Money.BookWorld;

namespace Gaib.Domain.Tests.Money;

/// <summary>Assets are registered all or none, with the request that brings them.</summary>
public sealed class BookAssetTests
{
    private static readonly AssetRecord One = Record("one");
    private static readonly AssetRecord Two = Record("two");

    [Fact]
    public void Assets_RegisteredAgain_AreTheSameOnes()
    {
        var world = Registered(One, Two);
        var image = Image(world.Book);
        Assert.Equal([One, Two], world.Book.Assets);
        Assert.True(world.Apply(new BookRequest { Writer = world.Writer, Assets = [Two, One, One] }).Applied);
        Assert.Equal(image, Image(world.Book));
        Assert.Equal([One, Two], world.Replayed().Assets);
        Assert.Equal([One.Pool, Two.Pool], world.Book.Pools.Select(pool => pool.Account));
        Assert.Equal([One.Asset, Two.Asset], world.Book.Pools.Select(pool => pool.State.Asset));
    }

    public static TheoryData<string, Reason> Bad => new()
    {
        { "number", Reason.AssetExists },
        { "frozen", Reason.AssetExists },
        { "gaib", Reason.AccountInvalid },
        { "pool", Reason.AccountInvalid },
        { "person", Reason.AccountInvalid },
        { "nobody", Reason.AccountInvalid },
        { "twin", Reason.AssetExists },
        { "twin pool", Reason.AccountInvalid },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void Assets_OneOfThemBad_AreRegisteredNone(string how, Reason reason)
    {
        var world = Registered(One);
        var three = Record("three");
        var bad = how switch
        {
            "number" => three with { Asset = One.Asset },
            "frozen" => One with { Frozen = true },
            "gaib" => three with { Asset = AssetId.Gaib },
            "pool" => three with { Pool = One.Pool },
            "person" => three with { Pool = Alice },
            "nobody" => three with { Pool = new AccountId(AccountKind.Pool) },
            "twin" => Two with { Cause = Model },
            _ => three with { Pool = Two.Pool },
        };
        var before = Image(world.Book);
        var reply = world.Apply(new BookRequest { Writer = world.Writer, Assets = [Two, bad], Transfers = [world.Next(Move(Alice, Bob, 1))] });
        Assert.Equal(
            new Rejection(reason, 0, 0, reason == Reason.AssetExists ? bad.Asset.ToString() : bad.Pool.ToString()), reply.Result);
        Assert.Equal(before, Image(world.Book));
    }

    [Fact]
    public void Assets_OfARequestThatIsRefused_AreNotRegistered()
    {
        var world = Registered(One).Fund(Alice, 5);
        var before = Image(world.Book);
        Assert.Equal(Reason.WriterUnknown, world.Apply(new BookRequest { Writer = 99, Assets = [Two] }).Result!.Reason);
        var command = Command(Alice, 1, world.Now);
        var late = new BookRequest { Command = Command(Alice, 1, world.Now - 1), Assets = [Two] };
        Assert.Equal(Reason.DeadlinePassed, world.Apply(late).Result!.Reason);
        var request = new BookRequest { Command = command, Assets = [Two, Record("three")], Transfers = [Issue(Two, Bob, 3), Move(Alice, Bob, 6)] };
        Assert.Equal(Reason.InsufficientFunds, world.Apply(request).Result!.Reason);
        Assert.Equal(before, Image(world.Book));

        // The same command may bring them once it holds, and then its own transfers can move them.
        Assert.True(world.Apply(request with { Transfers = [Issue(Two, Bob, 3), Move(Alice, Bob, 5)] }).Applied);
        Assert.Equal([One, Two, Record("three")], world.Book.Assets);
        Assert.Equal(Image(world.Book), Image(world.Replayed()));
        Assert.True(world.Apply(request).Repeated);
        Assert.Equal(3, world.Book.BalanceOf(Bob, Two.Asset).Posted);
    }

    private static Transfer Issue(AssetRecord asset, AccountId to, UInt128 units) => Move(AccountId.Issuance, to, units) with { Asset = asset.Asset };

    private static BookWorld Registered(params AssetRecord[] assets)
    {
        var world = new BookWorld();
        Assert.True(world.Apply(new BookRequest { Writer = world.Writer, Assets = [.. assets] }).Applied);
        return world;
    }

    private static AssetRecord Record(string name) =>
        new(AssetId.Of(Keccak.HashUtf8(name)), AccountId.Of(AccountKind.Pool, Keccak.HashUtf8(name)), false, Keccak.HashUtf8(name));
}
