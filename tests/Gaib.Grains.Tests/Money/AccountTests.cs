using Gaib.Abstractions;
using Gaib.Abstractions.Money;
using Gaib.Domain;
using Gaib.Domain.Governance;
using Gaib.Domain.Money;
using Gaib.Evm;
using Gaib.Grains.Tests.Cluster;

namespace Gaib.Grains.Tests.Money;

/// <summary>What people sign about their own value.</summary>
public sealed class AccountTests
{
    private static readonly PrivateKey Alice = TestNetwork.Key("person0");
    private static readonly PrivateKey Bob = TestNetwork.Key("person1");

    public static TheoryData<string, Reason> Refusals => new()
    {
        { "garbage signature", Reason.SignatureInvalid },
        { "signed by the payee", Reason.SignerNotAuthorised },
        { "signed for another network", Reason.SignerNotAuthorised },
        { "changed after signing", Reason.SignerNotAuthorised },
        { "more than there is", Reason.InsufficientFunds },
        { "to oneself", Reason.SameAccount },
        { "nothing", Reason.AmountZero },
        { "unknown shares", Reason.AssetUnknown },
        { "too late", Reason.DeadlinePassed },
        { "used nonce", Reason.NonceUsed },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Pay_WhatMayNotBe_IsRefusedAndChangesNothing(string what, Reason reason)
    {
        await using var cluster = await GrainCluster.StartAsync();
        Economy.Must(await PayAsync(cluster, cluster.Client.Sign(PayOf(1, nonce: 9), Alice)));
        var before = await StateAsync(cluster);

        var refused = await PayAsync(cluster, Spoilt(cluster, what));

        Assert.Equal(reason, refused.Rejection!.Reason);
        Assert.Equal(before, await StateAsync(cluster));
        if (reason == Reason.InsufficientFunds)
        {
            Assert.Equal((999_999_999_999, 2_000_000_000_000), (refused.Rejection.Limit, refused.Rejection.Actual));
        }
    }

    [Theory]
    [InlineData("book BeforeWrite")]
    [InlineData("book AfterWrite")]
    [InlineData("book AfterFlush")]
    public async Task Pay_JournalFails_SameCommandHappensOnce(string point)
    {
        await using var cluster = await GrainCluster.StartAsync();
        var signed = cluster.Client.Sign(PayOf(40, nonce: 1), Alice);
        cluster.Disk.FailNext(point);

        await Assert.ThrowsAnyAsync<Exception>(() => PayAsync(cluster, signed));
        var paid = Economy.Must(await PayAsync(cluster, signed));
        await cluster.RestartAsync();
        var again = Economy.Must(await PayAsync(cluster, signed));

        Assert.True(again.Repeated);
        Assert.Equal(paid.Sequence, again.Sequence);
        Assert.Equal(1_000_000_000_040, (await BalanceAsync(cluster, Bob)).Posted);
    }

    [Fact]
    public async Task Stake_AndBack_MovesExactlyThat()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var account = cluster.Grains.Get<IAccountGrain>(Alice.Address);
        Economy.Must(await account.Stake(cluster.Client.Sign(new Stake(Alice.Address, 5_000_000_000, 1, TestNetwork.Deadline), Alice)));

        var tooMuch = await account.Unstake(cluster.Client.Sign(new Unstake(Alice.Address, 6_000_000_000, 2, TestNetwork.Deadline), Alice));
        Economy.Must(await account.Unstake(cluster.Client.Sign(new Unstake(Alice.Address, 2_000_000_000, 3, TestNetwork.Deadline), Alice)));

        Assert.Equal(Reason.InsufficientFunds, tooMuch.Rejection!.Reason);
        Assert.Equal(997_000_000_000, (await BalanceAsync(cluster, Alice)).Posted);
        Assert.Equal(
            3_000_000_000, (await cluster.Book.GetBalance(new AccountId(AccountKind.Stake, Alice.Address), AssetId.Gaib)).Posted);
    }

    private static Signed<Pay> Spoilt(GrainCluster cluster, string what)
    {
        var good = cluster.Client.Sign(PayOf(40, nonce: 1), Alice);
        return what switch
        {
            "garbage signature" => good with { Signature = new Signature(Keccak.HashUtf8("r"), Keccak.HashUtf8("s"), 9) },
            "signed by the payee" => cluster.Client.Sign(good.Command, Bob),
            "signed for another network" => good with { Signature = Alice.Sign(Eip712.Digest(GaibDomains.Commands(1, Hash32.Zero), good.Command)) },
            "changed after signing" => good with { Command = good.Command with { Amount = 41 } },
            "more than there is" => cluster.Client.Sign(PayOf(2_000 * (UInt128)TestNetwork.Unit, 1), Alice),
            "to oneself" => cluster.Client.Sign(good.Command with { To = Alice.Address }, Alice),
            "nothing" => cluster.Client.Sign(PayOf(0, 1), Alice),
            "unknown shares" => cluster.Client.Sign(good.Command with { Asset = 77 }, Alice),
            "too late" => cluster.Client.Sign(good.Command with { Deadline = TestNetwork.Start - 1 }, Alice),
            _ => cluster.Client.Sign(PayOf(40, nonce: 9), Alice),
        };
    }

    private static Pay PayOf(UInt128 amount, ulong nonce) => new(Alice.Address, Bob.Address, 0, amount, nonce, TestNetwork.Deadline);

    private static Task<Outcome<BookReply>> PayAsync(GrainCluster cluster, Signed<Pay> signed) =>
        cluster.Grains.Get<IAccountGrain>(Alice.Address).Pay(signed);

    private static Task<Balance> BalanceAsync(GrainCluster cluster, PrivateKey key) =>
        cluster.Grains.Get<IAccountGrain>(key.Address).GetBalance(AssetId.Gaib);

    private static async Task<(ulong, Balance, Balance)> StateAsync(GrainCluster cluster) =>
        (await cluster.Book.GetSequence(), await BalanceAsync(cluster, Alice), await BalanceAsync(cluster, Bob));
}
