using Gaib.Abstractions;
using Gaib.Abstractions.Compute;
using Gaib.Domain;
using Gaib.Domain.Compute;
using Gaib.Domain.Training;
using Gaib.Grains.Tests.Cluster;

namespace Gaib.Grains.Tests.Compute;

/// <summary>Leases under a moving rate, spent escrow and lost hosts. At every end: paid + fee + refunded = cap, and nothing is left.</summary>
public sealed class LeaseTests
{
    [Fact]
    public async Task Round_RateAboveTheCeiling_ClosesTheLeasesThere()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var economy = new Economy(cluster);
        await economy.ValueAsync();
        await economy.OfferGpusAsync();
        await economy.CreateRunAsync(economy.OrderBy(economy.Developer, ceiling: TestNetwork.Unit / 20));
        Economy.Must(await economy.Run.AdvanceTo(2));

        // All GPUs are leased: the rate doubles in five days, with nobody's vote.
        economy.At(9);
        var stopped = await economy.Run.AdvanceTo(4);
        var result = Economy.Must(await economy.Run.Finish());

        Assert.Equal(Reason.WrongPhase, stopped.Rejection!.Reason);
        var run = (await economy.Run.Get())!;
        Assert.Equal((2, RunPhase.Done, Reason.NoGpuFree), (run.Closed.Count, run.Phase, run.StoppedFor));
        Assert.Equal(run.Closed[1].Weights, result.Weights);
        foreach (var worker in run.Workers)
        {
            var lease = (await cluster.Grains.Get<ILeaseGrain>(worker.Lease).Get())!;
            Assert.Equal((Reason.RateAboveCeiling, 2), (lease.EndReason, lease.Rounds.Count));
            Assert.All(lease.Rounds, round => Assert.Equal(LeaseRoundStatus.Released, round.Status));
            await AssertClosedExactlyAsync(economy, lease);
        }
    }

    [Fact]
    public async Task Round_RateBelowOneFloor_ClosesThatLeaseOnly()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var economy = new Economy(cluster, hosts: 5);
        await economy.ValueAsync();
        var rate = (await economy.Market.Advance()).Market.Rate.Rate;
        for (var i = 0; i < 5; i++)
        {
            await economy.AttachAsync(i);
            Economy.Must(await economy.Market.PlaceAsk(economy.AskOf(i, floor: i < 2 ? 1 : (ulong)rate)));
        }

        // Three of five are leased, two cheap ones and one as dear as the rate is now: at 60 % utilisation it falls below that.
        await economy.CreateRunAsync(economy.OrderBy(economy.Developer) with { Count = 3 });
        Economy.Must(await economy.Run.AdvanceTo(1));
        economy.At(1.1);
        var run = Economy.Must(await economy.Run.AdvanceTo(2));

        var leases = new List<Lease>();
        foreach (var worker in run.Workers)
        {
            leases.Add((await cluster.Grains.Get<ILeaseGrain>(worker.Lease).Get())!);
        }

        var dear = leases.Single(lease => lease.Terms.Floor == rate);
        Assert.Equal((Reason.RateBelowFloor, 1), (dear.EndReason, dear.Rounds.Count));
        await AssertClosedExactlyAsync(economy, dear);
        Assert.All(leases.Where(lease => lease != dear), lease => Assert.Equal((null, 2), (lease.ClosedAt, lease.Rounds.Count)));
        Assert.Equal([2, 3], new[] { run.Closed[1].Slots.Length, run.Closed[0].Slots.Length });
        var market = (await economy.Market.Advance()).Market;
        Assert.Null(market.Asks[dear.Terms.Gpu].Lease);
        Assert.Equal(GpuStatus.Offered, (await cluster.Grains.Get<IGpuGrain>(dear.Terms.Gpu).Get())!.Status);
    }

    [Fact]
    public async Task Round_EscrowDoesNotCoverIt_ClosesTheLeaseBeforeAnyWork()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var economy = new Economy(cluster);
        await economy.ValueAsync();
        await economy.OfferGpusAsync();

        // A round costs at most 25.35 million base units a worker, and each lease has 30 million.
        await economy.CreateRunAsync(economy.OrderBy(economy.Developer, cap: 90_000_000));
        var stopped = await economy.Run.AdvanceTo(2);
        Economy.Must(await economy.Run.Finish());

        Assert.Equal(Reason.WrongPhase, stopped.Rejection!.Reason);
        Assert.Equal(3, cluster.Executed.Trained);
        var paid = UInt128.Zero;
        foreach (var worker in (await economy.Run.Get())!.Workers)
        {
            var lease = (await cluster.Grains.Get<ILeaseGrain>(worker.Lease).Get())!;
            Assert.Equal((Reason.EscrowExhausted, 1), (lease.EndReason, lease.Rounds.Count));
            await AssertClosedExactlyAsync(economy, lease);
            paid += lease.Paid + lease.Fee;
        }

        Assert.Equal(
            (900 * (Int128)TestNetwork.Unit) + (100 * (Int128)TestNetwork.Unit) - (Int128)paid - (Int128)await BountiesAsync(economy),
            await economy.HeldByAsync(economy.Developer));
    }

    [Fact]
    public async Task Round_StartedAgainLaterAfterAFault_IsBilledAtTheRateOfItsRecord()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var economy = new Economy(cluster);
        await economy.PrepareRunAsync();
        Economy.Must(await economy.Run.AdvanceTo(1));

        // The leases have started round 1; the run has not, when the disk fails and hours pass.
        cluster.Disk.FailNext("gaib.run BeforeWrite");
        await Assert.ThrowsAnyAsync<Exception>(() => economy.Run.AdvanceTo(2));
        economy.At(2);
        var run = Economy.Must(await economy.Run.AdvanceTo(2));

        foreach (var slot in run.Closed[1].Slots)
        {
            var lease = (await cluster.Grains.Get<ILeaseGrain>(slot.Lease).Get())!;
            Assert.Equal(slot.Terms.Rate, lease.Rounds[1].Rate);
            Assert.True(lease.Rounds[1].Rate > lease.Rounds[0].Rate);
        }
    }

    private static async Task<UInt128> BountiesAsync(Economy economy)
    {
        var sum = UInt128.Zero;
        for (var i = 0; i < Economy.ContributorCount; i++)
        {
            sum += (await economy.Dataset(i).Get())!.Dataset.Value!.Bounty;
        }

        return sum;
    }

    private static async Task AssertClosedExactlyAsync(Economy economy, Lease lease)
    {
        Assert.NotNull(lease.ClosedAt);
        Assert.Equal(lease.Terms.Cap, lease.Paid + lease.Fee + lease.Refunded);
        Assert.Equal(0, await economy.EscrowAsync(lease.Terms.Lease));
    }
}
