using System.Collections.Immutable;

namespace Gaib.Domain.Compute;

/// <summary>
/// Matches an order with asks (<c>matchRule: 1</c>): the lowest floors first, ties to the lower GPU id, one lease a GPU. What is left
/// of the order's cap is split over the GPUs it misses by largest remainder.
/// </summary>
public static class MatchRule
{
    /// <summary>Version of the rule.</summary>
    public const int RuleVersion = 1;

    /// <summary>Free asks that a lease may open on at a rate, in order of preference: lowest floor, then lowest GPU id.</summary>
    /// <param name="market">The state.</param>
    /// <param name="rate">The rate in force, base units per verified second.</param>
    public static IEnumerable<OpenAsk> Eligible(Market market, UInt128 rate) =>
        market.Asks.Values.Where(ask => ask.Lease is null && ask.Floor <= rate).OrderBy(ask => ask.Floor).ThenBy(ask => ask.Gpu);

    /// <summary>A lease's id: <c>Ids.Derive(order, "lease", renter, index)</c>; the order's id stands for the network.</summary>
    /// <param name="order">The order's id, itself derived from the genesis.</param>
    /// <param name="renter">The renter.</param>
    /// <param name="index">Position among all leases that the order ever had.</param>
    public static Hash32 LeaseId(Hash32 order, Address renter, uint index) => Ids.Derive(order, "lease", renter, index);

    /// <summary>Opens a lease on each GPU that the order misses, as far as asks reach.</summary>
    /// <param name="market">The state, its rate advanced to the time.</param>
    /// <param name="order">The order; new or known.</param>
    /// <param name="least">Fewest leases to open; with less the order is refused.</param>
    /// <param name="at">Unix milliseconds.</param>
    internal static Outcome<ImmutableArray<MarketEvent>> Match(Market market, MarketOrder order, ulong least, long at)
    {
        var rate = market.Rate.Rate;
        if (order.Order.Deadline < at)
        {
            return new Rejection(Reason.DeadlinePassed, order.Order.Deadline, at, "order");
        }

        if (rate > order.Order.Ceiling)
        {
            return new Rejection(Reason.RateAboveCeiling, (Int128)order.Order.Ceiling, (Int128)rate, order.Id.ToString());
        }

        var eligible = Eligible(market, rate).ToImmutableArray();
        if ((ulong)eligible.Length < least)
        {
            return Short(market, rate, eligible.Length, least);
        }

        // Equal weights: the parts differ by one base unit at most, and the first leases take it.
        var weights = new UInt128[order.Missing];
        Array.Fill(weights, UInt128.One);
        var caps = LargestRemainder.Split(order.Unspent, weights);
        var count = Math.Min(eligible.Length, caps.Length);
        var leases = ImmutableArray.CreateRange(Enumerable.Range(0, count).Select(i => Terms(market, order, eligible[i], caps[i], i, at)));
        return ImmutableArray.Create<MarketEvent>(new LeasesOpened(at, order.Id, order.Order, rate, leases));
    }

    /// <summary>Names the host's floor where a lower one would have been enough, and the number of free GPUs otherwise.</summary>
    private static Rejection Short(Market market, UInt128 rate, int eligible, ulong least)
    {
        var tooDear = market.Asks.Values.Where(ask => ask.Lease is null && ask.Floor > rate).OrderBy(ask => ask.Floor).ToList();
        var missing = least - (ulong)eligible;
        return (ulong)tooDear.Count >= missing
            ? new Rejection(Reason.RateBelowFloor, Clip.ToInt128(tooDear[(int)missing - 1].Floor), (Int128)rate, market.Class.Id)
            : new Rejection(Reason.NoGpuFree, eligible + tooDear.Count, least, market.Class.Id);
    }

    private static LeaseTerms Terms(Market market, MarketOrder order, OpenAsk ask, UInt128 cap, int index, long at) => new(
        LeaseId(order.Id, order.Order.Renter, (uint)(order.Leases.Length + index)),
        order.Id,
        order.Order.Job,
        ask.Gpu,
        ask.Host,
        order.Order.Renter,
        market.Class.Id,
        market.Class.MacsPerMs,
        ask.Floor,
        order.Order.Ceiling,
        cap,
        market.Parameters.LeaseFeePpm,
        market.Parameters.Window,
        at);
}
