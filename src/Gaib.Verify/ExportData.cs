using System.Collections.Immutable;
using Gaib.Domain;
using Gaib.Domain.Training;
using Gaib.Verify.Compute;
using Gaib.Verify.Data;
using Gaib.Verify.Governance;
using Gaib.Verify.Models;
using Gaib.Verify.Money;
using Gaib.Verify.Reading;
using Gaib.Verify.Revenue;
using Gaib.Verify.Settlement;
using Gaib.Verify.Training;

namespace Gaib.Verify;

/// <summary>All of an export, read once. A check sees it only if every line of every file has the right form.</summary>
internal sealed record ExportData
{
    public required NetworkFile Network { get; init; }

    public required ImmutableArray<TransferLine> Transfers { get; init; }

    public required ImmutableArray<AccountLine> Accounts { get; init; }

    public required ImmutableArray<AssetLine> Assets { get; init; }

    public required ImmutableArray<CommandLine> Commands { get; init; }

    public required ImmutableArray<BeaconLine> Beacons { get; init; }

    public required ImmutableArray<JobLine> Jobs { get; init; }

    public required ImmutableArray<DatasetLine> Datasets { get; init; }

    public required ImmutableArray<ChunkLine> Chunks { get; init; }

    public required ImmutableArray<ValuationLine> Valuations { get; init; }

    public required ImmutableArray<GpuLine> Gpus { get; init; }

    public required ImmutableArray<OrderLine> Orders { get; init; }

    public required ImmutableArray<LeaseLine> Leases { get; init; }

    public required ImmutableArray<RateLine> Rates { get; init; }

    public required ImmutableArray<RunLine> Runs { get; init; }

    public required ImmutableArray<ModelLine> Models { get; init; }

    public required ImmutableArray<PriceLine> Prices { get; init; }

    public required ImmutableArray<ShareLine> Shares { get; init; }

    public required ImmutableArray<SessionLine> Sessions { get; init; }

    public required ImmutableArray<ReceiptLine> Receipts { get; init; }

    public required ImmutableArray<HostEpochLine> HostEpochs { get; init; }

    public required ImmutableArray<PoolLine> Pools { get; init; }

    public required ImmutableArray<VoucherLine> Vouchers { get; init; }

    public required ImmutableArray<RootLine> Roots { get; init; }

    public required Blobs Blobs { get; init; }

    /// <summary>Where work is executed again.</summary>
    public required IDevice Device { get; init; }

    /// <summary>What every decision must have moved; checks add to it, and the last check compares it with the transfers.</summary>
    public ExpectedTransfers Expected { get; } = new();

    /// <summary>By receipt the hash of the answer that its execution again gave; nothing where the weights are missing.</summary>
    public Dictionary<Hash32, Hash32> Answers { get; } = [];

    /// <summary>The fold of all transfers; complete once the check of the transfers has run.</summary>
    public Ledger Ledger { get; set; } = new([]);

    /// <summary>The network's genesis hash.</summary>
    public Hash32 Genesis => Network.GenesisHash;

    /// <summary>Reads every file; null when network.json can't be read.</summary>
    public static ExportData? Read(ExportFolder folder, IDevice device) => folder.ReadOne("network", NetworkFile.Read) is not { } network ? null : new ExportData
    {
        Network = network,
        Transfers = folder.Read("transfers", TransferLine.Read),
        Accounts = folder.Read("accounts", AccountLine.Read),
        Assets = folder.Read("assets", AssetLine.Read),
        Commands = folder.Read("commands", CommandLine.Read),
        Beacons = folder.Read("beacons", BeaconLine.Read),
        Jobs = folder.Read("jobs", JobLine.Read),
        Datasets = folder.Read("datasets", DatasetLine.Read),
        Chunks = folder.Read("chunks", ChunkLine.Read),
        Valuations = folder.Read("valuations", ValuationLine.Read),
        Gpus = folder.Read("gpus", GpuLine.Read),
        Orders = folder.Read("orders", OrderLine.Read),
        Leases = folder.Read("leases", LeaseLine.Read),
        Rates = folder.Read("rates", RateLine.Read),
        Runs = folder.Read("runs", RunLine.Read),
        Models = folder.Read("models", ModelLine.Read),
        Prices = folder.Read("prices", PriceLine.Read),
        Shares = folder.Read("shares", ShareLine.Read),
        Sessions = folder.Read("sessions", SessionLine.Read),
        Receipts = folder.Read("receipts", ReceiptLine.Read),
        HostEpochs = folder.Read("hostEpochs", HostEpochLine.Read),
        Pools = folder.Read("pools", PoolLine.Read),
        Vouchers = folder.Read("settlements", VoucherLine.Read),
        Roots = folder.Read("roots", RootLine.Read),
        Blobs = folder.Blobs,
        Device = device,
    };

    /// <summary>The commands of one type with what was signed, in the order of the book.</summary>
    public IEnumerable<(CommandLine Line, T Message)> CommandsOf<T>()
        where T : TypedMessage =>
        Commands.Where(line => line.Message is T).Select(line => (line, (T)line.Message!));
}
