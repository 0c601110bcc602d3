using System.Collections.Immutable;

using Gaib.Domain.Tests.Compute;
using Gaib.Domain.Training;

namespace Gaib.Domain.Tests.Training;

/// <summary>How a worker misbehaves in a round.</summary>
internal enum Misdeed
{
    /// <summary>Sends a delta that its steps do not give.</summary>
    Cheat,

    /// <summary>Sends another worker's delta.</summary>
    Copy,

    /// <summary>Answers checks and reports with made-up bytes.</summary>
    Lie,

    /// <summary>Dies instead of committing.</summary>
    DieBeforeCommit,

    /// <summary>Dies instead of revealing.</summary>
    DieBeforeReveal,

    /// <summary>Dies when it is first asked to check or report.</summary>
    DieBeforeCheck,
}

/// <summary>A run with its workers and what each of them does; no part of it is known to the rules.</summary>
/// <param name="Workers">Workers at the start.</param>
/// <param name="Owners">Owners; worker i belongs to owner i mod owners.</param>
/// <param name="Rounds">Rounds.</param>
/// <param name="AttributionEvery">See the rules.</param>
/// <param name="Misdeeds">By (worker, round).</param>
/// <param name="Joins">Workers that join before a round.</param>
/// <param name="Seed">Gives the beacons.</param>
internal sealed record RunScenario(
    int Workers,
    int Owners,
    int Rounds,
    int AttributionEvery,
    ImmutableDictionary<(int Worker, int Round), Misdeed> Misdeeds,
    ImmutableDictionary<int, int> Joins,
    int Seed)
{
    public static readonly Hash32 Run = Sample.Hash("run");

    public static RunScenario Honest(int workers, int rounds, int attributionEvery) => new(
        workers, workers, rounds, attributionEvery, ImmutableDictionary<(int, int), Misdeed>.Empty, ImmutableDictionary<int, int>.Empty, 1);

    public RunScenario With(int worker, int round, Misdeed misdeed) => this with { Misdeeds = Misdeeds.SetItem((worker, round), misdeed) };

    public RunSpec Spec => new(
        Run, Sample.Hash("job"), Sample.Hash("model"), Sample.Hash("datasets"), Sample.Hash("samples"), Sample.Hash("weights"),
        [Sample.Account("contributor", 1), Sample.Account("contributor", 2), Sample.Account("contributor", 3)],
        new TrainingSettings(new MlpShape([64, 32, 10], 4), Rounds, 8, 10, 16, 100_000, 700_000, 900_000),
        new RunRules(AttributionEvery, 150_000, 2));

    public LeasedGpu Gpu(int worker) =>
        new(Sample.Hash("gpu", worker), Sample.Account("host", worker % Owners), Sample.Hash("lease", worker));

    public static int WorkerOf(Hash32 gpu) => Enumerable.Range(0, 100).First(i => Sample.Hash("gpu", i) == gpu);

    public Misdeed? Does(Hash32 gpu, int round) => Misdeeds.TryGetValue((WorkerOf(gpu), round), out var misdeed) ? misdeed : null;

    public Hash32 Beacon(Hash32 commitments) => new AbiWriter(3).Utf8("beacon").UInt((uint)Seed).Hash(commitments).Hash();

    /// <summary>What a slot's steps really give.</summary>
    public static DeltaClaim Truth(TrainingRun run, int slot) => new(
        new AbiWriter(4).Utf8("delta").Hash(run.Weights).UInt((uint)run.Round).UInt((uint)slot).Hash(),
        new AbiWriter(4).Utf8("trace").Hash(run.Weights).UInt((uint)run.Round).UInt((uint)slot).Hash());

    /// <summary>What a worker says its steps gave.</summary>
    public DeltaClaim Claim(TrainingRun run, RunWorker worker)
    {
        var truth = Truth(run, worker.Slot);
        var victim = run.Current!.Terms.Keys.FirstOrDefault(slot => slot != worker.Slot);
        return Does(worker.Gpu, run.Round) switch
        {
            Misdeed.Cheat => truth with { DeltaHash = Sample.Hash("scaled", worker.Slot) },
            Misdeed.Copy => truth with { DeltaHash = Truth(run, victim).DeltaHash },
            _ => truth,
        };
    }

    public DeltaClaim Check(TrainingRun run, RunWorker checker, int slot) =>
        Does(checker.Gpu, run.Round) == Misdeed.Lie ? new DeltaClaim(Sample.Hash("lie", checker.Slot), Hash32.Zero) : Truth(run, slot);

    public RoundReport Report(TrainingRun run, RunWorker reporter)
    {
        var round = run.Current!;
        var lie = Does(reporter.Gpu, run.Round) == Misdeed.Lie ? reporter.Slot + 1 : 0;
        var passed = round.Attributed
            ? round.Reveals.Where(row => row.Value == Truth(run, row.Key)).Select(row => row.Key)
            : RoundTasks.Summed(run);
        var words = passed.Aggregate(new AbiWriter(4).Hash(run.Weights).UInt((uint)run.Round), (w, slot) => w.UInt((uint)slot));
        var weights = words.UInt((uint)lie).Hash();
        var drop = (long)(weights.Prefix64 % 3_000) - 500;
        return round.Attributed
            ? new RoundReport(Replay(run), weights, Keccak.Hash(weights, weights), 10_000 + lie, 10_000 - drop)
            : new RoundReport(null, weights, Keccak.Hash(weights, weights), 0, 0);
    }

    private static AttributionResult Replay(TrainingRun run) => new(
    [
        .. run.Current!.Reveals.Keys.Select(slot =>
        {
            var truth = Truth(run, slot);
            var values = Enumerable.Range(0, 3).Select(i => ((Int128)(truth.Trace.Prefix64 % 997) - 300 + (i * 100)) << 16);
            return new SlotReplay(slot, truth.DeltaHash, truth.Trace, [.. values]);
        }),
    ]);
}
