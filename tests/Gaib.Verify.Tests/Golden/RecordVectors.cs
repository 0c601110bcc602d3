using System.Text.Json.Nodes;
using Gaib.Domain;
using Gaib.Domain.Compute;
using Gaib.Domain.Data;
using Gaib.Domain.Governance;
using Gaib.Domain.Models;
using Gaib.Domain.Training;

namespace Gaib.Verify.Tests.Golden;

/// <summary>The hashes of records: genesis, terms of a job, specification and reports of a run, model, host's epoch.</summary>
internal static class RecordVectors
{
    private static readonly TrainingSettings Settings = new(new MlpShape([8, 6, 3], 4), 7, 4, 5, 16, 200_000, 700_000, 500_000);

    public static IEnumerable<JsonObject> All() => [GenesisHash(), Terms(), Spec(), Report(), Model(), HostEpoch(), Seed()];

    private static JsonObject GenesisHash()
    {
        Address[] people = [.. new[] { "ada", "grace" }.Select(Inputs.Person).Order()];
        var genesis = new Genesis(
            "vectors", Inputs.Chain, Inputs.Person("contract"), Inputs.Time, [.. people.Select(person => new Allocation(person, 1_000))],
            Inputs.Hash("tip"), [new GenesisClass("cpu-1", 10, 3, 2, 4)], [.. people], 2, new Parameters());
        return VectorFile.Of(
            "genesis",
            new
            {
                network = genesis.Network, chainId = genesis.ChainId, verifyingContract = genesis.VerifyingContract, startsAt = genesis.StartsAt,
                allocations = genesis.Allocations.Select(one => new { account = one.Account, amount = one.Amount }), beaconTip = genesis.BeaconTip,
                classes = genesis.Classes.Select(one => new
                {
                    name = one.Name, macsPerMs = one.MacsPerMs, rateAtTarget = one.RateAtTarget, rateMin = one.RateMin, rateMax = one.RateMax,
                }),
                settlers = genesis.Settlers, settlerThreshold = genesis.SettlerThreshold,
                parameters = genesis.Parameters.Fields.Select(field => new { name = field.Name, value = field.Value }),
            },
            new { parameters = genesis.Parameters.Hash(), genesis = genesis.Hash() });
    }

    private static JsonObject Terms()
    {
        HeldBackCommitment[] parts = [.. Enum.GetValues<HeldBackKind>().Select(kind => new HeldBackCommitment(kind, Inputs.Hash($"{kind}"), 12, Inputs.Hash($"pack {kind}")))];
        var terms = new JobTerms(Settings, new DataShape(8, 16, 3), 3, 5, 100, 20_000, Inputs.Time, [.. parts]);
        return VectorFile.Of(
            "jobTerms",
            new
            {
                layers = Settings.Shape.Layers, inputScaleLog2 = Settings.Shape.InputScaleLog2, rounds = Settings.Rounds, workerSlots = Settings.WorkerSlots,
                innerSteps = Settings.InnerSteps, batch = Settings.Batch, innerRatePpm = Settings.InnerRatePpm, outerRatePpm = Settings.OuterRatePpm,
                outerMomentumPpm = Settings.OuterMomentumPpm, features = 8, featureMax = 16, classes = 3, attributionEvery = 3, k = 5, r = 100,
                bountyPrice = "20000", closesAt = Inputs.Time,
                heldBack = parts.Select(part => new { kind = (int)part.Kind, root = part.Root, count = part.Count }),
            },
            new { shape = Settings.Shape.Hash(), settings = Settings.Hash(), terms = terms.Hash() });
    }

    private static JsonObject Spec()
    {
        Address[] people = [.. new[] { "ada", "grace" }.Select(Inputs.Person).Order()];
        var spec = new RunSpec(
            Inputs.Hash("run"), Inputs.Hash("job"), Inputs.Hash("model"), Inputs.Hash("datasets"), Inputs.Hash("samples"), Inputs.Hash("weights"),
            [.. people], Settings, new RunRules(3, 200_000, 2));
        return VectorFile.Of(
            "runSpec",
            new
            {
                run = spec.Run, job = spec.Job, model = spec.Model, datasetsRoot = spec.DatasetsRoot, samples = spec.Samples,
                initialWeights = spec.InitialWeights, settings = Settings.Hash(), attributionEvery = 3, checkPpm = 200_000, minWorkers = 2, contributors = people,
            },
            spec.Hash());
    }

    private static JsonObject Report()
    {
        SlotReplay[] slots = [new(0, Inputs.Hash("delta 0"), Inputs.Hash("trace 0"), [5, -7]), new(2, Inputs.Hash("delta 2"), Inputs.Hash("trace 2"), [0, 9])];
        var (replay, run) = (new AttributionResult([.. slots]), Inputs.Hash("run"));
        var report = new RoundReport(replay, Inputs.Hash("weights"), Inputs.Hash("momentum"), 900, 800);
        return VectorFile.Of(
            "roundReport",
            new
            {
                run, round = 3, slots = slots.Select(slot => new { slot = slot.Slot, deltaHash = slot.DeltaHash, trace = slot.Trace, valuesQ48 = slot.Values }),
                weights = report.Weights, momentum = report.Momentum, lossBefore = report.LossBefore, lossAfter = report.LossAfter,
            },
            new
            {
                replay = replay.Hash(), report = report.Hash(run, 3),
                withoutAttribution = (report with { Replay = null, LossBefore = 0, LossAfter = 0 }).Hash(run, 3),
            });
    }

    private static JsonObject Model()
    {
        var model = new ModelRecord(
            Inputs.Hash("model"), Inputs.Person("ada"), Inputs.Hash("job"), [Inputs.Hash("run")], [.. Inputs.Hashes("dataset", 2)],
            [new ParentShare(Inputs.Hash("parent"), 50_000)], Inputs.Hash("weights"), Settings.Hash());
        return VectorFile.Of(
            "model",
            new
            {
                model = model.Id, developer = model.Developer, job = model.Job, runs = model.Runs, datasets = model.Datasets,
                parents = model.Parents.Select(parent => new { model = parent.Model, sharePpm = parent.SharePpm }), weights = model.WeightsHash,
                settings = model.SettingsHash,
            },
            new { hash = model.Hash(), holderPool = ShareIssueRule.HolderPool(model.Id) });
    }

    private static JsonObject HostEpoch()
    {
        var (host, receipts) = (Inputs.Person("ada"), Inputs.Hashes("receipt", 3).ToArray());
        var commitment = new HostEpochCommitment(host, 6, HostEpochCommitment.RootOf(receipts), 3, 600);
        return VectorFile.Of(
            "hostEpoch",
            new { host, epoch = 6, receipts, held = "600" },
            new { root = commitment.Root, commitment = commitment.Hash(), emptyRoot = HostEpochCommitment.RootOf([]), account = HeldFees.Account(host, 6) });
    }

    private static JsonObject Seed() => VectorFile.Of(
        "challengeSeed", new { beacon = Inputs.Hash("beacon"), gpu = Inputs.Hash("gpu") }, GpuRule.Seed(Inputs.Hash("beacon"), Inputs.Hash("gpu")));
}
