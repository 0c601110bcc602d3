using Gaib.Abstractions;
using Gaib.Abstractions.Compute;
using Gaib.Domain;
using Gaib.Domain.Compute;
using Gaib.Domain.Money;
using Gaib.Evm;
using Gaib.Grains.Tests.Cluster;

namespace Gaib.Grains.Tests.Compute;

/// <summary>Asks and orders: what is refused, and what stands between a match and its escrow.</summary>
public sealed class MarketTests
{
    private const ulong Cap = 100 * TestNetwork.Unit;

    private static readonly PrivateKey Pauper = TestNetwork.Key("pauper");

    [Fact]
    public async Task PlaceOrder_TooLittleMoney_LeavesNoLease()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var economy = new Economy(cluster);
        await economy.OfferGpusAsync();
        var sequence = await cluster.Book.GetSequence();

        var refused = await economy.PlaceAsync(economy.OrderBy(Pauper), Pauper);

        Assert.Equal(Reason.InsufficientFunds, refused.Rejection!.Reason);
        Assert.Equal(1, refused.Rejection.Limit);
        Assert.Equal(sequence, await cluster.Book.GetSequence());
        var market = (await economy.Market.Advance()).Market;
        Assert.Empty(market.Orders);
        Assert.Empty(market.Leases);
        Assert.Equal(0U, market.Rate.Leased);
        Assert.Equal(GpuStatus.Offered, (await economy.Gpu(0).Get())!.Status);
        Assert.Equal(3, (await economy.OrderAsync()).Length);
    }

    [Theory]
    [InlineData("class", Reason.ClassUnknown)]
    [InlineData("another market", Reason.ClassUnknown)]
    [InlineData("count 0", Reason.FieldOutOfRange)]
    [InlineData("too many", Reason.NoGpuFree)]
    [InlineData("ceiling", Reason.RateAboveCeiling)]
    [InlineData("cap below a unit a lease", Reason.FieldOutOfRange)]
    [InlineData("deadline", Reason.DeadlinePassed)]
    [InlineData("signed by another", Reason.SignerNotAuthorised)]
    public async Task PlaceOrder_WhatMayNotBe_IsRefusedAndChangesNothing(string what, Reason reason)
    {
        await using var cluster = await GrainCluster.StartAsync();
        var economy = new Economy(cluster);
        await economy.OfferGpusAsync();
        var sequence = await cluster.Book.GetSequence();
        var good = economy.OrderBy(economy.Developer);
        var order = what switch
        {
            "class" or "another market" => good with { Class = "gpu-9" },
            "count 0" => good with { Count = 0 },
            "too many" => good with { Count = 4 },
            "ceiling" => good with { Ceiling = 1 },
            "cap below a unit a lease" => good with { Cap = 2 },
            "deadline" => good with { Deadline = TestNetwork.Start - 1 },
            _ => good,
        };

        var market = what == "another market" ? cluster.Grains.GetGrain<IMarketGrain>("gpu-9") : economy.Market;
        var refused = await market.PlaceOrder(cluster.Client.Sign(order, what == "signed by another" ? economy.App : economy.Developer));

        Assert.Equal(reason, refused.Rejection!.Reason);
        Assert.Equal(sequence, await cluster.Book.GetSequence());
        Assert.Empty((await economy.Market.Advance()).Market.Orders);
    }

    [Fact]
    public async Task PlaceOrder_SameNonceOtherContent_IsRefused()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var economy = new Economy(cluster);
        await economy.OfferGpusAsync();
        var first = await economy.OrderAsync();

        var again = await economy.OrderAsync();
        var other = await economy.PlaceAsync(economy.OrderBy(economy.Developer, cap: Cap - 1), economy.Developer);

        Assert.Equal(first.AsSpan(), again.AsSpan());
        Assert.Equal(Reason.NonceUsed, other.Rejection!.Reason);
        Assert.Equal(900 * (Int128)TestNetwork.Unit, await economy.HeldByAsync(economy.Developer));
    }

    [Theory]
    [InlineData("book BeforeWrite")]
    [InlineData("book AfterFlush")]
    public async Task PlaceOrder_RestartBetweenMatchAndEscrow_EscrowsOnce(string point)
    {
        await using var cluster = await GrainCluster.StartAsync();
        var economy = new Economy(cluster);
        await economy.OfferGpusAsync();
        cluster.Disk.FailNext(point);

        await Assert.ThrowsAnyAsync<Exception>(() => economy.OrderAsync());
        await cluster.RestartAsync();

        // The market finishes the stored match by itself, before it answers anybody.
        var market = (await economy.Market.Advance()).Market;
        Assert.Equal(3, market.Leases.Count);
        Assert.Equal(900 * (Int128)TestNetwork.Unit, await economy.HeldByAsync(economy.Developer));
        var terms = await economy.OrderAsync();
        Assert.Equal(market.Leases.Keys.Order(), terms.Select(lease => lease.Lease).Order());
        Assert.Equal(900 * (Int128)TestNetwork.Unit, await economy.HeldByAsync(economy.Developer));
        foreach (var lease in terms)
        {
            Assert.Equal((Int128)lease.Cap, await economy.EscrowAsync(lease.Lease));
        }
    }

    [Theory]
    [InlineData("book BeforeWrite")]
    [InlineData("book AfterFlush")]
    public async Task PlaceOrder_AnotherComesWhileTheFirstIsUnderWay_TheFirstKeepsItsGpus(string point)
    {
        await using var cluster = await GrainCluster.StartAsync();
        var economy = new Economy(cluster);
        await economy.OfferGpusAsync();
        cluster.Disk.FailNext(point);
        await Assert.ThrowsAnyAsync<Exception>(() => economy.OrderAsync());

        var other = await economy.PlaceAsync(economy.OrderBy(economy.Investor), economy.Investor);

        Assert.Equal(Reason.NoGpuFree, other.Rejection!.Reason);
        Assert.Equal(1_000 * (Int128)TestNetwork.Unit, await economy.HeldByAsync(economy.Investor));
        Assert.Equal(3, (await economy.OrderAsync()).Length);
        Assert.Equal(900 * (Int128)TestNetwork.Unit, await economy.HeldByAsync(economy.Developer));
    }

    [Fact]
    public async Task PlaceOrder_AnyWriteFails_RepeatingEscrowsOnce()
    {
        await using var cluster = await GrainCluster.StartAsync();

        var points = await Repeating.FailEachPointAsync(
            cluster.Disk,
            async number =>
            {
                var economy = new Economy(cluster, hosts: 2, number: number);
                await economy.OfferGpusAsync();
                return economy;
            },
            economy => economy.OrderAsync(),
            async (economy, terms) =>
            {
                Assert.Equal(900 * (Int128)TestNetwork.Unit, await economy.HeldByAsync(economy.Developer));
                Assert.Equal([economy.GpuId(0), economy.GpuId(1)], terms.Select(lease => lease.Gpu).OrderBy(gpu => gpu == economy.GpuId(1)));
                Assert.Equal((Int128)terms[0].Cap, await economy.EscrowAsync(terms[0].Lease));
                Assert.Equal((GpuStatus.Leased, terms[0].Lease), await StandingAsync(cluster, terms[0].Gpu));
            });

        // The match, the escrow, two GPUs, the leases: each has three points at which it may fail.
        Assert.Equal(15, points.Count);
        Assert.Null(await cluster.Book.Audit());
    }

    [Fact]
    public async Task PlaceAsk_GpuThatWasNotMeasuredOrLied_IsRefused()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var economy = new Economy(cluster);
        cluster.Devices.Spoil(economy.GpuId(0), device => new WeakDevice(device));
        var weak = await economy.AttachAsync(0);
        Economy.Must(await economy.Gpu(1).Apply(new AttachGpu(economy.GpuId(1), economy.Hosts[1].Address, TestNetwork.GpuClass)));
        await economy.AttachAsync(2);

        var lied = await economy.Market.PlaceAsk(economy.AskOf(0));
        var unmeasured = await economy.Market.PlaceAsk(economy.AskOf(1));
        var foreign = economy.AskOf(2).Command with { Host = economy.Hosts[0].Address };
        var stolen = await economy.Market.PlaceAsk(cluster.Client.Sign(foreign, economy.Hosts[0]));

        Assert.False(weak.Measured);
        Assert.Equal(Reason.ChallengeFailed, lied.Rejection!.Reason);
        Assert.Equal(Reason.WrongState, unmeasured.Rejection!.Reason);
        Assert.Equal(Reason.SignerNotAuthorised, stolen.Rejection!.Reason);
        Assert.Empty((await economy.Market.Advance()).Market.Asks);
        Assert.Equal(3, Economy.Must(await economy.Market.PlaceAsk(economy.AskOf(2))).Asks.Count + 2);
    }

    private static async Task<(GpuStatus, Hash32?)> StandingAsync(GrainCluster cluster, Hash32 gpu)
    {
        var state = (await cluster.Grains.Get<IGpuGrain>(gpu).Get())!;
        return (state.Status, state.Lease);
    }
}
