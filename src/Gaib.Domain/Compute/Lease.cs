using System.Collections.Immutable;

namespace Gaib.Domain.Compute;

/// <summary>What became of a billed round's pay. Numbers are pinned.</summary>
public enum LeaseRoundStatus
{
    /// <summary>Earned; the check window has not passed.</summary>
    Unreleased = 1,

    /// <summary>Paid: pay − fee to the host, fee to the treasury.</summary>
    Released = 2,

    /// <summary>Taken back by the renter, because the host was caught.</summary>
    Forfeited = 3,
}

/// <summary>One billed round of a lease.</summary>
/// <param name="Run">The training run.</param>
/// <param name="Round">Round of the run, from 0.</param>
/// <param name="Cause">Hash of the run's closed round, whose checks this work passed.</param>
/// <param name="Work">Multiply-accumulates billed.</param>
/// <param name="VerifiedMs">Verified milliseconds that became whole with this round.</param>
/// <param name="Rate">Rate in force when the round started, base units per verified second.</param>
/// <param name="Pay">What the renter pays for the round, fee included, base units.</param>
/// <param name="Fee">Part of the pay that goes to the treasury, base units.</param>
/// <param name="Status">What became of it.</param>
[GenerateSerializer, Immutable]
public sealed record LeaseRound(
    [property: Id(0)] Hash32 Run,
    [property: Id(1)] int Round,
    [property: Id(2)] Hash32 Cause,
    [property: Id(3)] UInt128 Work,
    [property: Id(4)] UInt128 VerifiedMs,
    [property: Id(5)] UInt128 Rate,
    [property: Id(6)] UInt128 Pay,
    [property: Id(7)] UInt128 Fee,
    [property: Id(8)] LeaseRoundStatus Status);

/// <summary>A round that started and was not billed yet.</summary>
/// <param name="Run">The training run.</param>
/// <param name="Round">Round of the run.</param>
/// <param name="Rate">The rate it pays, base units per verified second.</param>
/// <param name="WorkMax">Most work it may bill, multiply-accumulates; the escrow covers it.</param>
[GenerateSerializer, Immutable]
public sealed record StartedRound(
    [property: Id(0)] Hash32 Run,
    [property: Id(1)] int Round,
    [property: Id(2)] UInt128 Rate,
    [property: Id(3)] UInt128 WorkMax);

/// <summary>What the divisions of the billing left over; never rounded away while the lease is open.</summary>
/// <param name="Work">Multiply-accumulates short of a verified millisecond; below the class's macsPerMs.</param>
/// <param name="Pay">Thousandths of a base unit; below 1000.</param>
/// <param name="Fee">Millionths of a base unit; below 1,000,000.</param>
[GenerateSerializer, Immutable]
public readonly record struct LeaseRemainders(
    [property: Id(0)] UInt128 Work,
    [property: Id(1)] UInt128 Pay,
    [property: Id(2)] UInt128 Fee);

/// <summary>
/// A lease of one GPU. Its cap lies in a ledger account of its own: at every moment
/// <c>Paid + Fee + Refunded + Escrow == Cap</c>.
/// </summary>
/// <param name="Terms">What was agreed.</param>
/// <param name="Remainders">Carried remainders.</param>
/// <param name="Current">The round in progress; null between rounds.</param>
/// <param name="Rounds">Every billed round, in order: the whole trail.</param>
/// <param name="Earned">Σ pay of all billed rounds, base units.</param>
/// <param name="Paid">Released to the host, base units.</param>
/// <param name="Fee">Released to the treasury, base units.</param>
/// <param name="Refunded">Returned to the renter, base units; what was forfeited is part of it.</param>
/// <param name="Forfeited">Σ pay of forfeited rounds, base units.</param>
/// <param name="ClosedAt">Unix milliseconds; null while open.</param>
/// <param name="EndReason">Why it closed; <see cref="Reason.None"/> while open, and when the renter was done.</param>
[GenerateSerializer, Immutable]
public sealed record Lease(
    [property: Id(0)] LeaseTerms Terms,
    [property: Id(1)] LeaseRemainders Remainders,
    [property: Id(2)] StartedRound? Current,
    [property: Id(3)] ImmutableList<LeaseRound> Rounds,
    [property: Id(4)] UInt128 Earned,
    [property: Id(5)] UInt128 Paid,
    [property: Id(6)] UInt128 Fee,
    [property: Id(7)] UInt128 Refunded,
    [property: Id(8)] UInt128 Forfeited,
    [property: Id(9)] long? ClosedAt,
    [property: Id(10)] Reason EndReason)
{
    /// <summary>A lease that has just opened, its cap already in its account.</summary>
    /// <param name="terms">What was agreed.</param>
    public static Lease Open(LeaseTerms terms) => new(terms, default, null, [], 0, 0, 0, 0, 0, null, Reason.None);

    /// <summary>What lies in the lease's ledger account, base units.</summary>
    public UInt128 Escrow => checked(Terms.Cap - Paid - Fee - Refunded);

    /// <summary>Earned, neither released nor forfeited: what the host loses when it is caught, base units.</summary>
    public UInt128 Unreleased => checked(Earned - Paid - Fee - Forfeited);

    /// <summary>What no round has earned yet, base units; 0 when closed.</summary>
    public UInt128 Uncommitted => checked(Escrow - Unreleased);

    /// <summary>Verified milliseconds of the rounds that were not forfeited.</summary>
    public UInt128 VerifiedMs => Rounds.Where(round => round.Status != LeaseRoundStatus.Forfeited)
        .Aggregate(UInt128.Zero, (sum, round) => checked(sum + round.VerifiedMs));
}
