using System.Collections.Immutable;

namespace Gaib.Domain.Training;

/// <summary>What is asked of a run: by its driver, or by a worker, whose identity the runtime knows and puts into the command.</summary>
public abstract record RunCommand;

/// <summary>Creates the run.</summary>
/// <param name="Spec">What it trains.</param>
/// <param name="Workers">The leased GPUs, in the order of their slots; none twice.</param>
public sealed record CreateRun(RunSpec Spec, ImmutableArray<LeasedGpu> Workers) : RunCommand;

/// <summary>A worker joins, between rounds, in the lowest free slot.</summary>
/// <param name="Worker">The leased GPU.</param>
public sealed record JoinWorker(LeasedGpu Worker) : RunCommand;

/// <summary>A worker says that it holds what it needs. Between rounds.</summary>
/// <param name="Gpu">Who says so.</param>
/// <param name="Samples">Hash of the samples it holds.</param>
public sealed record ReadyWorker(Hash32 Gpu, Hash32 Samples) : RunCommand;

/// <summary>A worker takes part no more, at any time. Wrong work is no reason here: only a check finds it.</summary>
/// <param name="Gpu">Who.</param>
/// <param name="Cause">HostLost, RateBelowFloor, RateAboveCeiling, EscrowExhausted, LeaseClosed, or None when it leaves in peace.</param>
public sealed record LoseWorker(Hash32 Gpu, Reason Cause) : RunCommand;

/// <summary>Starts a round with every live worker.</summary>
/// <param name="Round">The next round.</param>
/// <param name="Terms">One row a live worker.</param>
public sealed record StartRound(int Round, ImmutableArray<RoundTerms> Terms) : RunCommand;

/// <summary>A worker commits its delta.</summary>
/// <param name="Gpu">Who.</param>
/// <param name="Round">The round.</param>
/// <param name="Commitment">See <see cref="DeltaClaim.Commitment"/>.</param>
public sealed record CommitDelta(Hash32 Gpu, int Round, Hash32 Commitment) : RunCommand;

/// <summary>Every worker has committed or was lost: the round's slice opens, and deltas are revealed.</summary>
/// <param name="Round">The round.</param>
public sealed record CloseCommits(int Round) : RunCommand;

/// <summary>A worker reveals its delta, whose bytes lie in the store.</summary>
/// <param name="Gpu">Who.</param>
/// <param name="Round">The round.</param>
/// <param name="Revealed">Delta and trace, as committed.</param>
public sealed record RevealDelta(Hash32 Gpu, int Round, DeltaClaim Revealed) : RunCommand;

/// <summary>Every committed delta was revealed or its worker lost: draws who checks whom.</summary>
/// <param name="Round">The round.</param>
/// <param name="Beacon">A beacon over the round's commitments that nobody knew before all were revealed.</param>
public sealed record DrawChecks(int Round, Hash32 Beacon) : RunCommand;

/// <summary>A drawn checker has executed a slot's steps again.</summary>
/// <param name="Gpu">Who checked.</param>
/// <param name="Round">The round.</param>
/// <param name="Slot">The slot.</param>
/// <param name="Found">What it gave.</param>
public sealed record ReportCheck(Hash32 Gpu, int Round, int Slot, DeltaClaim Found) : RunCommand;

/// <summary>A drawn reporter has computed the round's result.</summary>
/// <param name="Gpu">Who.</param>
/// <param name="Round">The round.</param>
/// <param name="Report">The result.</param>
public sealed record ReportRound(Hash32 Gpu, int Round, RoundReport Report) : RunCommand;

/// <summary>Nothing is outstanding: closes the round.</summary>
/// <param name="Round">The round.</param>
public sealed record CloseRound(int Round) : RunCommand;

/// <summary>Ends the run before its last round, between rounds.</summary>
/// <param name="Cause">Why.</param>
public sealed record StopRun(Reason Cause) : RunCommand;

/// <summary>The final weights are stored: the run is done.</summary>
/// <param name="Weights">Their content hash, equal to the run's.</param>
public sealed record FinishRun(Hash32 Weights) : RunCommand;
