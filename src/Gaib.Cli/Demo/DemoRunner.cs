using System.Collections.Immutable;
using Gaib.Abstractions;
using Gaib.Client;
using Gaib.Domain;
using Gaib.Domain.Training;
using Gaib.Silo;
using Orleans;

namespace Gaib.Cli.Demo;

/// <summary>
/// Drives the demo: one step after the other, each at its logical time, each remembered when it is done. Killed and started again, it
/// goes on with the first step that is not.
/// </summary>
internal sealed class DemoRunner
{
    private readonly LogicalClock _clock;
    private readonly DemoProgress _progress;

    private DemoRunner(DemoScenario scenario, GaibNode node, LogicalClock clock, DemoProgress progress, DemoView view)
    {
        (Scenario, Node, View) = (scenario, node, view);
        (_clock, _progress) = (clock, progress);
        Client = new GaibClient(node.Grains, node.Network);
        Data = new DemoData(scenario);
    }

    public DemoScenario Scenario { get; }

    public GaibNode Node { get; }

    public GaibClient Client { get; }

    public DemoData Data { get; }

    public DemoView View { get; }

    public IGrainFactory Grains => Node.Grains;

    public Hash32 Network => Node.Network.Id;

    /// <summary>The deadline of every command: the demo's logical time ends before.</summary>
    public static long Deadline => DemoScenario.At(400);

    public Hash32 Job => Ids.Derive(Network, "job", Scenario.People.Developer.Account, 1);

    public Hash32 Run => Ids.Derive(Network, "run", Scenario.People.Developer.Account, 1);

    public Hash32 Model => Ids.Derive(Network, "model", Scenario.People.Developer.Account, 1);

    public Hash32 Session => Ids.Derive(Network, "session", Scenario.People.App.Account, 1);

    /// <summary>Runs the whole demo in a data directory and leaves the node running for whoever reports.</summary>
    public static async Task<DemoRunner> RunAsync(
        DemoScenario scenario, NodeDirectory hold, string directory, int threads, DemoView view)
    {
        var clock = new LogicalClock(DemoScenario.Start);
        var progress = new DemoProgress(directory);
        if (progress.Resumed)
        {
            view.Line($"resuming in {directory}: what is done is not done again");
        }

        var node = await DemoNode.StartAsync(scenario, directory, clock, threads, hold);
        var runner = new DemoRunner(scenario, node, clock, progress, view);
        await DemoContributions.RunAsync(runner);
        await DemoTraining.RunAsync(runner);
        await DemoRevenue.RunAsync(runner);
        await DemoSettlement.RunAsync(runner);
        progress.Dispose();
        return runner;
    }

    /// <summary>True when a step was done, by this process or an earlier one.</summary>
    public bool IsDone(string step) => _progress.IsDone(step);

    /// <summary>
    /// Does a step at its time, unless it is done. It may have been cut short before at any point: so whatever it signs must follow from
    /// the scenario and from earlier steps alone, never from what the step itself changes. Else the same nonce would stand under two
    /// different commands, and the step could never end.
    /// </summary>
    public async Task StepAsync(string name, long at, Func<Task> work)
    {
        _clock.AdvanceTo(at);
        if (_progress.IsDone(name))
        {
            View.Line($"resumed: step '{name}' already done");
            return;
        }

        await work();
        _progress.Done(name);
    }

    /// <summary>The value of an accepted outcome.</summary>
    /// <exception cref="DemoException">It was refused, which the demo's script does not provide for.</exception>
    public static T Accept<T>(Outcome<T> outcome, string what)
        where T : notnull => outcome.Accepted ? outcome.Value : throw new DemoException($"{what} was refused: {outcome.Rejection}");

    public static string Coins(UInt128 units) =>
        ((decimal)units / 1_000_000_000m).ToString("N4", System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>The demo can't go on; the message says why.</summary>
internal sealed class DemoException(string message) : Exception(message);
