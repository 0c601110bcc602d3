using System.Collections.Immutable;
using System.Reflection;
using Gaib.Abstractions.Compute;
using Gaib.Abstractions.Governance;
using Gaib.Abstractions.Models;
using Gaib.Abstractions.Revenue;
using Gaib.Domain;
using Gaib.Domain.Compute;
using Gaib.Domain.Governance;
using Gaib.Domain.Models;
using Gaib.Domain.Training;
using Gaib.Simulation.Tests.Callers;

namespace Gaib.Simulation.Tests.Cluster;

/// <summary>What surrounds the ledger and is not simulated: models, GPUs, markets. They answer at once, and always the same to the same.</summary>
internal sealed class Services(Random random, EventLog log)
{
    private readonly Dictionary<Hash32, LeaseTerms> _leases = [];

    /// <summary>The net that is sold.</summary>
    public static MlpShape Shape { get; } = new([2, 2], 4);

    /// <summary>The network, with an epoch of one second.</summary>
    public static Network Network { get; } = new(new Genesis(
        "simulated", 31_337, Cast.People[0], 0,
        [.. Cast.People.Order().Select(person => new Allocation(person, 1))],
        Keccak.HashUtf8("tip"),
        [new GenesisClass("cpu-1", 10, (UInt128)1 << 32, (UInt128)1 << 28, (UInt128)1 << 36)],
        [.. Cast.People.Take(3).Order()], 2,
        new Parameters { EpochMs = 1_000, ProtocolFeePpm = 33_333 }));

    /// <summary>The same network over several books.</summary>
    public static Network NetworkOf(uint books) => books == 1 ? Network : new Network(Network.Genesis) { Books = books };

    /// <summary>The price of the sold model: neither part divides the other.</summary>
    public static PriceRecord Price { get; } = PriceRecord.Of(Cast.Models[0], 101, 37, 0);

    private static readonly ImmutableArray<ServingGpu> Gpus =
        [.. Cast.People.Take(3).Select(host => new ServingGpu(Keccak.HashUtf8($"gpu {host}"), host)).OrderBy(gpu => gpu.Gpu)];

    /// <summary>Terms of leases, by lease.</summary>
    public IReadOnlyDictionary<Hash32, LeaseTerms> Leases => _leases;

    /// <summary>A market agrees on a lease.</summary>
    public void Agree(LeaseTerms terms) => _leases.Add(terms.Lease, terms);

    /// <summary>What answers for a grain that is not simulated; null for one that is.</summary>
    public object? Find(Type type, string key) =>
        type == typeof(IModelGrain) ? Fake.Of<IModelGrain>((_, _) => Task.FromResult<ModelView?>(ModelOf(Hash32.Parse(key))))
        : type == typeof(IGpuGrain) ? Fake.Of<IGpuGrain>((_, arguments) => Infer((InferTask)arguments[0]!))
        : type == typeof(IHostGrain) ? Fake.Of<IHostGrain>((_, _) => Task.CompletedTask)
        : type == typeof(IPoolGrain) ? Fake.Of<IPoolGrain>((_, _) => Task.CompletedTask)
        : type == typeof(IMarketGrain) ? Fake.Of<IMarketGrain>(Market)
        : null;

    private static ModelView ModelOf(Hash32 id)
    {
        var record = new ModelRecord(id, Cast.People[0], Hash32.Zero, [], [], [], Keccak.HashUtf8("weights"), Hash32.Zero);
        var issue = id == Cast.Models[0] ? new SharesIssued(1, id, [], [], []) : null;
        return new ModelView(new ModelState(record, issue, issue is null ? [] : [Price], 0), Shape, Gpus);
    }

    private Task<Outcome<ImmutableArray<byte>>> Infer(InferTask task)
    {
        if (random.Next(6) == 0)
        {
            log.See("gpu lost");
            return Task.FromResult<Outcome<ImmutableArray<byte>>>(Reason.HostLost);
        }

        var output = new byte[Prediction.RowBytes(Shape.Classes) * task.Rows.Length / Shape.Features];
        for (var i = 0; i < output.Length; i++)
        {
            output[i] = (byte)(task.Rows[i % task.Rows.Length] + i + 1);
        }

        return Task.FromResult<Outcome<ImmutableArray<byte>>>(ImmutableArray.Create(output));
    }

    private object? Market(MethodInfo method, object?[] arguments) => method.Name switch
    {
        nameof(IMarketGrain.GetTerms) => Task.FromResult(_leases.GetValueOrDefault((Hash32)arguments[0]!)),
        nameof(IMarketGrain.EndLease) => Ended(),
        _ => throw new NotSupportedException(method.Name),
    };

    private Task<Outcome<Market>> Ended()
    {
        log.See("market told");

        // A lease only looks whether it was accepted.
        return Task.FromResult<Outcome<Market>>((Market)null!);
    }
}
