using Gaib.Domain.Compute;

namespace Gaib.Domain.Tests.Compute;

/// <summary>A GPU listed without a lease is always explained, with the numbers.</summary>
public sealed class AskExplanationTests
{
    private Market _market = Market.Open(Sample.Class, Sample.Parameters, Sample.Start);

    [Fact]
    public void Of_NoOrder_SaysSoUnlessTheFloorIsAboveTheRate()
    {
        Send(Sample.Ask(0, 1_000));
        Send(Sample.Ask(1, 1_001));
        Assert.Equal((AskStanding.NoOrder, 0, 0), Explain(0));
        Assert.Equal((AskStanding.FloorAboveRate, 1_001, 1_000), Explain(1));
    }

    [Fact]
    public void Of_OrderFilled_SaysLeasedAndNoOrder()
    {
        Send(Sample.Ask(0, 10));
        Send(Sample.Ask(1, 20));
        Send(Sample.Order(1, 1, 9_000, 100));
        Assert.Equal((AskStanding.Leased, 10, 1_000), Explain(0));
        Assert.Equal((AskStanding.NoOrder, 1, 0), Explain(1));
    }

    [Fact]
    public void Of_OrderMissesAGpu_SaysNextAndOthersFirst()
    {
        Miss(9_000, long.MaxValue, 0);
        Send(Sample.Ask(1, 20));
        Send(Sample.Ask(2, 30));
        Assert.Equal((AskStanding.Next, 1, 0), Explain(1));
        Assert.Equal((AskStanding.OthersFirst, 1, 1), Explain(2));
    }

    [Fact]
    public void Of_OrderExpired_SaysSo()
    {
        Miss(9_000, Sample.Start, 0);
        Send(Sample.Ask(1, 20));
        var row = AskExplanation.Of(_market, Sample.Start + 5).Single();
        Assert.Equal((AskStanding.OrdersExpired, (UInt128)Sample.Start, (UInt128)Sample.Start + 5), (row.Standing, row.Limit, row.Actual));
    }

    [Fact]
    public void Of_OrderSpent_SaysSo()
    {
        Miss(9_000, long.MaxValue, 100);
        Send(Sample.Ask(1, 20));
        Assert.Equal((AskStanding.OrdersSpent, 1, 0), Explain(1));
    }

    [Fact]
    public void Of_CeilingBelowRate_SaysSo()
    {
        Miss(1_000, long.MaxValue, 0, gpus: 2);
        Send(Sample.Ask(5, 20));
        var later = Sample.Start + (200 * RateRule.TickMs);
        var market = MarketRule.Advance(_market with { Rate = RateRule.WithCapacity(_market.Rate, 2, 2) }, later);
        var row = AskExplanation.Of(market, later).Single(row => row.Gpu == Sample.Hash("gpu", 5));
        Assert.Equal((AskStanding.CeilingsBelowRate, (UInt128)1_000, market.Rate.Rate), (row.Standing, row.Limit, row.Actual));
        Assert.True(market.Rate.Rate > 4_000);
    }

    /// <summary>An order that has lost one of its hosts.</summary>
    private void Miss(UInt128 ceiling, long deadline, UInt128 spent, int gpus = 1)
    {
        for (var i = 0; i < gpus; i++)
        {
            Send(Sample.Ask(i + 10, 10));
        }

        Send(Sample.Order(1, (ulong)gpus, ceiling, 100, deadline));
        Send(new EndLease(_market.Leases.Values.First().Lease, Reason.HostLost, spent));
    }

    private (AskStanding Standing, int Limit, int Actual) Explain(int i)
    {
        var row = AskExplanation.Of(_market, Sample.Start).Single(row => row.Gpu == Sample.Hash("gpu", i));
        return (row.Standing, (int)row.Limit, (int)row.Actual);
    }

    private void Send(MarketCommand command) => Sample.Send(ref _market, command, Sample.Start);
}
