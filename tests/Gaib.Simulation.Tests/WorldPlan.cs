using Gaib.Abstractions.Money;
using Gaib.Abstractions.Ports;
using Gaib.Grains.Money;
using Gaib.Simulation.Tests.Disk;
using Gaib.Simulation.Tests.Planted;

namespace Gaib.Simulation.Tests;

/// <summary>What a seed's world is like: how long it lasts, and what fails in it how often.</summary>
internal sealed record WorldPlan
{
    /// <summary>Steps in which things fail and callers begin anew.</summary>
    public int Ticks { get; init; } = 300;

    /// <summary>How many books the network has, each on a machine of its own.</summary>
    public uint Books { get; init; } = 1;

    /// <summary>The disk of each.</summary>
    public DiskFaults Faults { get; init; } = new();

    /// <summary>The process is killed, and the system with its cache goes on; a chance a step.</summary>
    public double Kill { get; init; }

    /// <summary>The journal stops at one of its own steps; a chance a step of writing.</summary>
    public double StepFault { get; init; }

    /// <summary>A mistake that is planted between the book and its journal, to see it found; none in a true world.</summary>
    public Func<IJournal, IJournal> Plant { get; init; } = static journal => journal;

    /// <summary>A mistake that is planted before the book; none in a true world.</summary>
    public Func<IBookGrain, IBookGrain> Wrap { get; init; } = static book => book;

    /// <summary>A mistake that is planted in how a book tells the others; none in a true world.</summary>
    public Func<EdgeParts, BookEdges>? PlantEdges { get; init; }

    /// <summary>
    /// The world of a seed. Three in ten have a disk that lies, each in its own way, so that most worlds are held to losing nothing at all.
    /// One in three has two books or three.
    /// </summary>
    public static WorldPlan Of(int seed)
    {
        var random = new Random(seed);
        double Chance(double most) => random.NextDouble() * most;
        var faults = new DiskFaults
        {
            PowerCut = Chance(0.008), WriteError = Chance(0.004), FlushError = Chance(0.02),
        };
        faults = (seed % 10) switch
        {
            0 => faults with { Rot = Chance(0.02) },
            1 => faults with { Lost = Chance(0.02) },
            2 => faults with { Misdirected = Chance(0.02), Corrupt = Chance(0.02) },
            _ => faults,
        };
        var plan = new WorldPlan { Faults = faults, Kill = Chance(0.01), StepFault = Chance(0.015) };
        return plan with { Books = random.Next(3) == 0 ? 2 + (uint)random.Next(2) : 1 };
    }
}
