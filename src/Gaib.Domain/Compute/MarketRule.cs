using System.Collections.Immutable;

namespace Gaib.Domain.Compute;

/// <summary>
/// The market of one GPU class decides asks, orders and closed leases. A command that has already had its effect is accepted again
/// without an event. A time before the market's own counts as the market's own.
/// </summary>
public static class MarketRule
{
    /// <summary>Version of the rule.</summary>
    public const int RuleVersion = 1;

    /// <summary>Decides a command.</summary>
    /// <param name="market">The state.</param>
    /// <param name="command">The command.</param>
    /// <param name="now">Unix milliseconds.</param>
    /// <returns>The events, none when the command already had its effect; or a rejection with the numbers compared.</returns>
    public static Outcome<ImmutableArray<MarketEvent>> Decide(Market market, MarketCommand command, long now)
    {
        var at = Math.Max(now, market.Rate.At);
        var current = Advance(market, at);
        return command switch
        {
            PlaceAsk ask => Place(current, ask.Message, ask.Gpu, at),
            TakeBackAsk ask => TakeBack(current, ask.Message, at),
            DropAsk ask => Drop(current, ask.Gpu, at),
            PlaceOrder order => Place(current, order, at),
            RefillOrder order => Refill(current, order.Order, at),
            CloseOrder order => Close(current, order.Order, at),
            EndLease lease => End(current, lease, at),
            PassTime => Pass(market, current, at),
            _ => Reason.WrongState,
        };
    }

    /// <summary>The market with its rate advanced to a time, nothing else changed.</summary>
    /// <param name="market">The state.</param>
    /// <param name="now">Unix milliseconds.</param>
    public static Market Advance(Market market, long now) =>
        market with { Rate = RateRule.Advance(market.Class, market.Rate, now) };

    private static Outcome<ImmutableArray<MarketEvent>> Nothing => ImmutableArray<MarketEvent>.Empty;

    private static Outcome<ImmutableArray<MarketEvent>> One(MarketEvent happened) => ImmutableArray.Create(happened);

    private static Outcome<ImmutableArray<MarketEvent>> Place(Market market, Ask ask, Gpu gpu, long at)
    {
        if (ask.Class != market.Class.Id || gpu.Class != market.Class.Id)
        {
            return new Rejection(Reason.ClassUnknown, Subject: ask.Class != market.Class.Id ? ask.Class : gpu.Class);
        }

        if (ask.Gpu != gpu.Id)
        {
            return new Rejection(Reason.NotFound, Subject: ask.Gpu.ToString());
        }

        if (ask.Host != gpu.Host)
        {
            return new Rejection(Reason.SignerNotAuthorised, Subject: gpu.Id.ToString());
        }

        var placed = new AskPlaced(at, ask.Gpu, ask.Host, ask.Floor, ask.StructHash());
        if (market.Asks.TryGetValue(ask.Gpu, out var standing) && standing.Command == placed.Command && !standing.Withdrawn)
        {
            return Nothing;
        }

        if (ask.Deadline < at)
        {
            return new Rejection(Reason.DeadlinePassed, ask.Deadline, at, "ask");
        }

        // Whether the GPU may be offered at all is its own rule; a new floor for a standing ask needs no other answer.
        var offered = standing is null ? GpuRule.Decide(gpu, new OfferGpu(), at) : ImmutableArray<GpuEvent>.Empty;
        return offered.Accepted ? One(placed) : offered.Rejection;
    }

    private static Outcome<ImmutableArray<MarketEvent>> TakeBack(Market market, WithdrawAsk message, long at)
    {
        if (!market.Asks.TryGetValue(message.Gpu, out var ask))
        {
            return Nothing;
        }

        if (ask.Host != message.Host)
        {
            return new Rejection(Reason.SignerNotAuthorised, Subject: message.Gpu.ToString());
        }

        if (ask.Withdrawn)
        {
            return Nothing;
        }

        return message.Deadline < at
            ? new Rejection(Reason.DeadlinePassed, message.Deadline, at, "withdrawAsk")
            : One(new AskRemoved(at, message.Gpu));
    }

    private static Outcome<ImmutableArray<MarketEvent>> Drop(Market market, Hash32 gpu, long at)
    {
        if (!market.Asks.TryGetValue(gpu, out var ask))
        {
            return Nothing;
        }

        return ask.Lease is { } lease
            ? new Rejection(Reason.WrongState, Subject: $"lease {lease} is open on it")
            : One(new AskRemoved(at, gpu));
    }

    private static Outcome<ImmutableArray<MarketEvent>> Place(Market market, PlaceOrder command, long at)
    {
        var order = command.Message;
        if (market.Orders.TryGetValue(command.Id, out var known))
        {
            return known.Order == order ? Nothing : new Rejection(Reason.NonceUsed, Subject: command.Id.ToString());
        }

        if (order.Class != market.Class.Id)
        {
            return new Rejection(Reason.ClassUnknown, Subject: order.Class);
        }

        if (order.Count == 0 || order.Count > market.Parameters.CountMax)
        {
            return new Rejection(Reason.FieldOutOfRange, order.Count == 0 ? 1 : market.Parameters.CountMax, order.Count, "count");
        }

        if (order.Cap < order.Count)
        {
            return new Rejection(Reason.FieldOutOfRange, order.Count, Clip.ToInt128(order.Cap), "cap");
        }

        return MatchRule.Match(market, new MarketOrder(command.Id, order, [], 0, 0, 0, false), order.Count, at);
    }

    private static Outcome<ImmutableArray<MarketEvent>> Refill(Market market, Hash32 id, long at)
    {
        if (!market.Orders.TryGetValue(id, out var order))
        {
            return new Rejection(Reason.NotFound, Subject: id.ToString());
        }

        if (order.Closed)
        {
            return new Rejection(Reason.WrongState, Subject: "order is closed");
        }

        if (order.Missing == 0)
        {
            return Nothing;
        }

        return order.Unspent < order.Missing
            ? new Rejection(Reason.EscrowExhausted, order.Missing, Clip.ToInt128(order.Unspent), id.ToString())
            : MatchRule.Match(market, order, 1, at);
    }

    private static Outcome<ImmutableArray<MarketEvent>> Close(Market market, Hash32 id, long at)
    {
        if (!market.Orders.TryGetValue(id, out var order))
        {
            return new Rejection(Reason.NotFound, Subject: id.ToString());
        }

        return order.Closed ? Nothing : One(new OrderClosed(at, id));
    }

    private static Outcome<ImmutableArray<MarketEvent>> End(Market market, EndLease end, long at)
    {
        if (!market.Leases.TryGetValue(end.Lease, out var terms))
        {
            var closed = market.Orders.Values.Any(order => order.Leases.Contains(end.Lease));
            return closed ? Nothing : new Rejection(Reason.NotFound, Subject: end.Lease.ToString());
        }

        if (end.Spent > terms.Cap)
        {
            return new Rejection(Reason.FieldOutOfRange, Clip.ToInt128(terms.Cap), Clip.ToInt128(end.Spent), "spent");
        }

        var gone = end.Cause is Reason.HostLost or Reason.WorkWrong or Reason.DeltaCopied;
        return One(new LeaseEnded(at, end.Lease, end.Cause, end.Spent, gone));
    }

    private static Outcome<ImmutableArray<MarketEvent>> Pass(Market before, Market current, long at) =>
        at / RateRule.TickMs == before.Rate.At / RateRule.TickMs
            ? Nothing
            : One(new RateMoved(at, current.Rate.Utilisation, current.Rate.RateAtTarget, current.Rate.Rate));
}
