using System.Collections.Immutable;

namespace Gaib.Domain.Compute;

/// <summary>Something that happened in a market. Applying it first advances the rate to its time.</summary>
/// <param name="At">Unix milliseconds.</param>
[GenerateSerializer, Immutable]
public abstract record MarketEvent([property: Id(0)] long At);

/// <summary>A GPU is offered, or the floor of its ask was replaced.</summary>
/// <param name="At">Unix milliseconds.</param>
/// <param name="Gpu">The GPU.</param>
/// <param name="Host">Its owner.</param>
/// <param name="Floor">Lowest rate for leases to come, base units per verified second.</param>
/// <param name="Command">Struct hash of the ask.</param>
[GenerateSerializer, Immutable]
public sealed record AskPlaced(
    long At,
    [property: Id(0)] Hash32 Gpu,
    [property: Id(1)] Address Host,
    [property: Id(2)] UInt128 Floor,
    [property: Id(3)] Hash32 Command) : MarketEvent(At);

/// <summary>An ask was taken back, or its GPU was lost.</summary>
/// <param name="At">Unix milliseconds.</param>
/// <param name="Gpu">The GPU.</param>
[GenerateSerializer, Immutable]
public sealed record AskRemoved(long At, [property: Id(0)] Hash32 Gpu) : MarketEvent(At);

/// <summary>An order was matched, or refilled: these leases opened.</summary>
/// <param name="At">Unix milliseconds.</param>
/// <param name="Id">The order's id.</param>
/// <param name="Order">What the renter signed.</param>
/// <param name="Rate">The rate in force, base units per verified second.</param>
/// <param name="Leases">The leases. Each cap moves from the renter to the lease's own ledger account.</param>
[GenerateSerializer, Immutable]
public sealed record LeasesOpened(
    long At,
    [property: Id(0)] Hash32 Id,
    [property: Id(1)] Order Order,
    [property: Id(2)] UInt128 Rate,
    [property: Id(3)] ImmutableArray<LeaseTerms> Leases) : MarketEvent(At);

/// <summary>An order takes no more leases.</summary>
/// <param name="At">Unix milliseconds.</param>
/// <param name="Order">The order's id.</param>
[GenerateSerializer, Immutable]
public sealed record OrderClosed(long At, [property: Id(0)] Hash32 Order) : MarketEvent(At);

/// <summary>A lease closed and its GPU is free, or gone.</summary>
/// <param name="At">Unix milliseconds.</param>
/// <param name="Lease">The lease.</param>
/// <param name="Cause">Why.</param>
/// <param name="Spent">What it cost the renter, base units.</param>
/// <param name="GpuGone">The GPU was lost or proven wrong: its ask goes too.</param>
[GenerateSerializer, Immutable]
public sealed record LeaseEnded(
    long At,
    [property: Id(0)] Hash32 Lease,
    [property: Id(1)] Reason Cause,
    [property: Id(2)] UInt128 Spent,
    [property: Id(3)] bool GpuGone) : MarketEvent(At);

/// <summary>Ticks were closed.</summary>
/// <param name="At">Unix milliseconds.</param>
/// <param name="Utilisation">Utilisation of the last of them, Q32.</param>
/// <param name="RateAtTarget">Rate at target now, Q32.</param>
/// <param name="Rate">Rate in force now, base units per verified second.</param>
[GenerateSerializer, Immutable]
public sealed record RateMoved(
    long At,
    [property: Id(0)] ulong Utilisation,
    [property: Id(1)] UInt128 RateAtTarget,
    [property: Id(2)] UInt128 Rate) : MarketEvent(At);
