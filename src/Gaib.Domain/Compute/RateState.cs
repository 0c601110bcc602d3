namespace Gaib.Domain.Compute;

/// <summary>The rate of one GPU class, and the capacity seen so far in the tick that is open.</summary>
/// <param name="RateAtTarget">Rate at the utilisation target, base units per verified second, Q32.</param>
/// <param name="Rate">Rate in force, base units per verified second.</param>
/// <param name="At">Unix milliseconds up to which capacity is accounted.</param>
/// <param name="Offered">GPUs offered since <paramref name="At"/>, leased ones included.</param>
/// <param name="Leased">GPUs leased since <paramref name="At"/>.</param>
/// <param name="OfferedMs">Capacity-milliseconds offered in the open tick up to <paramref name="At"/>.</param>
/// <param name="LeasedMs">Capacity-milliseconds leased in the open tick up to <paramref name="At"/>.</param>
/// <param name="Utilisation">
/// Utilisation of the last closed tick, Q32 (2^32 is all of it); 0 before the first, or with nothing offered.
/// </param>
[GenerateSerializer, Immutable]
public sealed record RateState(
    [property: Id(0)] UInt128 RateAtTarget,
    [property: Id(1)] UInt128 Rate,
    [property: Id(2)] long At,
    [property: Id(3)] uint Offered,
    [property: Id(4)] uint Leased,
    [property: Id(5)] ulong OfferedMs,
    [property: Id(6)] ulong LeasedMs,
    [property: Id(7)] ulong Utilisation);

/// <summary>From when on how many GPUs of a class were offered and leased. The list of these is the whole input of the rate rule.</summary>
/// <param name="At">Unix milliseconds.</param>
/// <param name="Offered">GPUs offered, leased ones included.</param>
/// <param name="Leased">GPUs leased.</param>
[GenerateSerializer, Immutable]
public readonly record struct CapacityStep(
    [property: Id(0)] long At,
    [property: Id(1)] uint Offered,
    [property: Id(2)] uint Leased);

/// <summary>One closed tick, as an export shows it.</summary>
/// <param name="At">Unix milliseconds at which the tick ended and the rate came into force.</param>
/// <param name="Utilisation">Utilisation of the tick, Q32.</param>
/// <param name="RateAtTarget">Rate at target after the tick, Q32.</param>
/// <param name="Rate">Rate in force after the tick, base units per verified second.</param>
[GenerateSerializer, Immutable]
public readonly record struct RateTick(
    [property: Id(0)] long At,
    [property: Id(1)] ulong Utilisation,
    [property: Id(2)] UInt128 RateAtTarget,
    [property: Id(3)] UInt128 Rate);
