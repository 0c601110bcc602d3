namespace Gaib.Domain.Compute;

/// <summary>Why an ask has no lease at this moment. Numbers are pinned.</summary>
public enum AskStanding
{
    /// <summary>It has one: limit and actual are its floor and the rate in force.</summary>
    Leased = 1,

    /// <summary>The rate in force (actual) is below the host's floor (limit).</summary>
    FloorAboveRate = 2,

    /// <summary>No order misses a GPU: limit is the number of open orders, actual 0.</summary>
    NoOrder = 3,

    /// <summary>Orders miss GPUs, but their deadlines have passed: limit is the latest, actual the time.</summary>
    OrdersExpired = 4,

    /// <summary>Orders miss GPUs, but the rate in force (actual) is above the highest ceiling (limit).</summary>
    CeilingsBelowRate = 5,

    /// <summary>Orders miss GPUs, but what is left of their caps (actual) is less than one base unit a lease (limit).</summary>
    OrdersSpent = 6,

    /// <summary>
    /// Asks with a lower floor, or an equal floor and a lower id, come first: limit GPUs are missing, actual asks are before.
    /// </summary>
    OthersFirst = 7,

    /// <summary>It is leased as soon as the order is refilled: limit GPUs are missing, actual asks come before it.</summary>
    Next = 8,
}

/// <summary>One ask, explained.</summary>
/// <param name="Gpu">The GPU.</param>
/// <param name="Host">Its owner.</param>
/// <param name="Standing">Why.</param>
/// <param name="Limit">See the standing.</param>
/// <param name="Actual">See the standing.</param>
/// <param name="Subject">The lease, or the order that comes nearest; null where none does.</param>
[GenerateSerializer, Immutable]
public sealed record AskExplanation(
    [property: Id(0)] Hash32 Gpu,
    [property: Id(1)] Address Host,
    [property: Id(2)] AskStanding Standing,
    [property: Id(3)] UInt128 Limit,
    [property: Id(4)] UInt128 Actual,
    [property: Id(5)] Hash32? Subject)
{
    /// <summary>Explains every standing ask of a market, in order of GPU id.</summary>
    /// <param name="market">The state.</param>
    /// <param name="now">Unix milliseconds.</param>
    public static IReadOnlyList<AskExplanation> Of(Market market, long now)
    {
        var current = MarketRule.Advance(market, now);
        var rate = current.Rate.Rate;
        var demand = Demand(current, now);
        var ranks = MatchRule.Eligible(current, rate).Select((ask, rank) => (ask.Gpu, Rank: rank))
            .ToDictionary(row => row.Gpu, row => row.Rank);
        return [.. current.Asks.Values.Select(ask => Explain(ask, rate, demand, ranks))];
    }

    private static AskExplanation Explain(
        OpenAsk ask, UInt128 rate, (AskStanding Standing, UInt128 Limit, UInt128 Actual, Hash32? Order) demand, Dictionary<Hash32, int> ranks)
    {
        AskExplanation Say(AskStanding standing, UInt128 limit, UInt128 actual, Hash32? subject) =>
            new(ask.Gpu, ask.Host, standing, limit, actual, subject);

        if (ask.Lease is { } lease)
        {
            return Say(AskStanding.Leased, ask.Floor, rate, lease);
        }

        if (ask.Floor > rate)
        {
            return Say(AskStanding.FloorAboveRate, ask.Floor, rate, null);
        }

        if (demand.Standing != AskStanding.Next)
        {
            return Say(demand.Standing, demand.Limit, demand.Actual, demand.Order);
        }

        var rank = (UInt128)ranks[ask.Gpu];
        return Say(rank < demand.Limit ? AskStanding.Next : AskStanding.OthersFirst, demand.Limit, rank, demand.Order);
    }

    /// <summary>
    /// Follows the orders through the checks of a refill and says at which the last of them fails, or how many GPUs they miss.
    /// </summary>
    private static (AskStanding Standing, UInt128 Limit, UInt128 Actual, Hash32? Order) Demand(Market market, long now)
    {
        var rate = market.Rate.Rate;
        var missing = market.Orders.Values.Where(order => order.Missing > 0).ToList();
        if (missing.Count == 0)
        {
            return (AskStanding.NoOrder, (UInt128)market.Orders.Values.Count(order => !order.Closed), 0, null);
        }

        var inTime = missing.Where(order => order.Order.Deadline >= now).ToList();
        if (inTime.Count == 0)
        {
            var latest = missing.MaxBy(order => order.Order.Deadline)!;
            return (AskStanding.OrdersExpired, (UInt128)Math.Max(0, latest.Order.Deadline), (UInt128)now, latest.Id);
        }

        var affording = inTime.Where(order => order.Order.Ceiling >= rate).ToList();
        if (affording.Count == 0)
        {
            var highest = inTime.MaxBy(order => order.Order.Ceiling)!;
            return (AskStanding.CeilingsBelowRate, highest.Order.Ceiling, rate, highest.Id);
        }

        var funded = affording.Where(order => order.Unspent >= order.Missing).ToList();
        if (funded.Count == 0)
        {
            var richest = affording.MaxBy(order => order.Unspent)!;
            return (AskStanding.OrdersSpent, richest.Missing, richest.Unspent, richest.Id);
        }

        return (AskStanding.Next, funded.Aggregate(UInt128.Zero, (sum, order) => sum + order.Missing), 0, funded[0].Id);
    }
}
