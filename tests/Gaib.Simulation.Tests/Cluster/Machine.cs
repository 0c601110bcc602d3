using Gaib.Simulation.Tests.Audit;
using Gaib.Simulation.Tests.Disk;

namespace Gaib.Simulation.Tests.Cluster;

/// <summary>
/// One machine of the cluster: the disk of its book, its own clock, and the process that runs on it. The machine of book 0 also has every
/// grain that is no book, and their files.
/// </summary>
internal sealed class Machine(BookSite site, Random random, DiskFaults faults, EventLog log)
{
    /// <summary>Which book it has.</summary>
    public BookSite Site => site;

    /// <summary>What the book's journal lies on.</summary>
    public SimulatedDisk Disk { get; } = new(random, faults, log);

    /// <summary>What its process sees of the time.</summary>
    public WorldClock Clock { get; } = new();

    /// <summary>What its book was after each frame.</summary>
    public FrameHistory History => field ??= new FrameHistory(Disk, log, site);

    /// <summary>The process that runs now.</summary>
    public ProcessLife Process { get; private set; } = new();

    /// <summary>The process is gone, and another one begins.</summary>
    public void StartProcess()
    {
        Process.End();
        Process = new ProcessLife();
        Clock.Restart();
    }
}
