using System.Collections.Immutable;
using Gaib.Abstractions;
using Gaib.Abstractions.Compute;
using Gaib.Abstractions.Data;
using Gaib.Abstractions.Models;
using Gaib.Abstractions.Ports;
using Gaib.Abstractions.Training;
using Gaib.Client;
using Gaib.Client.Models;
using Gaib.Domain;
using Gaib.Domain.Compute;
using Gaib.Domain.Data;
using Gaib.Domain.Governance;
using Gaib.Domain.Models;
using Gaib.Domain.Training;
using Gaib.Evm;
using Gaib.Silo;
using Gaib.Silo.Export;
using Gaib.Verify.Tests.Mutations;

namespace Gaib.Verify.Tests.Training;

/// <summary>
/// A small real economy up to its issue, or up to what an app buys, on a node of its own: jobs, contributions, leased GPUs and runs
/// that go other ways than the demo's. What it leaves is the folder of its export.
/// </summary>
internal sealed class Workshop
{
    public const ulong Unit = 1_000_000_000;
    private const int Contributors = 5;
    private const string GpuClass = "cpu-1";
    private const long Start = 1_767_225_600_000;
    private const long Hour = 3_600_000;
    private const long Deadline = Start + (400 * 24 * Hour);

    private static readonly Hash32 BeaconSeed = Keccak.HashUtf8("workshop beacon");

    private readonly WorkshopPlan _plan;
    private readonly GaibNode _node;
    private readonly GaibClient _client;
    private readonly LogicalClock _clock;
    private double _hours;

    private Workshop(WorkshopPlan plan, GaibNode node, LogicalClock clock)
    {
        (_plan, _node, _clock) = (plan, node, clock);
        _client = new GaibClient(node.Grains, node.Network);
    }

    private static PrivateKey Developer => Key("developer");

    private static PrivateKey App => Key("app");

    /// <summary>Runs a plan and exports all of it.</summary>
    /// <returns>The folder of the export; nobody writes into it.</returns>
    public static async Task<string> ExportAsync(WorkshopPlan plan)
    {
        var (export, data, clock, genesis) = (DemoExport.NewFolder(), DemoExport.NewFolder(), new LogicalClock(Start), GenesisOf(plan));
        var gpus = Enumerable.Range(0, plan.Hosts).Select(host => GpuOf(genesis.Hash(), host)).ToArray();
        var node = await GaibNode.StartAsync(new GaibNodeOptions
        {
            DataDirectory = data,
            Genesis = genesis,
            BeaconSeed = BeaconSeed,
            SettlerKeys = [Key("settler")],
            Clock = clock,
            SegmentBytes = 1 << 20,
            Devices = cpu => new Provider(gpu => plan.Spoil(Array.IndexOf(gpus, gpu), cpu)),
        });
        await using (node)
        {
            var workshop = new Workshop(plan, node, clock);
            await workshop.OfferAsync();
            for (var job = 0; job < plan.Jobs; job++)
            {
                await workshop.RunJobAsync((ulong)job);
            }

            if (plan.Calls > 0)
            {
                await workshop.ServeAsync((ulong)plan.Jobs - 1);
            }

            if (plan.Interruption is { } interruption)
            {
                await Assert.ThrowsAsync<IOException>(() => EconomyExport.WriteAsync(node, export, interruption));
            }

            await EconomyExport.WriteAsync(node, export, plan.Showing);
        }

        Directory.Delete(data, recursive: true);
        return export;
    }

    /// <summary>The number of the host whose GPU has the lowest id: it is the first that is asked to check what others answered.</summary>
    public static int FirstChecker(WorkshopPlan plan)
    {
        var network = GenesisOf(plan).Hash();
        return Enumerable.Range(0, plan.Hosts).MinBy(host => GpuOf(network, host));
    }

    /// <summary>The GPU of a host.</summary>
    public static Hash32 GpuOf(WorkshopPlan plan, int host) => GpuOf(GenesisOf(plan).Hash(), host);

    private static PrivateKey Key(string name) => PrivateKey.Derive(Keccak.HashUtf8("workshop:" + name));

    private static PrivateKey Host(int host) => Key($"host{host}");

    private static PrivateKey Contributor(int contributor) => Key($"contributor{contributor}");

    private static Hash32 GpuOf(Hash32 network, int host) => Ids.Derive(network, "gpu", Host(host).Address, 0);

