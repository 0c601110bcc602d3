using Gaib.Abstractions.Ports;
using Gaib.Silo;

namespace Gaib.Cli.Demo;

/// <summary>Starts the node of a demo's data directory.</summary>
internal static class DemoNode
{
    /// <summary>Starts the node with the scenario's genesis, keys and devices.</summary>
    public static Task<GaibNode> StartAsync(DemoScenario scenario, string directory, IClock clock, int threads = 1, NodeDirectory? hold = null) =>
        GaibNode.StartAsync(new GaibNodeOptions
        {
            DataDirectory = directory,
            Genesis = scenario.Genesis,
            BeaconSeed = scenario.BeaconSeed,
            SettlerKeys = scenario.People.SettlerKeys,
            Clock = clock,
            Devices = cpu => new DemoDevices(scenario, cpu),
            Threads = threads,
            Hold = hold,
            Quiet = true,
        });

    /// <summary>Starts the node of a directory that a demo has used before.</summary>
    /// <exception cref="ArgumentException">No demo has used it.</exception>
    public static Task<GaibNode> OpenAsync(string directory)
    {
        var settings = DemoSettings.Find(directory)
            ?? throw new ArgumentException($"{directory} is no data directory of a demo. Name one with --data-dir.");
        return StartAsync(new DemoScenario(settings.Seed, settings.IsShort), directory, new LogicalClock(DemoScenario.Start));
    }
}
