using Gaib.Abstractions.Ports;
using Gaib.Domain;
using Gaib.Domain.Governance;
using Gaib.Domain.Training;
using Gaib.Evm;
using Gaib.Grains.Money;

namespace Gaib.Silo;

/// <summary>Settings of a single-machine node.</summary>
public sealed class GaibNodeOptions
{
    /// <summary>The folder for everything that must survive. No default.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>The network to serve.</summary>
    public required Genesis Genesis { get; init; }

    /// <summary>The seed of the beacon's hash chain; its tip must be the genesis's.</summary>
    public required Hash32 BeaconSeed { get; init; }

    /// <summary>The settlers' keys that this node holds.</summary>
    public required IReadOnlyList<PrivateKey> SettlerKeys { get; init; }

    /// <summary>The clock. Default: the wall clock.</summary>
    public IClock Clock { get; init; } = new WallClock();

    /// <summary>Makes the devices of this machine from its CPU device. Default: the CPU device for every GPU id.</summary>
    public Func<IDevice, IDeviceProvider>? Devices { get; init; }

    /// <summary>Threads of the CPU device. Default 1: workers run beside each other. The number changes no bit of any result.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Bytes of a journal segment. Default 16 MiB.</summary>
    public int SegmentBytes { get; init; } = 16 << 20;

    /// <summary>How many books people are spread over; the data directory remembers it. Default 1; at most 32,768.</summary>
    public uint Books { get; init; } = 1;

    /// <summary>
    /// How much of what the grains ask may wait for each book, in transfers; whoever asks beyond is told that the book is busy. Default 65,536;
    /// at least 1.
    /// </summary>
    public int BookQueueMax { get; init; } = new BookSenderOptions().QueueMax;

    /// <summary>The hold on the data directory, if it is taken already; it goes over to the node. Default: the node takes it.</summary>
    public NodeDirectory? Hold { get; init; }

    /// <summary>Time between two audits of the ledger, and before the first. Default 10 minutes.</summary>
    public TimeSpan AuditEvery { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The clock by which audits come round. Default: the machine's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>True where whoever starts the node says every fault itself: what Orleans has to say about it is not logged. Default: false.</summary>
    public bool Quiet { get; init; }

    /// <summary>Length of the beacon's hash chain in epochs.</summary>
    public const int BeaconEpochs = 1 << 14;
}