    private static Genesis GenesisOf(WorkshopPlan plan)
    {
        var people = Enumerable.Range(0, Contributors).Select(Contributor).Concat(Enumerable.Range(0, plan.Hosts).Select(Host)).Append(Developer).Append(App);
        var rate = (UInt128)(Unit / 100) << 32;
        return new Genesis(
            "workshop", 1, Key("contract").Address, Start,
            [.. people.Select(key => new Allocation(key.Address, 1_000UL * Unit)).OrderBy(row => row.Account)],
            Beacon.Tip(BeaconSeed, GaibNodeOptions.BeaconEpochs), [new GenesisClass(GpuClass, 10, rate, rate / 16, rate * 16)],
            [Key("settler").Address], 1, new Parameters { ReleaseWindowRounds = 2, ValuationK = 3, ReceiptSampleOneIn = 4 });
    }

    private void Pass(double hours) => _clock.AdvanceTo(Start + (long)((_hours += hours) * Hour));

    private static T Must<T>(Outcome<T> outcome)
        where T : notnull => outcome.Accepted ? outcome.Value : throw new InvalidOperationException(outcome.Rejection.ToString());

    /// <summary>Every GPU is measured, every other one twice, and offered.</summary>
    private async Task OfferAsync()
    {
        var (market, beacons) = (_node.Grains.GetGrain<IMarketGrain>(GpuClass), _node.Grains.GetGrain<IBeaconGrain>(0));
        for (var host = 0; host < _plan.Hosts; host++)
        {
            var id = GpuOf(_node.Network.Id, host);
            var gpu = _node.Grains.Get<IGpuGrain>(id);
            Must(await gpu.Apply(new AttachGpu(id, Host(host).Address, GpuClass)));
            for (var time = 0; time <= host % 2; time++)
            {
                var opening = await beacons.Close(await beacons.Commit(Keccak.HashUtf8($"challenge {host} {time}")));
                var epoch = await beacons.Commit(Must(await gpu.Challenge(opening.Value, 16 + time)));
                Must(await gpu.Judge((await beacons.Close(epoch)).Value));
            }
        }

        Pass(1.01);
        for (var host = 0; host < _plan.Hosts; host++)
        {
            var ask = new Ask(Host(host).Address, GpuOf(_node.Network.Id, host), GpuClass, (UInt128)(1_000 + host), 1, Deadline);
            Must(await market.PlaceAsk(_client.Sign(ask, Host(host))));
        }
    }

    private async Task RunJobAsync(ulong job)
    {
        var (id, run) = (Ids.Derive(_node.Network.Id, "job", Developer.Address, 10 * job), Ids.Derive(_node.Network.Id, "run", Developer.Address, 10 * job));
        await PostAsync(10 * job);
        for (var i = 0; i < Contributors; i++)
        {
            Pass(0.25);
            if (_plan.Burning && i == Contributors - 1)
            {
                Must(await _node.Grains.Get<IJobGrain>(id).Burn([HeldBackKind.Door]));
            }

            await ContributeAsync(id, i, (UInt128)(10 * job));
        }

        Pass(24);
        Must(await _node.Grains.Get<IJobGrain>(id).Value());
        Pass(24);
        await WithdrawAsync(job);
        var count = (ulong)(_plan.Hosts - (job > 0 ? _plan.Losing : 0));
        var order = new Order(Developer.Address, id, GpuClass, count, _plan.Ceiling, 100UL * Unit, (UInt128)((10 * job) + 1), Deadline);
        var leases = Must(await _node.Grains.GetGrain<IMarketGrain>(GpuClass).PlaceOrder(_client.Sign(order, Developer)));
        Pass(0.5);
        var grain = _node.Grains.Get<ITrainingRunGrain>(run);
        Must(await grain.Create(id, GpuClass, [.. leases.Select(lease => lease.Lease)]));
        for (var round = 0; round < _plan.Rounds; round++)
        {
            Pass(3.3);

            // A run that can't go on is refused here, and finished like any other.
            await grain.AdvanceTo(round + 1);
        }

        Pass(2);
        Must(await grain.Finish());
        Pass(2);
        Must(await _node.Grains.Get<IModelGrain>(Ids.Derive(_node.Network.Id, "model", Developer.Address, 10 * job)).IssueFromRun(run));
    }

