using Gaib.Abstractions.Training;
using Gaib.Domain;
using Gaib.Domain.Training;
using Gaib.Grains.Tests.Cluster;

namespace Gaib.Grains.Tests.Training;

/// <summary>A run goes on where it was, wherever that is: with the same weights, and without doing again what was done.</summary>
public sealed class RestartTests
{
    private static readonly Lazy<Task<Outcome>> Undisturbed = new(() => RunAsync(1, (_, economy) => AdvanceAsync(economy)));

    [Fact]
    public async Task Run_RestartedAfterEachOfItsWrites_ExecutesNothingAgain()
    {
        var restarts = 0;
        var restarted = await RunAsync(1, async (cluster, economy) =>
        {
            while ((await economy.Run.Get())!.Closed.Count < economy.Rounds)
            {
                cluster.Disk.FailNext("gaib.run AfterWrite");
                await AttemptAsync(economy);
                cluster.Disk.Heal();
                await cluster.RestartAsync();
                restarts++;
            }

            return await AdvanceAsync(economy);
        });

        // Four rounds of start, commits, reveals, draw, checks, reports, close and bill, some in one write.
        Assert.InRange(restarts, 24, 40);
        Assert.Equal(await Undisturbed.Value, restarted);
    }

    [Theory]
    [InlineData("gaib.run BeforeWrite", false)]
    [InlineData("gaib.gpu AfterWrite", false)]
    [InlineData("gaib.lease AfterWrite", false)]
    [InlineData("gaib.beacon AfterWrite", false)]
    [InlineData("book AfterFlush", true)]
    public async Task Run_EverySecondWriteOfAKindFails_TrainsEachRoundOnce(string point, bool toItsEnd)
    {
        var failed = 0;
        var disturbed = await RunAsync(1, async (cluster, economy) =>
        {
            var failures = cluster.Disk.FailAlternately(point);
            var run = await Repeating.UntilAnsweredAsync(() => AdvanceAsync(economy));
            if (toItsEnd)
            {
                // The leases end with the run, and pay what they held back: until then the book has little to write.
                await Repeating.UntilAnsweredAsync(async () => Economy.Must(await economy.Run.Finish()));
            }

            failed = failures.Count;
            cluster.Disk.Heal();
            return run;
        });

        Assert.InRange(failed, 4, 200);
        var expected = await Undisturbed.Value;
        Assert.Equal(expected with { Replayed = disturbed.Replayed }, disturbed);
        Assert.InRange(disturbed.Replayed, expected.Replayed, expected.Replayed * 3);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public async Task Run_MoreThreads_GivesTheSameBytes(int threads) =>
        Assert.Equal(await Undisturbed.Value, await RunAsync(threads, (_, economy) => AdvanceAsync(economy)));

    [Theory]
    [InlineData(2, 1, 0)]
    [InlineData(1, 2, 0)]
    [InlineData(2, 0, 1)]
    public async Task Run_WorkersAnswerInAnotherOrder_GivesTheSameBytes(params int[] order)
    {
        var turns = new Turns(order);
        var ordered = await RunAsync(1, async (cluster, economy) =>
        {
            for (var host = 0; host < 3; host++)
            {
                var mine = host;
                cluster.Devices.Spoil(economy.GpuId(host), device => new TurnDevice(device, turns, mine, cluster.Devices.Over));
            }

            return await AdvanceAsync(economy);
        });

        Assert.Equal(await Undisturbed.Value, ordered);
        Assert.Equal(Enumerable.Repeat(order, 4).SelectMany(one => one), turns.Taken);
    }

    private static async Task<Outcome> RunAsync(int threads, Func<GrainCluster, Economy, Task<TrainingRun>> advance)
    {
        await using var cluster = await GrainCluster.StartAsync(threads: threads);
        var economy = new Economy(cluster, attributionEvery: 2);
        await economy.PrepareRunAsync();
        var run = await advance(cluster, economy);
        Assert.Null(await cluster.Book.Audit());
        return new Outcome(run.Weights, run.Head, cluster.Executed.Trained, cluster.Executed.Replayed);
    }

    private static async Task<TrainingRun> AdvanceAsync(Economy economy) => Economy.Must(await economy.Run.AdvanceTo(economy.Rounds));

    private static async Task<TrainingRun?> AttemptAsync(Economy economy)
    {
        try
        {
            return await AdvanceAsync(economy);
        }
        catch (Exception fault) when (fault is not RefusedException)
        {
            return null;
        }
    }

    private sealed record Outcome(Hash32 Weights, Hash32 Head, long Trained, long Replayed);
}
