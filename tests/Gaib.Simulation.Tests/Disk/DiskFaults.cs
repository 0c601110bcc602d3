namespace Gaib.Simulation.Tests.Disk;

/// <summary>The machine stops here, as if its power went.</summary>
internal sealed class PowerCutException() : Exception("The power is out.");

/// <summary>How often a disk fails, each a chance an operation.</summary>
internal sealed record DiskFaults
{
    /// <summary>The power goes before an operation.</summary>
    public double PowerCut { get; init; }

    /// <summary>A write says that it failed, and did nothing.</summary>
    public double WriteError { get; init; }

    /// <summary>A flush says that it failed: some sectors are on the disk, the others only in the cache, and no later flush brings them.</summary>
    public double FlushError { get; init; }

    /// <summary>A write is acknowledged, its flush too, and nothing or only a part of it reaches the disk.</summary>
    public double Lost { get; init; }

    /// <summary>A write lands on another place of the file, or in another file.</summary>
    public double Misdirected { get; init; }

    /// <summary>A write lands with other bytes than were written.</summary>
    public double Corrupt { get; init; }

    /// <summary>What was kept changes by itself; a chance a step of the world.</summary>
    public double Rot { get; init; }

    /// <summary>True where what was acknowledged may not be on the disk.</summary>
    public bool Lies => Lost + Misdirected + Corrupt + Rot > 0;
}