    private async Task PostAsync(ulong nonce)
    {
        ImmutableArray<HeldBackPart> parts =
        [
            WorkshopData.Part(HeldBackKind.Door, 12), WorkshopData.Part(HeldBackKind.Round, 6 * _plan.Rounds), WorkshopData.Part(HeldBackKind.Test, 12),
        ];
        var settings = new TrainingSettings(
            new MlpShape([8, 6, 3], 4), _plan.Rounds, 8, InnerSteps: 4, Batch: 8, InnerRatePpm: 200_000, OuterRatePpm: 700_000, OuterMomentumPpm: 500_000);
        var terms = new JobTerms(
            settings, WorkshopData.Shape, _plan.AttributionEvery, 3, 20, 20UL * Unit, _clock.Now + (24 * Hour), [.. parts.Select(HeldBackCommitment.Of)]);
        var post = new PostJob(Developer.Address, terms.Hash(), 100UL * Unit, nonce, Deadline);
        Must(await _node.Grains.Get<IJobGrain>(post.JobId(_node.Network.Id)).Post(_client.Sign(post, Developer), terms, parts));
    }

    private async Task ContributeAsync(Hash32 job, int contributor, UInt128 nonce)
    {
        var chunks = WorkshopData.Chunks(_plan.Copying && contributor == Contributors - 1 ? "Door" : $"contributor {contributor}", 12);
        var ends = contributor >= Contributors - _plan.Ending ? _clock.Now + (40 * Hour) : Deadline;
        var manifest = new Manifest(
            Contributor(contributor).Address, job, MerkleTree.Root([.. chunks.Select(chunk => chunk.Leaf())]), (ulong)chunks.Length,
            (ulong)chunks.Sum(chunk => chunk.Bytes.Length), "CC-BY-4.0", ends, nonce, Deadline);
        var dataset = Ids.Derive(_node.Network.Id, "dataset", manifest.Contributor, nonce);
        Must(await _node.Grains.Get<IDatasetGrain>(dataset).Commit(_client.Sign(manifest, Contributor(contributor)), chunks));
    }

    private async Task WithdrawAsync(ulong job)
    {
        for (var i = 0; i < _plan.Withdrawing; i++)
        {
            var dataset = Ids.Derive(_node.Network.Id, "dataset", Contributor(i).Address, (UInt128)(10 * job));
            var back = new DataRightWithdrawal(Contributor(i).Address, dataset, (UInt128)((10 * job) + 1), Deadline);
            Must(await _node.Grains.Get<IDatasetGrain>(dataset).Withdraw(_client.Sign(back, Contributor(i))));
        }
    }

    /// <summary>An app buys calls on two days, and every host closes every epoch that is over, also one in which it answered nothing.</summary>
    private async Task ServeAsync(ulong job)
    {
        var model = Ids.Derive(_node.Network.Id, "model", Developer.Address, 10 * job);
        Must(await _node.Grains.Get<IModelGrain>(model).SetPrice(
            _client.Sign(new SetPrice(Developer.Address, model, 1_000_001, 200_000, (UInt128)((10 * job) + 2), Deadline), Developer)));
        _plan.Told("buying");
        var open = new OpenSession(App.Address, model, App.Address, 10 * Unit, 5 * Unit, Deadline, 1, Deadline);
        var session = Must(await SessionHandle.OpenAsync(_client, open, App, App));
        var rows = WorkshopData.Draw("rows", _plan.Calls);
        for (var call = 0; call < _plan.Calls; call++)
        {
            Must(await session.InferAsync([.. rows[call].Features], 1));
            if (_plan.AcknowledgeEvery > 0 && call % _plan.AcknowledgeEvery == _plan.AcknowledgeEvery - 1)
            {
                Assert.Null(await session.AcknowledgeAsync());
            }

            Pass(call == _plan.Calls / 2 ? 24 : 0.01);
        }

        Pass(24);
        _plan.Told("closing");
        var last = _node.Network.EpochAt(_clock.Now);
        for (var host = 0; host < _plan.Hosts && _plan.ClosingEpochs; host++)
        {
            for (var epoch = last - 2; epoch < last; epoch++)
            {
                Must(await _node.Grains.Get<IHostGrain>(Host(host).Address).CloseEpoch(epoch));
            }
        }
    }

    private sealed class Provider(Func<Hash32, IDevice> get) : IDeviceProvider
    {
        public IDevice Get(Hash32 gpu) => get(gpu);
    }
}
