using CsCheck;

using Gaib.Domain.Compute;

namespace Gaib.Domain.Tests.Compute;

/// <summary>What holds of a market after any commands.</summary>
public sealed class MarketProperties
{
    private static readonly Gen<(int Kind, int Who, int Amount, int Wait)> Step =
        Gen.Select(Gen.Int[0, 10], Gen.Int[0, 5], Gen.Int[1, 3_000], Gen.Int[0, 90_000]);

    [Fact]
    public void Decide_AnyCommands_LeasesAreExclusiveWithinCapsAndRatesFollowFromSteps()
    {
        var refused = new HashSet<Reason>();
        var standings = new HashSet<AskStanding>();
        var (opened, refilled, withdrawn) = (0, 0, 0);
        Step.Array[1, 60].Sample(steps =>
        {
            var market = Market.Open(Sample.Class, Sample.Parameters, Sample.Start);
            var now = Sample.Start;
            foreach (var step in steps)
            {
                now += step.Wait;
                var command = Command(market, step, now);
                var decided = MarketRule.Decide(market, command, now);
                if (!decided.Accepted)
                {
                    refused.Add(decided.Rejection.Reason);
                    continue;
                }

                market = decided.Value.Aggregate(market, MarketFold.Evolve);
                opened += decided.Value.OfType<LeasesOpened>().Count();
                refilled += decided.Value.OfType<LeasesOpened>().Count(e => command is RefillOrder);
                withdrawn += market.Asks.Values.Count(ask => ask.Withdrawn);
                Check(market);
                if (command is not RefillOrder)
                {
                    Assert.Empty(MarketRule.Decide(market, command, now).Value);
                }

                standings.UnionWith(AskExplanation.Of(market, now).Select(row => row.Standing));
            }

            var folded = RateRule.Ticks(Sample.Class, market.OpenedAt, market.Steps, now).LastOrDefault();
            var rate = MarketRule.Advance(market, now).Rate;
            Assert.True(folded.At == 0 || (folded.RateAtTarget, folded.Rate) == (rate.RateAtTarget, rate.Rate));
        }, iter: Campaign.Size(600, 20_000), threads: 1);
        Assert.True(opened > 60 && refilled > 2 && withdrawn > 10, $"{opened} opened, {refilled} refilled, {withdrawn} withdrawn");
        Assert.Superset(
            new HashSet<Reason> { Reason.NoGpuFree, Reason.RateAboveCeiling, Reason.RateBelowFloor, Reason.EscrowExhausted }, refused);
        Assert.Superset(
            new HashSet<AskStanding>
            {
                AskStanding.Leased, AskStanding.FloorAboveRate, AskStanding.NoOrder, AskStanding.CeilingsBelowRate, AskStanding.OrdersSpent,
                AskStanding.OthersFirst, AskStanding.Next,
            },
            standings);
    }

    private static MarketCommand Command(Market market, (int Kind, int Who, int Amount, int Wait) step, long now)
    {
        var leases = market.Leases.Keys.ToList();
        var lease = leases.Count == 0 ? Sample.Hash("none") : leases[step.Who % leases.Count];
        var cap = market.Leases.TryGetValue(lease, out var terms) ? terms.Cap : 0;
        var (who, amount) = (step.Who, (UInt128)step.Amount);
        return step.Kind switch
        {
            0 or 1 or 2 => Sample.Ask(who, amount, step.Wait),
            3 => new TakeBackAsk(new WithdrawAsk(Sample.Account("host", who), Sample.Hash("gpu", who), amount, long.MaxValue)),
            4 or 5 => Sample.Order((int)(now % 7) + who, (ulong)(who % 3) + 1, amount + 500, 3 + (amount % 50)),
            6 or 10 => new RefillOrder(market.Orders.Values.OrderByDescending(order => order.Missing > 0).FirstOrDefault()?.Id ?? default),
            7 => new EndLease(lease, who % 2 == 0 ? Reason.HostLost : Reason.None, who % 3 == 0 ? cap : cap / 2),
            8 => new PassTime(),
            _ => who == 0 ? new CloseOrder(market.Orders.Keys.FirstOrDefault()) : new DropAsk(Sample.Hash("gpu", who)),
        };
    }

    private static void Check(Market market)
    {
        Assert.Equal(market.Leases.Count, market.Leases.Values.Select(lease => lease.Gpu).Distinct().Count());
        Assert.Equal(market.Leases.Keys, market.Asks.Values.Where(ask => ask.Lease is not null).Select(ask => ask.Lease!.Value).Order());
        Assert.All(market.Orders.Values, order => Assert.True(
            order.Held + order.Spent <= order.Order.Cap && order.Open <= order.Order.Count));
        Assert.Equal((market.Asks.Count, market.Leases.Count), ((int)market.Rate.Offered, (int)market.Rate.Leased));
    }
}
