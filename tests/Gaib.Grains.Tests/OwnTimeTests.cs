using Gaib.Abstractions;
using Gaib.Domain;
using Gaib.Domain.Training;
using Gaib.Grains.Tests.Cluster;
using Gaib.Grains.Tests.Settlement;
using Microsoft.Extensions.DependencyInjection;
using static Gaib.Grains.Tests.Cluster.Economy;

namespace Gaib.Grains.Tests;

/// <summary>Under a clock that nobody drives, grains come back by themselves, by reminders on the disk.</summary>
public sealed class OwnTimeTests
{
    [Fact]
    public async Task Policy_OfAClockThatRuns_SettlesByItselfAlsoAfterARestart()
    {
        await using var cluster = await GrainCluster.StartAsync(driven: false);
        var person = new Settling(cluster);
        var total = (UInt128)Settling.Genesis;
        var settled = cluster.Disk.AwaitAsync("gaib.settlement AfterWrite");
        Must(await person.SetPolicyAsync(person.Policy(1_000, nonce: 1, period: 400)));
        await settled;
        Assert.Equal([total], await person.CumulativesAsync());

        // Below the threshold nothing happens, above it all of it goes.
        settled = cluster.Disk.AwaitAsync("gaib.settlement AfterWrite");
        await person.EarnAsync(999);
        await person.EarnAsync(1_001);
        await settled;
        total += 2_000;
        Assert.Equal((0, (Int128)total), (await person.HeldAsync(), await person.WithdrawnAsync()));

        // After the restart nobody calls the contributor: its reminder lies on the disk.
        await cluster.RestartAsync();
        settled = cluster.Disk.AwaitAsync("gaib.settlement AfterWrite");
        await person.EarnAsync(5_000);
        await settled;
        total += 5_000;
        Assert.Equal([Settling.Genesis, Settling.Genesis + 2_000, total], await person.CumulativesAsync());

        // A policy that is over needs no reminder any more.
        var forgotten = cluster.Disk.AwaitAsync("reminder AfterWrite");
        cluster.Clock.AdvanceTo(TestNetwork.Start + (60 * TestNetwork.Day));
        await forgotten;
        Assert.Equal(3, (await person.CumulativesAsync()).Length);
        Assert.Empty(await RemindersAsync(cluster, person.Grain));
    }

    [Fact]
    public async Task SetPolicy_OfSeveralChains_RemindsByTheShortestPeriod()
    {
        await using var cluster = await GrainCluster.StartAsync(driven: false);
        var person = new Settling(cluster);
        Must(await person.SetPolicyAsync(person.Policy(Settling.Genesis * 2, nonce: 1, period: 8_000_000)));
        var short1 = await RemindersAsync(cluster, person.Grain);
        Must(await person.SetPolicyAsync(person.Policy(Settling.Genesis * 2, nonce: 2, period: ulong.MaxValue, chain: 10)));
        var short2 = await RemindersAsync(cluster, person.Grain);
        Must(await person.SetPolicyAsync(person.Policy(Settling.Genesis * 2, nonce: 3, period: ulong.MaxValue)));
        var longest = await RemindersAsync(cluster, person.Grain);

        // An eighth of the period, so that who comes a moment too early waits no whole one; a day at the most.
        Assert.Equal([TimeSpan.FromSeconds(1_000)], short1);
        Assert.Equal([TimeSpan.FromSeconds(1_000)], short2);
        Assert.Equal([TimeSpan.FromDays(1)], longest);
    }

    [Fact]
    public async Task Run_OfAClockThatRuns_GoesOnAndFinishesByItself()
    {
        await using var driven = await GrainCluster.StartAsync();
        var asked = new Economy(driven);
        await asked.PrepareRunAsync();
        var expected = Must(await asked.Run.AdvanceTo(asked.Rounds));
        await using var cluster = await GrainCluster.StartAsync(driven: false);
        var economy = new Economy(cluster);
        await economy.ValueAsync();
        await economy.OfferGpusAsync();

        // It is set when the run is created, and taken away when its result is kept.
        var finished = cluster.Disk.AwaitAsync("reminder AfterWrite", times: 2);
        await economy.CreateRunAsync();
        await finished;

        var run = (await economy.Run.Get())!;
        Assert.Equal((RunPhase.Done, economy.Rounds, expected.Weights), (run.Phase, run.Closed.Count, run.Weights));
        Assert.Equal(expected.Weights, (await economy.Run.GetResult())!.Weights);
        Assert.Empty(await RemindersAsync(cluster, economy.Run));
        Assert.Null(await cluster.Book.Audit());
    }

    private static async Task<IEnumerable<TimeSpan>> RemindersAsync(GrainCluster cluster, IAddressable grain) =>
        (await cluster.Services.GetRequiredService<IReminderTable>().ReadRows(grain.GetGrainId())).Reminders.Select(row => row.Period);
}
