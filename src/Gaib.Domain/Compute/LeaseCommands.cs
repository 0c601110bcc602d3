namespace Gaib.Domain.Compute;

/// <summary>What is asked of a lease.</summary>
[GenerateSerializer, Immutable]
public abstract record LeaseCommand;

/// <summary>
/// A round is about to start at the class rate. A rate outside floor or ceiling closes the lease here, and so does an escrow that does
/// not cover the round, before any work is done.
/// </summary>
/// <param name="Run">The training run.</param>
/// <param name="Round">Round of the run; above that of every billed round.</param>
/// <param name="Rate">Rate in force, base units per verified second.</param>
/// <param name="WorkMax">Most work that the round may bill, multiply-accumulates.</param>
[GenerateSerializer, Immutable]
public sealed record StartLeaseRound(
    [property: Id(0)] Hash32 Run,
    [property: Id(1)] int Round,
    [property: Id(2)] UInt128 Rate,
    [property: Id(3)] UInt128 WorkMax) : LeaseCommand;

/// <summary>The round closed and its work passed, or was not drawn. Bills it, and releases what has left the check window.</summary>
/// <param name="Round">The round in progress.</param>
/// <param name="Work">Multiply-accumulates: all steps that were delivered and checked; 0 when nothing was.</param>
/// <param name="Cause">Hash of the run's closed round.</param>
[GenerateSerializer, Immutable]
public sealed record BillLeaseRound(
    [property: Id(0)] int Round,
    [property: Id(1)] UInt128 Work,
    [property: Id(2)] Hash32 Cause) : LeaseCommand;

/// <summary>A check proved the host's work wrong: everything unreleased goes back to the renter, and the lease closes.</summary>
/// <param name="Round">The round whose check proved it.</param>
/// <param name="Verdict"><see cref="Reason.WorkWrong"/> or <see cref="Reason.DeltaCopied"/>.</param>
[GenerateSerializer, Immutable]
public sealed record CatchHost([property: Id(0)] int Round, [property: Id(1)] Reason Verdict) : LeaseCommand;

/// <summary>
/// Ends the lease without a fault of the work. All billed rounds were delivered and checked, so what is unreleased is released; a round
/// in progress is not billed; the rest is refunded.
/// </summary>
/// <param name="Cause"><see cref="Reason.None"/> when the renter is done, <see cref="Reason.HostLost"/>, or another typed reason.</param>
[GenerateSerializer, Immutable]
public sealed record CloseLease([property: Id(0)] Reason Cause) : LeaseCommand;
