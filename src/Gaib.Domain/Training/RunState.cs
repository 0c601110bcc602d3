using System.Collections.Immutable;

namespace Gaib.Domain.Training;

/// <summary>Phases of a run. Numbers are pinned.</summary>
public enum RunPhase
{
    /// <summary>Too few workers, or all of one owner.</summary>
    Waiting = 1,

    /// <summary>Between rounds: workers may join; the next round starts when all that are here hold weights and samples.</summary>
    WarmUp = 2,

    /// <summary>Workers train and commit the hash of (delta, trace).</summary>
    Training = 3,

    /// <summary>All deltas are committed; the round's slice is open; workers reveal.</summary>
    Revealing = 4,

    /// <summary>The check beacon has drawn who re-executes what.</summary>
    Checking = 5,

    /// <summary>No round follows; final weights are stored and leases close.</summary>
    CoolDown = 6,

    /// <summary>Done.</summary>
    Done = 7,
}

/// <summary>A training run. It holds all that is needed to go on after a crash at any event.</summary>
/// <param name="Spec">What it trains.</param>
/// <param name="Phase">Its phase.</param>
/// <param name="Round">The round in progress, or the next one.</param>
/// <param name="Workers">Every worker it ever had, in the order they joined.</param>
/// <param name="Current">The round in progress; null between rounds.</param>
/// <param name="Closed">Every closed round, in order.</param>
/// <param name="Weights">Content hash of the global weights.</param>
/// <param name="Momentum">Content hash of the outer momentum; zero before the first step.</param>
/// <param name="Head">Hash of the last closed round; before it, the hash of the specification.</param>
/// <param name="StoppedFor">Why it stopped before its last round; <see cref="Reason.None"/> otherwise.</param>
[GenerateSerializer, Immutable]
public sealed record TrainingRun(
    [property: Id(0)] RunSpec Spec,
    [property: Id(1)] RunPhase Phase,
    [property: Id(2)] int Round,
    [property: Id(3)] ImmutableArray<RunWorker> Workers,
    [property: Id(4)] RoundState? Current,
    [property: Id(5)] ImmutableList<ClosedRound> Closed,
    [property: Id(6)] Hash32 Weights,
    [property: Id(7)] Hash32 Momentum,
    [property: Id(8)] Hash32 Head,
    [property: Id(9)] Reason StoppedFor)
{
    /// <summary>The workers that take part, in the order of their slots.</summary>
    public IEnumerable<RunWorker> LiveWorkers => Workers.Where(worker => worker.Live).OrderBy(worker => worker.Slot);

    /// <summary>
    /// Most work that a worker can be billed for one round: its own steps, and those of every worker again if it is drawn to check.
    /// </summary>
    public UInt128 WorkMax => checked((UInt128)Spec.Settings.MacsPerRound * (UInt128)(1 + LiveWorkers.Count()));

    /// <summary>The worker that is live with this GPU, or null.</summary>
    /// <param name="gpu">The GPU.</param>
    public RunWorker? LiveWorker(Hash32 gpu) => Workers.FirstOrDefault(worker => worker.Live && worker.Gpu == gpu);

    /// <summary>Whether the worker in a slot is live.</summary>
    /// <param name="slot">The slot.</param>
    public bool IsLive(int slot) => Workers.Any(worker => worker.Live && worker.Slot == slot);

    /// <summary>The worker that takes, or took, part in a round in a slot.</summary>
    /// <param name="round">A round that has started.</param>
    /// <param name="slot">A slot of that round.</param>
    public RunWorker WorkerOf(int round, int slot) => Workers.Single(worker => worker.Slot == slot && worker.TookPart(round));
}
