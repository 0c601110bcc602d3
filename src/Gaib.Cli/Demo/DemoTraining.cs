using System.Collections.Immutable;
using System.Globalization;
using Gaib.Abstractions;
using Gaib.Abstractions.Compute;
using Gaib.Abstractions.Data;
using Gaib.Abstractions.Training;
using Gaib.Domain;
using Gaib.Domain.Compute;
using Gaib.Domain.Training;
using static Gaib.Cli.Demo.DemoRunner;

namespace Gaib.Cli.Demo;

/// <summary>Days 1 to 5: GPUs are measured and leased, the model is trained in rounds, each checked.</summary>
internal static class DemoTraining
{
    private const int ChallengeSize = 256;

    public static async Task RunAsync(DemoRunner demo)
    {
        demo.View.Chapter("Compute");
        await demo.StepAsync("gpus", DemoScenario.At(1, 1), () => MeasureAsync(demo));
        await demo.StepAsync("asks", DemoScenario.At(1, 2), () => AskAsync(demo));
        await demo.StepAsync("order", DemoScenario.At(1, 6), () => OrderAsync(demo));

        demo.View.Chapter("Training");
        await demo.StepAsync("run", DemoScenario.At(1, 7), () => CreateAsync(demo));
        await RoundsAsync(demo);
        await demo.StepAsync("finish", RoundAt(demo.Scenario, demo.Scenario.Rounds), () => FinishAsync(demo));
    }

    private static async Task RoundsAsync(DemoRunner demo)
    {
        var rounds = demo.Scenario.Rounds;
        var next = 0;
        while (next < rounds && demo.IsDone($"round {next}"))
        {
            await StepAsync(next++);
        }

        if (next < rounds)
        {
            await demo.View.ProgressAsync("rounds", rounds, async report =>
            {
                while (next < rounds)
                {
                    await StepAsync(next);
                    report(++next);
                }
            });
        }

        Task StepAsync(int round) => demo.StepAsync($"round {round}", RoundAt(demo.Scenario, round), () => RoundAsync(demo, round));
    }

    /// <summary>Rounds are spread evenly over four days.</summary>
    private static long RoundAt(DemoScenario scenario, int round) =>
        DemoScenario.At(1, 8) + (round * 4 * DemoScenario.Day / scenario.Rounds);

    private static async Task MeasureAsync(DemoRunner demo)
    {
        var beacons = demo.Grains.GetGrain<IBeaconGrain>(0);
        var gpus = demo.Scenario.People.Hosts.Select(host => (Host: host, Id: demo.Scenario.GpuOf(host))).ToArray();
        foreach (var (host, id) in gpus)
        {
            Accept(await demo.Grains.Get<IGpuGrain>(id).Apply(new AttachGpu(id, host.Account, DemoScenario.GpuClass)), "attaching");
        }

        // All devices are challenged under one beacon, so that one device can't answer for two.
        var opening = await beacons.Close(await beacons.Commit(demo.Scenario.People.Draw("challenge")));
        var epoch = 0UL;
        foreach (var (_, id) in gpus)
        {
            epoch = await beacons.Commit(Accept(await demo.Grains.Get<IGpuGrain>(id).Challenge(opening.Value, ChallengeSize), "the challenge"));
        }

        var checking = await beacons.Close(epoch);
        foreach (var (host, id) in gpus)
        {
            var gpu = Accept(await demo.Grains.Get<IGpuGrain>(id).Judge(checking.Value), "the judgement");
            demo.View.Line($"{host.Name}: challenge {(gpu.Measured ? "passed" : "failed")}, class {gpu.Class}");
        }
    }

    private static async Task AskAsync(DemoRunner demo)
    {
        var market = demo.Grains.GetGrain<IMarketGrain>(DemoScenario.GpuClass);
        foreach (var host in demo.Scenario.People.Hosts)
        {
            var ask = new Ask(host.Account, demo.Scenario.GpuOf(host), DemoScenario.GpuClass, Floor: 1_000_000, 1, Deadline);
            Accept(await market.PlaceAsk(demo.Client.Sign(ask, host.Key)), $"{host.Name}'s ask");
        }
    }

    private static async Task OrderAsync(DemoRunner demo)
    {
        var developer = demo.Scenario.People.Developer;
        var market = demo.Grains.GetGrain<IMarketGrain>(DemoScenario.GpuClass);
        var order = new Order(
            developer.Account, demo.Job, DemoScenario.GpuClass, 4, DemoScenario.LeaseCeiling, DemoScenario.LeaseCap, 2, Deadline);
        var rate = (await market.Advance()).Market.Rate.Rate;
        var leases = Accept(await market.PlaceOrder(demo.Client.Sign(order, developer.Key)), "the order");
        demo.View.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"the developer leases {leases.Length} GPUs at {Coins(rate)} GAIB per verified second, {Coins(DemoScenario.LeaseCap)} GAIB in escrow"));
    }

    private static async Task CreateAsync(DemoRunner demo)
    {
        var market = await demo.Grains.GetGrain<IMarketGrain>(DemoScenario.GpuClass).Advance();
        var order = market.Market.Orders.Values.Single(o => o.Order.Job == demo.Job);
        var run = Accept(await demo.Grains.Get<ITrainingRunGrain>(demo.Run).Create(demo.Job, DemoScenario.GpuClass, order.Leases), "the run");
        demo.View.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"a run of {run.Spec.Settings.Rounds} rounds over {run.LiveWorkers.Count()} workers, {run.Spec.Contributors.Length} contributors' data"));
    }

    private static async Task RoundAsync(DemoRunner demo, int round)
    {
        var run = Accept(await demo.Grains.Get<ITrainingRunGrain>(demo.Run).AdvanceTo(round + 1), $"round {round}");
        var closed = run.Closed[round];
        foreach (var slot in closed.Slots.Where(slot => slot.Leaves != Reason.None))
        {
            var host = demo.Scenario.HostOf(slot.Gpu).Name;
            demo.View.Bad(slot.Leaves == Reason.HostLost
                ? $"round {round}: {host} is lost; its lease closes and bills only what was delivered"
                : $"round {round}: the check finds {host}'s work wrong; it forfeits what is unreleased");
        }

        await demo.Grains.GetGrain<IMarketGrain>(DemoScenario.GpuClass).Advance();
    }

    private static async Task FinishAsync(DemoRunner demo)
    {
        var result = Accept(await demo.Grains.Get<ITrainingRunGrain>(demo.Run).Finish(), "the run's end");
        demo.View.Line($"final weights {result.Weights}");
    }
}
