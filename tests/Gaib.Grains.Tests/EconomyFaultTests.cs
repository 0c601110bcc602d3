using Gaib.Grains.Tests.Cluster;

namespace Gaib.Grains.Tests;

/// <summary>
/// Faults wherever the economy writes. What a caller does is always the same: it says again what it was not answered. In the end
/// nothing may differ from an economy that nothing befell.
/// </summary>
public sealed class EconomyFaultTests(ITestOutputHelper output)
{
    private const int TriesMax = 400;

    private static readonly Lazy<Task<(string Text, int Points)>> Undisturbed = new(UndisturbedAsync);

    public static TheoryData<int, int> Campaigns
    {
        get
        {
            var seeds = Environment.GetEnvironmentVariable("GAIB_NIGHTLY") == "1" ? 40 : 2;
            var data = new TheoryData<int, int>();
            foreach (var oneIn in (int[])[9, 25, 80])
            {
                for (var seed = 0; seed < seeds; seed++)
                {
                    data.Add(seed, oneIn);
                }
            }

            return data;
        }
    }

    [Fact]
    public async Task Economy_OnlyRetried_ComesToTheSame()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var economy = new Economy(cluster, attributionEvery: 2);
        foreach (var step in EconomyScript.Steps(economy))
        {
            economy.At(step.Day);
            await step.DoAsync(economy);
            await step.DoAsync(economy);
        }

        Assert.Equal((await Undisturbed.Value).Text, await EconomyText.OfAsync(economy));
    }

    [Fact]
    public async Task Economy_RestartedAfterEveryStep_ComesToTheSame()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var economy = new Economy(cluster, attributionEvery: 2);
        foreach (var step in EconomyScript.Steps(economy))
        {
            economy.At(step.Day);
            await step.DoAsync(economy);
            await cluster.RestartAsync();
        }

        Assert.Equal((await Undisturbed.Value).Text, await EconomyText.OfAsync(economy));
    }

    [Theory]
    [MemberData(nameof(Campaigns))]
    public async Task Economy_DiskFailsAtRandom_ComesToTheSame(int seed, int oneIn)
    {
        await using var cluster = await GrainCluster.StartAsync();
        var economy = new Economy(cluster, attributionEvery: 2);
        var faults = cluster.Disk.FailAtRandom(seed, oneIn);
        foreach (var step in EconomyScript.Steps(economy))
        {
            economy.At(step.Day);
            await UntilDoneAsync(step, economy);
        }

        cluster.Disk.Heal();
        var text = await EconomyText.OfAsync(economy);

        output.WriteLine($"{faults.Count} faults at {faults.Distinct().Count()} kinds of points.");
        Assert.Equal((await Undisturbed.Value).Text, text);
        Assert.InRange(faults.Count, (await Undisturbed.Value).Points / oneIn / 2, int.MaxValue);
    }

    private static async Task<(string Text, int Points)> UndisturbedAsync()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var economy = new Economy(cluster, attributionEvery: 2);
        cluster.Disk.Heal();
        await EconomyScript.RunAsync(economy);
        return (await EconomyText.OfAsync(economy), cluster.Disk.Reached);
    }

    private static async Task UntilDoneAsync(EconomyStep step, Economy economy)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                await step.DoAsync(economy);
                return;
            }
            catch (Exception fault) when (fault is not RefusedException && tries < TriesMax)
            {
                // Whether it took effect is unknown: it is said again.
            }
        }
    }
}
