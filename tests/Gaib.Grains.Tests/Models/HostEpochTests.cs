using Gaib.Abstractions;
using Gaib.Abstractions.Models;
using Gaib.Domain;
using Gaib.Domain.Models;
using Gaib.Domain.Money;
using Gaib.Grains.Tests.Cluster;
using static Gaib.Grains.Tests.Cluster.Economy;

namespace Gaib.Grains.Tests.Models;

/// <summary>Hosts' fees: held until others have executed some of the calls again. Here every call is drawn.</summary>
public sealed class HostEpochTests(ITestOutputHelper output)
{
    [Fact]
    public async Task CloseEpoch_OneHostAnswersNoise_ItForfeitsAndNobodyElseDoes()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var economy = await SoldAsync(cluster);

        // The first GPU by id is whom everybody else would be checked by first.
        var noisy = Enumerable.Range(0, 3).MinBy(host => economy.GpuId(host));
        cluster.Devices.Spoil(economy.GpuId(noisy), device => new NoisyDevice(device));
        await CallAsync(economy, 9);
        economy.At(4);
        var payer = await economy.HeldByAsync(economy.App);

        foreach (var host in Enumerable.Range(0, 3))
        {
            var held = await HeldAsync(cluster, economy, host);
            Assert.Equal(3 * (Int128)HostUnitFee, held);
            var before = await economy.HeldByAsync(economy.Hosts[host]);
            var closed = Must(await cluster.Grains.Get<IHostGrain>(economy.Hosts[host].Address).CloseEpoch(3));

            Assert.Equal((3U, 3), (closed.Verdict.Commitment.Count, closed.Checks.Length));
            Assert.Equal(host == noisy ? 3 : 0, closed.Verdict.Wrong.Length);
            Assert.Equal(host == noisy ? before : before + held, await economy.HeldByAsync(economy.Hosts[host]));
            Assert.Equal(0, await HeldAsync(cluster, economy, host));
        }

