using System.Collections.Immutable;

namespace Gaib.Domain.Compute;

/// <summary>Applies what happened in a market.</summary>
public static class MarketFold
{
    /// <summary>Advances the rate to the event's time, applies it, and counts what is offered and leased from then on.</summary>
    /// <param name="market">The state.</param>
    /// <param name="happened">An event that <see cref="MarketRule.Decide"/> gave for this state.</param>
    public static Market Evolve(Market market, MarketEvent happened)
    {
        var current = MarketRule.Advance(market, happened.At);
        var applied = happened switch
        {
            AskPlaced e => Apply(current, e),
            AskRemoved e => Apply(current, e),
            LeasesOpened e => e.Leases.Aggregate(Touch(current, e), (state, terms) => Apply(state, terms)),
            LeaseEnded e => Apply(current, e),
            OrderClosed e => current with
            {
                Orders = current.Orders.SetItem(e.Order, current.Orders[e.Order] with { Closed = true }),
            },
            _ => current,
        };
        return Count(applied);
    }

    private static Market Apply(Market market, AskPlaced e)
    {
        var standing = market.Asks.GetValueOrDefault(e.Gpu);
        var ask = new OpenAsk(e.Gpu, e.Host, e.Floor, e.Command, standing?.At ?? e.At, standing?.Lease, false);
        return market with { Asks = market.Asks.SetItem(e.Gpu, ask) };
    }

    private static Market Apply(Market market, AskRemoved e)
    {
        var ask = market.Asks[e.Gpu];
        return market with
        {
            Asks = ask.Lease is null ? market.Asks.Remove(e.Gpu) : market.Asks.SetItem(e.Gpu, ask with { Withdrawn = true }),
        };
    }

    private static Market Touch(Market market, LeasesOpened e) =>
        market.Orders.ContainsKey(e.Id)
            ? market
            : market with { Orders = market.Orders.Add(e.Id, new MarketOrder(e.Id, e.Order, [], 0, 0, 0, false)) };

    private static Market Apply(Market market, LeaseTerms terms)
    {
        var order = market.Orders[terms.Order];
        return market with
        {
            Asks = market.Asks.SetItem(terms.Gpu, market.Asks[terms.Gpu] with { Lease = terms.Lease }),
            Leases = market.Leases.Add(terms.Lease, terms),
            Orders = market.Orders.SetItem(terms.Order, order with
            {
                Leases = order.Leases.Add(terms.Lease),
                Open = order.Open + 1,
                Held = checked(order.Held + terms.Cap),
            }),
        };
    }

    private static Market Apply(Market market, LeaseEnded e)
    {
        var terms = market.Leases[e.Lease];
        var order = market.Orders[terms.Order];
        var ask = market.Asks[terms.Gpu];
        return market with
        {
            Asks = e.GpuGone || ask.Withdrawn ? market.Asks.Remove(ask.Gpu) : market.Asks.SetItem(ask.Gpu, ask with { Lease = null }),
            Leases = market.Leases.Remove(e.Lease),
            Orders = market.Orders.SetItem(terms.Order, order with
            {
                Open = order.Open - 1,
                Held = checked(order.Held - terms.Cap),
                Spent = checked(order.Spent + e.Spent),
            }),
        };
    }

    private static Market Count(Market market)
    {
        var (offered, leased) = ((uint)market.Asks.Count, (uint)market.Leases.Count);
        if (market.Rate.Offered == offered && market.Rate.Leased == leased)
        {
            return market;
        }

        // Two changes at one instant leave no capacity between them: only the last one is kept.
        var steps = market.Steps;
        var step = new CapacityStep(market.Rate.At, offered, leased);
        steps = steps.Count > 0 && steps[^1].At == step.At ? steps.SetItem(steps.Count - 1, step) : steps.Add(step);
        return market with { Rate = RateRule.WithCapacity(market.Rate, offered, leased), Steps = steps };
    }
}
