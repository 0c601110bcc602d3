using System.Collections.Immutable;

namespace Gaib.Domain.Training;

/// <summary>What is asked of a run: by its driver, or by a worker, whose identity the runtime knows and puts into the command.</summary>
[GenerateSerializer, Immutable]
public abstract record RunCommand;

/// <summary>Creates the run.</summary>
/// <param name="Spec">What it trains.</param>
/// <param name="Workers">The leased GPUs, in the order of their slots; none twice.</param>
[GenerateSerializer, Immutable]
public sealed record CreateRun([property: Id(0)] RunSpec Spec, [property: Id(1)] ImmutableArray<LeasedGpu> Workers) : RunCommand;

/// <summary>A worker joins, between rounds, in the lowest free slot.</summary>
/// <param name="Worker">The leased GPU.</param>
[GenerateSerializer, Immutable]
public sealed record JoinWorker([property: Id(0)] LeasedGpu Worker) : RunCommand;

/// <summary>A worker says that it holds what it needs. Between rounds.</summary>
/// <param name="Gpu">Who says so.</param>
/// <param name="Samples">Hash of the samples it holds.</param>
[GenerateSerializer, Immutable]
public sealed record ReadyWorker([property: Id(0)] Hash32 Gpu, [property: Id(1)] Hash32 Samples) : RunCommand;

/// <summary>A worker takes part no more, at any time. Wrong work is no reason here: only a check finds it.</summary>
/// <param name="Gpu">Who.</param>
/// <param name="Cause">HostLost, RateBelowFloor, RateAboveCeiling, EscrowExhausted, LeaseClosed, or None when it leaves in peace.</param>
[GenerateSerializer, Immutable]
public sealed record LoseWorker([property: Id(0)] Hash32 Gpu, [property: Id(1)] Reason Cause) : RunCommand;

/// <summary>Starts a round with every live worker.</summary>
/// <param name="Round">The next round.</param>
/// <param name="Terms">One row a live worker.</param>
[GenerateSerializer, Immutable]
public sealed record StartRound([property: Id(0)] int Round, [property: Id(1)] ImmutableArray<RoundTerms> Terms) : RunCommand;

/// <summary>A worker commits its delta.</summary>
/// <param name="Gpu">Who.</param>
/// <param name="Round">The round.</param>
/// <param name="Commitment">See <see cref="DeltaClaim.Commitment"/>.</param>
[GenerateSerializer, Immutable]
public sealed record CommitDelta(
    [property: Id(0)] Hash32 Gpu,
    [property: Id(1)] int Round,
    [property: Id(2)] Hash32 Commitment) : RunCommand;

/// <summary>Every worker has committed or was lost: the round's slice opens, and deltas are revealed.</summary>
/// <param name="Round">The round.</param>
[GenerateSerializer, Immutable]
public sealed record CloseCommits([property: Id(0)] int Round) : RunCommand;

/// <summary>A worker reveals its delta, whose bytes lie in the store.</summary>
/// <param name="Gpu">Who.</param>
/// <param name="Round">The round.</param>
/// <param name="Revealed">Delta and trace, as committed.</param>
[GenerateSerializer, Immutable]
public sealed record RevealDelta(
    [property: Id(0)] Hash32 Gpu,
    [property: Id(1)] int Round,
    [property: Id(2)] DeltaClaim Revealed) : RunCommand;

/// <summary>Every committed delta was revealed or its worker lost: draws who checks whom.</summary>
/// <param name="Round">The round.</param>
/// <param name="Beacon">A beacon over the round's commitments that nobody knew before all were revealed.</param>
[GenerateSerializer, Immutable]
public sealed record DrawChecks([property: Id(0)] int Round, [property: Id(1)] Hash32 Beacon) : RunCommand;

/// <summary>A drawn checker has executed a slot's steps again.</summary>
/// <param name="Gpu">Who checked.</param>
/// <param name="Round">The round.</param>
/// <param name="Slot">The slot.</param>
/// <param name="Found">What it gave.</param>
[GenerateSerializer, Immutable]
public sealed record ReportCheck(
    [property: Id(0)] Hash32 Gpu,
    [property: Id(1)] int Round,
    [property: Id(2)] int Slot,
    [property: Id(3)] DeltaClaim Found) : RunCommand;

/// <summary>A drawn reporter has computed the round's result.</summary>
/// <param name="Gpu">Who.</param>
/// <param name="Round">The round.</param>
/// <param name="Report">The result.</param>
[GenerateSerializer, Immutable]
public sealed record ReportRound(
    [property: Id(0)] Hash32 Gpu,
    [property: Id(1)] int Round,
    [property: Id(2)] RoundReport Report) : RunCommand;

/// <summary>Nothing is outstanding: closes the round.</summary>
/// <param name="Round">The round.</param>
[GenerateSerializer, Immutable]
public sealed record CloseRound([property: Id(0)] int Round) : RunCommand;

/// <summary>Ends the run before its last round, between rounds.</summary>
/// <param name="Cause">Why.</param>
[GenerateSerializer, Immutable]
public sealed record StopRun([property: Id(0)] Reason Cause) : RunCommand;

/// <summary>The final weights are stored: the run is done.</summary>
/// <param name="Weights">Their content hash, equal to the run's.</param>
[GenerateSerializer, Immutable]
public sealed record FinishRun([property: Id(0)] Hash32 Weights) : RunCommand;