        // Three wrong calls cost the payer three million, and the host's fees were 600,000: all of them go to the payer.
        Assert.Equal(payer + (3 * (Int128)HostUnitFee), await economy.HeldByAsync(economy.App));
        Assert.Null(await cluster.Book.Audit());
    }

    [Fact]
    public async Task CloseEpoch_FewOfManyCallsWrong_RefundsThemAndForfeitsTheRest()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var economy = await SoldAsync(cluster);
        await CallAsync(economy, 21);
        var noisy = Enumerable.Range(0, 3).Single(host => economy.GpuId(host) == HostOfNext(economy, 22));
        cluster.Devices.Spoil(economy.GpuId(noisy), device => new NoisyDevice(device));
        await CallAsync(economy, 22, from: 22);
        cluster.Devices.Spoil(economy.GpuId(noisy), device => device);
        economy.At(4);
        var payer = await economy.HeldByAsync(economy.App);
        var treasury = (await cluster.Book.GetBalance(AccountId.Treasury, AssetId.Gaib)).Posted;

        var closed = Must(await cluster.Grains.Get<IHostGrain>(economy.Hosts[noisy].Address).CloseEpoch(3));

        // Eight calls held 1,600,000; one of them was wrong, and its payer gets its whole fee back.
        Assert.Single(closed.Verdict.Wrong);
        Assert.Equal(
            [(HeldFeeKind.Refund, (UInt128)1_000_000), (HeldFeeKind.Forfeit, (UInt128)600_000)],
            closed.Verdict.Payments.Select(payment => (payment.Kind, payment.Amount)));
        Assert.Equal(payer + 1_000_000, await economy.HeldByAsync(economy.App));
        Assert.Equal(treasury + 600_000, (await cluster.Book.GetBalance(AccountId.Treasury, AssetId.Gaib)).Posted);
    }

    [Fact]
    public async Task CloseEpoch_TheFirstCheckerIsSilent_AnotherIsAsked()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var economy = await SoldAsync(cluster);
        await CallAsync(economy, 9);
        var byId = Enumerable.Range(0, 3).OrderBy(host => economy.GpuId(host)).ToArray();
        cluster.Devices.Spoil(economy.GpuId(byId[0]), device => new SilentDevice(device));
        economy.At(4);

        var closed = Must(await cluster.Grains.Get<IHostGrain>(economy.Hosts[byId[1]].Address).CloseEpoch(3));

        Assert.Empty(closed.Verdict.Wrong);
        Assert.All(closed.Checks, check => Assert.Equal(economy.GpuId(byId[2]), check.Gpu));
    }

    [Fact]
    public async Task CloseEpoch_NobodyCanCheck_TheFeesStayHeld()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var economy = await SoldAsync(cluster);
        await CallAsync(economy, 9);
        cluster.Devices.Spoil(economy.GpuId(1), device => new SilentDevice(device));
        cluster.Devices.Spoil(economy.GpuId(2), device => new SilentDevice(device));
        economy.At(4);
        var host = cluster.Grains.Get<IHostGrain>(economy.Hosts[0].Address);

        var waiting = await host.CloseEpoch(3);
        var held = await HeldAsync(cluster, economy, 0);
        cluster.Devices.Spoil(economy.GpuId(2), device => device);
        var closed = Must(await host.CloseEpoch(3));

        Assert.Equal(Reason.WrongState, waiting.Rejection!.Reason);
        Assert.Equal(3 * (Int128)HostUnitFee, held);
        Assert.Empty(closed.Verdict.Wrong);
        Assert.Equal(0, await HeldAsync(cluster, economy, 0));
    }

    [Fact]
    public async Task CloseEpoch_BeforeItsEndOrTwice_IsRefusedOrTheSame()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var economy = await SoldAsync(cluster);
        await CallAsync(economy, 3);
        var host = cluster.Grains.Get<IHostGrain>(economy.Hosts[0].Address);

        var early = await host.CloseEpoch(3);
        economy.At(4);
        var first = Must(await host.CloseEpoch(3));
        var paid = await economy.HeldByAsync(economy.Hosts[0]);
        await cluster.DeactivateAsync(host);
        var again = Must(await host.CloseEpoch(3));

        Assert.Equal(Reason.WrongState, early.Rejection!.Reason);
        Assert.Equal((4, 3), (early.Rejection.Limit, early.Rejection.Actual));
        Assert.Equal(first.Verdict.Commitment, again.Verdict.Commitment);
        Assert.Equal(paid, await economy.HeldByAsync(economy.Hosts[0]));
        Assert.Single(await host.GetEpochs());
    }

    [Fact]
    public async Task CloseEpoch_AnyWriteFails_PaysOnce()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var economy = await SoldAsync(cluster, cap: 400);
        var (epoch, call) = (3UL, 0UL);

        var points = await Repeating.FailEachPointAsync(
            cluster.Disk,
            async _ =>
            {
                await CallAsync(economy, (int)(call + 3), from: (int)call + 1);
                call += 3;
                await economy.AcknowledgeAsync();
                economy.At(++epoch);
                return (Epoch: epoch - 1, Before: await economy.HeldByAsync(economy.Hosts[0]));
            },
            subject => cluster.Grains.Get<IHostGrain>(economy.Hosts[0].Address).CloseEpoch(subject.Epoch),
            async (subject, answer) =>
            {
                Assert.Equal(1U, Must(answer).Verdict.Commitment.Count);
                Assert.Equal(subject.Before + (Int128)HostUnitFee, await economy.HeldByAsync(economy.Hosts[0]));
            });

        output.WriteLine(string.Join(", ", points));

        // The beacon twice, the verdict, the payment with its writer: each has three points at which it may fail.
        Assert.Equal(12, points.Count);
    }

    [Fact]
    public async Task CloseEpoch_WhileASessionTellsTheHost_WaitsForNobodyInACircle()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var economy = await SoldAsync(cluster);
        await CallAsync(economy, 3);
        economy.At(4);
        var host = Enumerable.Range(0, 3).Single(one => economy.GpuId(one) == HostOfNext(economy, 4));

        // The session's word to the host is held until the host is on its way to the session.
        var telling = cluster.Calls.Hold("IHostGrain.Serve", from: "gaib.session");
        var reading = cluster.Calls.Hold("ISessionGrain.Get", from: "gaib.host");
        var call = economy.InferAsync(4);
        await telling.Reached;
        var close = cluster.Grains.Get<IHostGrain>(economy.Hosts[host].Address).CloseEpoch(3);
        await reading.Reached;
        telling.Release();
        reading.Release();

        Assert.Equal(1U, Must(await close.WaitAsync(TimeSpan.FromSeconds(20))).Verdict.Commitment.Count);
        Assert.Equal(4UL, (await call.WaitAsync(TimeSpan.FromSeconds(20))).Receipt.Seq);
    }

    [Fact]
    public async Task CloseEpoch_AnAnswerIsStillAwaited_ItsFeeIsHeldInTheNextEpoch()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var economy = await SoldAsync(cluster);
        await CallAsync(economy, 3);
        var host = Enumerable.Range(0, 3).Single(one => economy.GpuId(one) == HostOfNext(economy, 4));
        var answering = cluster.Calls.Hold("IGpuGrain.Infer", from: "gaib.session");
        var call = economy.InferAsync(4);
        await answering.Reached;
        economy.At(4);

        var closed = Must(await cluster.Grains.Get<IHostGrain>(economy.Hosts[host].Address).CloseEpoch(3));
        answering.Release();
        var receipt = (await call).Receipt;

        Assert.Equal(1U, closed.Verdict.Commitment.Count);
        Assert.Equal(4UL, cluster.Network.EpochAt(receipt.At));
        Assert.Equal(0, await HeldAsync(cluster, economy, host));
        Assert.Equal(
            (Int128)HostUnitFee,
            (await cluster.Book.GetBalance(HeldFees.Account(economy.Hosts[host].Address, 4), AssetId.Gaib)).Posted);
        economy.At(5);
        var next = Must(await cluster.Grains.Get<IHostGrain>(economy.Hosts[host].Address).CloseEpoch(4));
        Assert.Equal(1U, next.Verdict.Commitment.Count);
    }

    [Fact]
    public async Task CloseEpoch_APaymentIsUnderWay_WaitsForIt()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var economy = await SoldAsync(cluster);
        await CallAsync(economy, 3);
        var host = Enumerable.Range(0, 3).Single(one => economy.GpuId(one) == HostOfNext(economy, 4));
        var paying = cluster.Calls.Hold("IBookGrain.Submit", from: "gaib.session");
        var call = economy.InferAsync(4);
        await paying.Reached;
        economy.At(4);
        var reading = cluster.Calls.Hold("ISessionGrain.ReadEpoch", from: "gaib.host");
        var close = cluster.Grains.Get<IHostGrain>(economy.Hosts[host].Address).CloseEpoch(3);
        await reading.Reached;
        reading.Release();
        paying.Release();

        Assert.Equal(3UL, cluster.Network.EpochAt((await call).Receipt.At));
        Assert.Equal(2U, Must(await close.WaitAsync(TimeSpan.FromSeconds(20))).Verdict.Commitment.Count);
        Assert.Equal(0, await HeldAsync(cluster, economy, host));
    }

    private static async Task<Economy> SoldAsync(GrainCluster cluster, ulong cap = 100)
    {
        cluster.Calls.DropFeeds();
        var economy = new Economy(cluster);
        await economy.PrepareModelAsync();
        economy.At(3);
        await economy.OpenAsync(cap * UnitPrice, window: cap * UnitPrice);
        return economy;
    }

    private static async Task CallAsync(Economy economy, int to, int from = 1)
    {
        for (var call = from; call <= to; call++)
        {
            await economy.InferAsync((ulong)call);
        }
    }

    private static Hash32 HostOfNext(Economy economy, ulong call) =>
        HostChoice.Choose(economy.SessionId, call, [.. Enumerable.Range(0, 3).Select(economy.GpuId)]).Value;

    private static async Task<Int128> HeldAsync(GrainCluster cluster, Economy economy, int host) =>
        (await cluster.Book.GetBalance(HeldFees.Account(economy.Hosts[host].Address, 3), AssetId.Gaib)).Posted;
}
