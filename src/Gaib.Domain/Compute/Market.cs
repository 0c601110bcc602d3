using System.Collections.Immutable;

namespace Gaib.Domain.Compute;

/// <summary>What the leases of a market take over when they open; governed, and fixed for a lease once it is open.</summary>
/// <param name="LeaseFeePpm">Part of what a lease pays that goes to the treasury, parts per million.</param>
/// <param name="Window">Check window W in rounds: pay of a round is released when a round W later is billed.</param>
/// <param name="CountMax">Most GPUs of one order.</param>
[GenerateSerializer, Immutable]
public sealed record MarketParameters(
    [property: Id(0)] uint LeaseFeePpm,
    [property: Id(1)] int Window,
    [property: Id(2)] ulong CountMax)
{
    /// <summary>The longest check window, rounds.</summary>
    public const int WindowMax = 10_000;

    /// <summary>The first field that is out of range, or null when all are well formed.</summary>
    public Rejection? Check()
    {
        if (LeaseFeePpm > LeaseBilling.Million)
        {
            return new Rejection(Reason.FieldOutOfRange, LeaseBilling.Million, LeaseFeePpm, nameof(LeaseFeePpm));
        }

        if (Window is < 0 or > WindowMax)
        {
            return new Rejection(Reason.FieldOutOfRange, Window < 0 ? 0 : WindowMax, Window, nameof(Window));
        }

        return CountMax == 0 ? new Rejection(Reason.FieldOutOfRange, 1, 0, nameof(CountMax)) : null;
    }
}

/// <summary>An ask that stands in the market, with the lease on its GPU.</summary>
/// <param name="Gpu">The GPU.</param>
/// <param name="Host">Its owner.</param>
/// <param name="Floor">Lowest rate for leases to come, base units per verified second.</param>
/// <param name="Command">Struct hash of the ask that set the floor.</param>
/// <param name="At">Unix milliseconds since when the GPU is offered.</param>
/// <param name="Lease">The open lease; null when free.</param>
/// <param name="Withdrawn">The host took the ask back while a lease was open; it goes when the lease closes.</param>
[GenerateSerializer, Immutable]
public sealed record OpenAsk(
    [property: Id(0)] Hash32 Gpu,
    [property: Id(1)] Address Host,
    [property: Id(2)] UInt128 Floor,
    [property: Id(3)] Hash32 Command,
    [property: Id(4)] long At,
    [property: Id(5)] Hash32? Lease,
    [property: Id(6)] bool Withdrawn);

/// <summary>An order that was matched.</summary>
/// <param name="Id">The order's id.</param>
/// <param name="Order">What the renter signed.</param>
/// <param name="Leases">All leases it ever had, in the order they opened.</param>
/// <param name="Open">How many of them are open.</param>
/// <param name="Held">Caps of the open leases, base units.</param>
/// <param name="Spent">What the closed leases cost, fees included, base units. Held + Spent never exceeds the order's cap.</param>
/// <param name="Closed">No lease opens any more.</param>
[GenerateSerializer, Immutable]
public sealed record MarketOrder(
    [property: Id(0)] Hash32 Id,
    [property: Id(1)] Order Order,
    [property: Id(2)] ImmutableArray<Hash32> Leases,
    [property: Id(3)] ulong Open,
    [property: Id(4)] UInt128 Held,
    [property: Id(5)] UInt128 Spent,
    [property: Id(6)] bool Closed)
{
    /// <summary>GPUs still missing from the count.</summary>
    public ulong Missing => Closed ? 0 : Order.Count - Open;

    /// <summary>What is left of the cap for further leases, base units.</summary>
    public UInt128 Unspent => checked(Order.Cap - Held - Spent);
}

/// <summary>The market of one GPU class.</summary>
/// <param name="Class">The class.</param>
/// <param name="Parameters">What new leases take over.</param>
/// <param name="OpenedAt">Unix milliseconds at which the market opened.</param>
/// <param name="Rate">The rate.</param>
/// <param name="Asks">Standing asks by GPU.</param>
/// <param name="Orders">Every order that was matched.</param>
/// <param name="Leases">Terms of the open leases.</param>
/// <param name="Steps">Capacity since the opening: all that the rate depends on.</param>
[GenerateSerializer, Immutable]
public sealed record Market(
    [property: Id(0)] GpuClass Class,
    [property: Id(1)] MarketParameters Parameters,
    [property: Id(2)] long OpenedAt,
    [property: Id(3)] RateState Rate,
    [property: Id(4)] ImmutableSortedDictionary<Hash32, OpenAsk> Asks,
    [property: Id(5)] ImmutableSortedDictionary<Hash32, MarketOrder> Orders,
    [property: Id(6)] ImmutableSortedDictionary<Hash32, LeaseTerms> Leases,
    [property: Id(7)] ImmutableList<CapacityStep> Steps)
{
    /// <summary>An empty market.</summary>
    /// <param name="gpuClass">A class whose check passed.</param>
    /// <param name="parameters">What its leases take over.</param>
    /// <param name="at">Unix milliseconds.</param>
    public static Market Open(GpuClass gpuClass, MarketParameters parameters, long at) => new(
        gpuClass,
        parameters,
        at,
        RateRule.Start(gpuClass, at),
        ImmutableSortedDictionary<Hash32, OpenAsk>.Empty,
        ImmutableSortedDictionary<Hash32, MarketOrder>.Empty,
        ImmutableSortedDictionary<Hash32, LeaseTerms>.Empty,
        []);
}
