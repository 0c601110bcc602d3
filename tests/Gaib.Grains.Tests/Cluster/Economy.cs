using System.Collections.Immutable;
using Gaib.Abstractions;
using Gaib.Abstractions.Compute;
using Gaib.Abstractions.Data;
using Gaib.Abstractions.Models;
using Gaib.Abstractions.Training;
using Gaib.Domain;
using Gaib.Domain.Compute;
using Gaib.Domain.Data;
using Gaib.Domain.Models;
using Gaib.Domain.Money;
using Gaib.Domain.Training;
using Gaib.Evm;

namespace Gaib.Grains.Tests.Cluster;

/// <summary>
/// Small steps on the way from a job to a paid inference, each of which may be repeated. Tests take as many as they need.
/// </summary>
/// <param name="cluster">Where.</param>
/// <param name="hosts">How many hosts offer a GPU.</param>
/// <param name="attributionEvery">1: every round has attribution; 2: every other.</param>
/// <param name="number">Economies of one cluster that differ in it have jobs, developers and datasets of their own.</param>
internal sealed partial class Economy(GrainCluster cluster, int hosts = 3, int attributionEvery = 1, int number = 0)
{
    public const int ContributorCount = 4;
    public const int SamplesEach = 12;

    public GrainCluster Cluster => cluster;

    public PrivateKey Developer { get; } = TestNetwork.Key(number == 0 ? "developer" : $"person{number}");

    public PrivateKey App { get; } = TestNetwork.Key("app");

    public PrivateKey Investor { get; } = TestNetwork.Key("investor");

    public PrivateKey SessionKey { get; } = TestNetwork.Key("session");

    public ImmutableArray<PrivateKey> Hosts { get; } = [.. Enumerable.Range(0, hosts).Select(i => TestNetwork.Key($"host{i}"))];

    public int Rounds { get; init; } = 4;

    public TrainingSettings Settings => new(
        new MlpShape([8, 6, 3], InputScaleLog2: 4),
        Rounds,
        WorkerSlots: 8,
        InnerSteps: 4,
        Batch: 8,
        InnerRatePpm: 200_000,
        OuterRatePpm: 700_000,
        OuterMomentumPpm: 500_000);

    public Hash32 JobId => Ids.Derive(cluster.Network.Id, "job", Developer.Address, 1);

    public Hash32 RunId => Ids.Derive(cluster.Network.Id, "run", Developer.Address, 1);

    public Hash32 ModelId => Ids.Derive(cluster.Network.Id, "model", Developer.Address, 1);

    public IJobGrain Job => cluster.Grains.Get<IJobGrain>(JobId);

    public IMarketGrain Market => cluster.Grains.GetGrain<IMarketGrain>(TestNetwork.GpuClass);

    public ITrainingRunGrain Run => cluster.Grains.Get<ITrainingRunGrain>(RunId);

    public IModelGrain Model => cluster.Grains.Get<IModelGrain>(ModelId);

    public IBeaconGrain Beacon => cluster.Grains.GetGrain<IBeaconGrain>(0);

    public static PrivateKey Contributor(int i) => TestNetwork.Key($"contributor{i}");

    public Hash32 DatasetId(int contributor) =>
        Ids.Derive(cluster.Network.Id, "dataset", Contributor(contributor).Address, (UInt128)(1 + number));

    public IDatasetGrain Dataset(int contributor) => cluster.Grains.Get<IDatasetGrain>(DatasetId(contributor));

    public Hash32 GpuId(int host) => Ids.Derive(cluster.Network.Id, "gpu", Hosts[host].Address, (UInt128)number);

    public IGpuGrain Gpu(int host) => cluster.Grains.Get<IGpuGrain>(GpuId(host));

    /// <summary>The value of an outcome that must be accepted.</summary>
    public static T Must<T>(Outcome<T> outcome)
        where T : notnull => outcome.Accepted ? outcome.Value : throw new RefusedException(outcome.Rejection);

    /// <summary>On which day of the network's life this economy begins.</summary>
    public int Days { get; set; }

    /// <summary>Advances the clock to a day of this economy's life.</summary>
    public void At(double day) => cluster.Clock.AdvanceTo(TestNetwork.Start + (long)((Days + day) * TestNetwork.Day));

    public (PostJob Command, JobTerms Terms, ImmutableArray<HeldBackPart> Parts) JobToPost()
    {
        ImmutableArray<HeldBackPart> parts =
            [
                SmallData.Part(HeldBackKind.Door, 12, number), SmallData.Part(HeldBackKind.Round, 6 * Rounds, number),
                SmallData.Part(HeldBackKind.Test, 12, number),
            ];
        var terms = new JobTerms(
            Settings,
            SmallData.Shape,
            attributionEvery,
            3,
            20,
            20UL * TestNetwork.Unit,
            TestNetwork.Start + ((Days + 1) * TestNetwork.Day),
            [.. parts.Select(HeldBackCommitment.Of)]);
        return (new PostJob(Developer.Address, terms.Hash(), 100UL * TestNetwork.Unit, 1, TestNetwork.Deadline), terms, parts);
    }

    public async Task<Job> PostJobAsync()
    {
        var (command, terms, parts) = JobToPost();
        return Must(await Job.Post(cluster.Client.Sign(command, Developer), terms, parts));
    }

