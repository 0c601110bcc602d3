using System.Collections.Immutable;
using Gaib.Abstractions;
using Gaib.Abstractions.Compute;
using Gaib.Abstractions.Training;
using Gaib.Domain;
using Gaib.Domain.Compute;
using Gaib.Domain.Training;
using Gaib.Grains.Tests.Cluster;

namespace Gaib.Grains.Tests.Training;

/// <summary>Runs with workers that die, cheat, or answer nonsense: found by the check itself, whoever it is.</summary>
public sealed class RunTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Round_OneWorkerScalesItsDelta_IsFoundWhateverItsSlot(int slot)
    {
        await using var cluster = await GrainCluster.StartAsync();
        var economy = new Economy(cluster, hosts: 4);
        await economy.PrepareRunAsync();
        var cheat = (await economy.Run.Get())!.Workers.Single(worker => worker.Slot == slot);
        cluster.Devices.Spoil(cheat.Gpu, device => new ScalingDevice(device, slot, round => round == 2));

        var run = Economy.Must(await economy.Run.AdvanceTo(4));

        Assert.All(run.Closed.Where(round => round.Round != 2).SelectMany(round => round.Slots), row => Assert.Equal(SlotVerdict.Passed, row.Verdict));
        Assert.All(
            run.Closed[2].Slots,
            row => Assert.Equal(
                row.Slot == slot ? (SlotVerdict.Wrong, false, Reason.WorkWrong) : (SlotVerdict.Passed, true, Reason.None),
                (row.Verdict, row.Summed, row.Leaves)));
        Assert.Equal(3, run.Closed[3].Slots.Length);

        // With a check window of two rounds nothing was released before round 2, so both rounds before it are forfeited.
        var lease = (await cluster.Grains.Get<ILeaseGrain>(cheat.Lease).Get())!;
        Assert.Equal(Reason.WorkWrong, lease.EndReason);
        Assert.Equal(lease.Rounds.Aggregate(UInt128.Zero, (sum, round) => sum + round.Pay), lease.Forfeited + lease.Paid + lease.Fee);
        Assert.Equal([LeaseRoundStatus.Forfeited, LeaseRoundStatus.Forfeited], lease.Rounds.Select(round => round.Status));
        Assert.Equal(lease.Terms.Cap, lease.Paid + lease.Fee + lease.Refunded);
        Assert.Equal(0, await economy.EscrowAsync(lease.Terms.Lease));
        Assert.Equal(GpuStatus.Slashed, (await cluster.Grains.Get<IGpuGrain>(cheat.Gpu).Get())!.Status);
        var result = Economy.Must(await economy.Run.Finish());
        Assert.DoesNotContain(result.Serving, gpu => gpu.Gpu == cheat.Gpu);
        Assert.Null(await cluster.Book.Audit());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Round_WorkerDies_IsBilledForWhatItDeliveredAndTheRunGoesOn(int step)
    {
        await using var cluster = await GrainCluster.StartAsync();
        var economy = new Economy(cluster);
        await economy.PrepareRunAsync();
        cluster.Devices.Spoil(economy.GpuId(1), device => new DyingDevice(device, round: 1, step));

        var run = Economy.Must(await economy.Run.AdvanceTo(4));

        await AssertLostAsync(economy, run, host: 1, round: 1);
    }

    [Fact]
    public async Task Round_DeviceIsGone_IsALostHost()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var economy = new Economy(cluster);
        await economy.PrepareRunAsync();
        cluster.Devices.Spoil(economy.GpuId(2), device => new GoneDevice(device, fromRound: 1));

        var run = Economy.Must(await economy.Run.AdvanceTo(4));

        await AssertLostAsync(economy, run, host: 2, round: 1);
    }

    [Fact]
    public async Task Round_ReportersAreGone_OthersAreAskedAndTheRoundCloses()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var economy = new Economy(cluster, hosts: 5);
        await economy.PrepareRunAsync();
        cluster.Devices.Spoil(economy.GpuId(0), device => new GoneDevice(device, fromRound: 1, trains: true));
        cluster.Devices.Spoil(economy.GpuId(1), device => new GoneDevice(device, fromRound: 1, trains: true));

        var run = Economy.Must(await economy.Run.AdvanceTo(4));

        // Who was asked to report and could not is lost; who was never asked works on.
        Assert.Equal(4, run.Closed.Count);
        Assert.All(run.Closed, round => Assert.Equal(2, round.Reports.Count(report => report.Agreed)));
        Assert.All(run.Workers.Where(worker => worker.LeftFor != Reason.None), worker => Assert.Equal(Reason.HostLost, worker.LeftFor));
        Assert.InRange(run.LiveWorkers.Count(), 3, 5);
    }

    [Theory]
    [InlineData("another hash")]
    [InlineData("cut short")]
    [InlineData("forbidden value")]
    public async Task Round_AnswerIsNoDelta_IsALostHostAndStopsNobody(string what)
    {
        await using var cluster = await GrainCluster.StartAsync();

        // Round 1 has no attribution: no replay would find out before the sum.
        var economy = new Economy(cluster, attributionEvery: 2);
        await economy.PrepareRunAsync();
        cluster.Devices.Spoil(economy.GpuId(0), device => new GarbageDevice(device, round: 1, honest => what switch
        {
            "another hash" => honest with { DeltaHash = Keccak.HashUtf8("never stored") },
            "cut short" => Hashed(honest, honest.Delta[..^1]),
            _ => Hashed(honest, [.. honest.Delta[..^1], 0x80]),
        }));

        var run = Economy.Must(await economy.Run.AdvanceTo(4));

        await AssertLostAsync(economy, run, host: 0, round: 1);
    }

    [Fact]
    public async Task Run_AttributionEveryOtherRound_CheatIsFoundExactlyWhereItIsDrawn()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var economy = new Economy(cluster, hosts: 4, attributionEvery: 2) { Rounds = 12 };
        await economy.PrepareRunAsync();
        var slot = (await economy.Run.Get())!.Workers.Single(worker => worker.Gpu == economy.GpuId(1)).Slot;
        cluster.Devices.Spoil(economy.GpuId(1), device => new ScalingDevice(device, slot, round => round % 2 == 1));

        var run = Economy.Must(await economy.Run.AdvanceTo(12));

        var rows = run.Closed.Where(round => round.Round % 2 == 1)
            .SelectMany(round => round.Slots, (round, row) => (Round: round, Row: row)).ToArray();
        output.WriteLine(string.Join(' ', rows.Where(pair => pair.Row.Gpu == economy.GpuId(1)).Select(pair => pair.Row.Verdict)));
        Assert.All(rows, pair => Assert.Equal(Expected(economy, pair.Round, pair.Row), pair.Row.Verdict));

        // The beacons of this network draw the cheat at last, after rounds in which they did not: both happened.
        var cheats = rows.Where(pair => pair.Row.Gpu == economy.GpuId(1)).Select(pair => pair.Row.Verdict).ToArray();
        Assert.Equal(SlotVerdict.Wrong, cheats[^1]);
        Assert.All(cheats[..^1], verdict => Assert.Equal(SlotVerdict.Unchecked, verdict));
        Assert.Contains(rows, pair => pair.Row.Verdict == SlotVerdict.Passed);
        Assert.Contains(rows, pair => pair.Row.Verdict == SlotVerdict.Unchecked);
        Assert.All(run.Closed.Where(round => round.Round % 2 == 1), round => Assert.Empty(round.Attribution));
    }

    [Fact]
    public async Task Finish_InMidRound_IsRefusedAndClosesNoLease()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var economy = new Economy(cluster);
        await economy.PrepareRunAsync();
        cluster.Disk.FailAlways("chunk BeforeRename");
        await Assert.ThrowsAnyAsync<Exception>(() => economy.Run.AdvanceTo(1));
        cluster.Disk.Heal();

        var refused = await economy.Run.Finish();
        var run = Economy.Must(await economy.Run.AdvanceTo(4));

        Assert.Equal(Reason.WrongPhase, refused.Rejection!.Reason);
        Assert.All(run.Closed.SelectMany(round => round.Slots), row => Assert.Equal(Reason.None, row.Leaves));
    }

    [Fact]
    public async Task Create_AtAnotherIdOrOfAnothersLeases_IsRefused()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var economy = new Economy(cluster);
        await economy.ValueAsync();
        await economy.OfferGpusAsync();
        var leases = (await economy.OrderAsync()).Select(lease => lease.Lease).ToImmutableArray();

        var elsewhere = await cluster.Grains.Get<ITrainingRunGrain>(Keccak.HashUtf8("run")).Create(economy.JobId, TestNetwork.GpuClass, leases);
        var none = await economy.Run.Create(economy.JobId, TestNetwork.GpuClass, []);
        var unknown = await economy.Run.Create(economy.JobId, TestNetwork.GpuClass, [Keccak.HashUtf8("lease")]);

        Assert.Equal(Reason.NotFound, elsewhere.Rejection!.Reason);
        Assert.Equal(Reason.NotFound, none.Rejection!.Reason);
        Assert.Equal(Reason.NotFound, unknown.Rejection!.Reason);
        Assert.Null(await economy.Run.Get());
    }

    private static SlotVerdict Expected(Economy economy, ClosedRound round, RoundSlot row) =>
        !round.Draw.Checks.Any(check => check.Slot == row.Slot) ? SlotVerdict.Unchecked
        : row.Gpu == economy.GpuId(1) ? SlotVerdict.Wrong
        : SlotVerdict.Passed;

    private static InnerResult Hashed(InnerResult honest, byte[] delta) => honest with { Delta = delta, DeltaHash = Keccak.Hash(delta) };

    private static async Task AssertLostAsync(Economy economy, TrainingRun run, int host, int round)
    {
        var worker = run.Workers.Single(worker => worker.Gpu == economy.GpuId(host));
        Assert.Equal((round, Reason.HostLost), (worker.LastRound, worker.LeftFor));
        Assert.Equal(4, run.Closed.Count);
        Assert.Equal(2, run.LiveWorkers.Count());
        var row = run.Closed[round].Slots.Single(row => row.Gpu == worker.Gpu);
        Assert.Equal((SlotVerdict.Missing, false, (UInt128)0), (row.Verdict, row.Summed, row.Work));
        var lease = (await economy.Cluster.Grains.Get<ILeaseGrain>(worker.Lease).Get())!;
        Assert.Equal((Reason.HostLost, (UInt128)0), (lease.EndReason, lease.Forfeited));
        Assert.True(lease.Paid > 0);
        Assert.Equal(lease.Rounds.Aggregate(UInt128.Zero, (sum, billed) => sum + billed.Pay), lease.Paid + lease.Fee);
        Assert.Equal(lease.Terms.Cap, lease.Paid + lease.Fee + lease.Refunded);
        Assert.Equal(GpuStatus.Lost, (await economy.Gpu(host).Get())!.Status);
        Assert.Null(await economy.Cluster.Book.Audit());
    }
}
