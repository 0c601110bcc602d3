namespace Gaib.Domain.Compute;

/// <summary>Something that happened to a lease.</summary>
/// <param name="At">Unix milliseconds.</param>
[GenerateSerializer, Immutable]
public abstract record LeaseEvent([property: Id(0)] long At);

/// <summary>A round started at this rate.</summary>
/// <param name="At">Unix milliseconds.</param>
/// <param name="Round">What it may bill.</param>
[GenerateSerializer, Immutable]
public sealed record LeaseRoundStarted(long At, [property: Id(0)] StartedRound Round) : LeaseEvent(At);

/// <summary>A round was billed; its pay is earned, and unreleased.</summary>
/// <param name="At">Unix milliseconds.</param>
/// <param name="Round">The new row of the trail.</param>
/// <param name="Remainders">What is carried on.</param>
[GenerateSerializer, Immutable]
public sealed record LeaseRoundBilled(
    long At, [property: Id(0)] LeaseRound Round, [property: Id(1)] LeaseRemainders Remainders) : LeaseEvent(At);

/// <summary>
/// A round's pay was released: two transfers out of the lease's account, pay − fee to the host and fee to the treasury.
/// </summary>
/// <param name="At">Unix milliseconds.</param>
/// <param name="Round">Round of the run.</param>
/// <param name="ToHost">Base units.</param>
/// <param name="Fee">Base units.</param>
/// <param name="Cause">Cause of the transfers, see <see cref="LeasePayments.RoundCause"/>.</param>
[GenerateSerializer, Immutable]
public sealed record LeaseRoundReleased(
    long At,
    [property: Id(0)] int Round,
    [property: Id(1)] UInt128 ToHost,
    [property: Id(2)] UInt128 Fee,
    [property: Id(3)] Hash32 Cause) : LeaseEvent(At);

/// <summary>The lease closed: one transfer of what is left in its account to the renter.</summary>
/// <param name="At">Unix milliseconds.</param>
/// <param name="EndReason">Why.</param>
/// <param name="Forfeited">What the renter gets of billed rounds, base units; part of the refund.</param>
/// <param name="Refunded">To the renter, base units.</param>
/// <param name="Cause">Cause of the transfer, see <see cref="LeasePayments.RefundCause"/>.</param>
[GenerateSerializer, Immutable]
public sealed record LeaseClosed(
    long At,
    [property: Id(0)] Reason EndReason,
    [property: Id(1)] UInt128 Forfeited,
    [property: Id(2)] UInt128 Refunded,
    [property: Id(3)] Hash32 Cause) : LeaseEvent(At);