    public ImmutableArray<Chunk> ChunksOf(int contributor) =>
        SmallData.Chunks($"salt {number} {contributor} ", SmallData.Draw($"contributor {contributor}", SamplesEach));

    public Manifest ManifestOf(int contributor)
    {
        var chunks = ChunksOf(contributor);
        return new Manifest(
            Contributor(contributor).Address,
            JobId,
            MerkleTree.Root(chunks.Select(chunk => chunk.Leaf()).ToArray()),
            (ulong)chunks.Length,
            chunks.Aggregate(0UL, (sum, chunk) => sum + (ulong)chunk.Bytes.Length),
            "CC-BY-4.0",
            TestNetwork.Start + (365 * TestNetwork.Day),
            (UInt128)(1 + number),
            TestNetwork.Deadline);
    }

    public Task<Outcome<Dataset>> CommitAsync(int contributor) => Dataset(contributor).Commit(
        cluster.Client.Sign(ManifestOf(contributor), Contributor(contributor)), ChunksOf(contributor));

    public async Task<Dataset> ContributeAsync(int contributor) => Must(await CommitAsync(contributor));

    /// <summary>Measures a host's GPU.</summary>
    public async Task<Gpu> AttachAsync(int host)
    {
        var gpu = Gpu(host);
        Must(await gpu.Apply(new AttachGpu(GpuId(host), Hosts[host].Address, TestNetwork.GpuClass)));
        var opening = await Beacon.Close(await Beacon.Commit(Keccak.HashUtf8($"challenge {host}")));
        var answer = Must(await gpu.Challenge(opening.Value, 8));
        var checking = await Beacon.Close(await Beacon.Commit(answer));
        return Must(await gpu.Judge(checking.Value));
    }

    public Signed<Ask> AskOf(int host, ulong floor = 1_000) => cluster.Client.Sign(
        new Ask(Hosts[host].Address, GpuId(host), TestNetwork.GpuClass, floor, (UInt128)(1 + number), TestNetwork.Deadline), Hosts[host]);

    public Order OrderBy(PrivateKey renter, ulong cap = 100 * TestNetwork.Unit, ulong ceiling = TestNetwork.Unit) =>
        new(renter.Address, JobId, TestNetwork.GpuClass, (ulong)Hosts.Length, ceiling, cap, 2, TestNetwork.Deadline);

    public async Task OfferAllAsync()
    {
        for (var i = 0; i < Hosts.Length; i++)
        {
            Must(await Market.PlaceAsk(AskOf(i)));
        }
    }

    public Task<Outcome<ImmutableArray<LeaseTerms>>> PlaceAsync(Order order, PrivateKey renter) =>
        Market.PlaceOrder(cluster.Client.Sign(order, renter));

    public async Task<ImmutableArray<LeaseTerms>> OrderAsync(Order? order = null) =>
        Must(await PlaceAsync(order ?? OrderBy(Developer), Developer));

    public async Task<TrainingRun> CreateRunAsync(Order? order = null)
    {
        var leases = await OrderAsync(order);
        return Must(await Run.Create(JobId, TestNetwork.GpuClass, [.. leases.Select(lease => lease.Lease)]));
    }

    /// <summary>The escrow account of a lease.</summary>
    public async Task<Int128> EscrowAsync(Hash32 lease) => (await cluster.Book.GetBalance(AccountId.Of(AccountKind.Lease, lease), AssetId.Gaib)).Posted;

    public async Task<Int128> HeldByAsync(PrivateKey key) => (await cluster.Book.GetBalance(AccountId.Person(key.Address), AssetId.Gaib)).Posted;

    /// <summary>From an empty network to a valued job.</summary>
    public async Task ValueAsync()
    {
        await PostJobAsync();
        for (var i = 0; i < ContributorCount; i++)
        {
            await ContributeAsync(i);
        }

        At(1);
        Must(await Job.Value());
    }

    /// <summary>Measures and offers every host's GPU.</summary>
    public async Task OfferGpusAsync()
    {
        for (var i = 0; i < Hosts.Length; i++)
        {
            await AttachAsync(i);
        }

        await OfferAllAsync();
    }

    /// <summary>From an empty network to a run whose first round has not begun.</summary>
    public async Task PrepareRunAsync()
    {
        await ValueAsync();
        await OfferGpusAsync();
        await CreateRunAsync();
    }

    /// <summary>From an empty network to a model that is for sale.</summary>
    public async Task<ModelView> PrepareModelAsync()
    {
        await PrepareRunAsync();
        Must(await Run.AdvanceTo(Rounds));
        Must(await Run.Finish());
        Must(await Model.IssueFromRun(RunId));
        return await PriceAsync(1_000_000, 200_000, 3);
    }

    public async Task<ModelView> PriceAsync(ulong unitPrice, ulong hostUnitFee, ulong nonce) => Must(await Model.SetPrice(
        cluster.Client.Sign(new SetPrice(Developer.Address, ModelId, unitPrice, hostUnitFee, nonce, TestNetwork.Deadline), Developer)));
}

/// <summary>Something was refused that a test needs. Unlike a fault it is never tried again.</summary>
internal sealed class RefusedException(Rejection rejection) : Exception(rejection.ToString());
