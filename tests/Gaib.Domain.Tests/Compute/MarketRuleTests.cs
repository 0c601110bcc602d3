using Gaib.Domain.Compute;

namespace Gaib.Domain.Tests.Compute;

/// <summary>Asks, orders and refusals with their numbers. The rate at the start is 1,000.</summary>
public sealed class MarketRuleTests
{
    private readonly Market _empty = Market.Open(Sample.Class, Sample.Parameters, Sample.Start);

    [Fact]
    public void PlaceOrder_SeveralAsks_TakesLowestFloorThenLowestId()
    {
        var market = WithAsks(900, 100, 900, 900);
        var equal = new[] { 0, 2, 3 }.Select(i => Sample.Hash("gpu", i)).Order().ToArray();
        var opened = Assert.IsType<LeasesOpened>(Assert.Single(Sample.Send(ref market, Sample.Order(1, 3, 1_000, 100), Sample.Start)));
        Assert.Equal([Sample.Hash("gpu", 1), equal[0], equal[1]], opened.Leases.Select(lease => lease.Gpu));
        Assert.Equal([(UInt128)34, 33, 33], opened.Leases.Select(lease => lease.Cap));
        Assert.Equal(3u, market.Rate.Leased);
    }

    [Fact]
    public void PlaceOrder_OtherClass_IsClassUnknown()
    {
        var order = Sample.Order(1, 1, 1_000, 100);
        Refuse(WithAsks(1), order with { Message = order.Message with { Class = "h100" } }, Reason.ClassUnknown, 0, 0);
    }

    [Fact]
    public void PlaceOrder_CeilingBelowRate_IsRateAboveCeiling() =>
        Refuse(WithAsks(1), Sample.Order(1, 1, 999, 100), Reason.RateAboveCeiling, 999, 1_000);

    [Fact]
    public void PlaceOrder_FloorsAboveRate_IsRateBelowFloorWithTheFloorThatIsMissing() =>
        Refuse(WithAsks(1, 5_000, 3_000), Sample.Order(1, 2, 9_000, 100), Reason.RateBelowFloor, 3_000, 1_000);

    [Fact]
    public void PlaceOrder_TooFewAsks_IsNoGpuFreeWithTheirNumber() =>
        Refuse(WithAsks(1, 5_000), Sample.Order(1, 3, 9_000, 100), Reason.NoGpuFree, 2, 3);

    [Fact]
    public void PlaceOrder_CapBelowCount_IsFieldOutOfRange() =>
        Refuse(WithAsks(1, 1), Sample.Order(1, 2, 9_000, 1), Reason.FieldOutOfRange, 2, 1);

    [Fact]
    public void PlaceOrder_AfterItsDeadline_IsDeadlinePassed() =>
        Refuse(WithAsks(1), Sample.Order(1, 1, 9_000, 1, Sample.Start - 1), Reason.DeadlinePassed, Sample.Start - 1, Sample.Start);

    [Fact]
    public void PlaceOrder_SameAgain_ChangesNothingAndOtherContentIsRefused()
    {
        var market = WithAsks(1, 1);
        Sample.Send(ref market, Sample.Order(1, 1, 9_000, 100), Sample.Start);
        Assert.Empty(Sample.Send(ref market, Sample.Order(1, 1, 9_000, 100), Sample.Start));
        Refuse(market, Sample.Order(1, 1, 9_000, 101), Reason.NonceUsed, 0, 0);
    }

    [Fact]
    public void PlaceAsk_GpuOfAnotherHostOrUnmeasured_IsRefused()
    {
        var ask = Sample.Ask(1, 5);
        Refuse(_empty, ask with { Message = ask.Message with { Host = Sample.Account("thief") } }, Reason.SignerNotAuthorised, 0, 0);
        Refuse(_empty, ask with { Gpu = ask.Gpu with { Measured = false, Evidence = null } }, Reason.WrongState, 0, 0);
        Refuse(_empty, ask with { Gpu = ask.Gpu with { Class = "h100" } }, Reason.ClassUnknown, 0, 0);
    }

    [Fact]
    public void EndLease_HostLost_TakesTheAskAndRefillsFromWhatIsLeft()
    {
        var market = WithAsks(1, 1, 1);
        var opened = (LeasesOpened)Sample.Send(ref market, Sample.Order(1, 2, 9_000, 100), Sample.Start)[0];
        Sample.Send(ref market, new EndLease(opened.Leases[0].Lease, Reason.HostLost, 30), Sample.Start + 1);
        Assert.Equal((2, 1), (market.Asks.Count, market.Leases.Count));
        var refill = (LeasesOpened)Sample.Send(ref market, new RefillOrder(opened.Id), Sample.Start + 2)[0];
        Assert.Equal((UInt128)20, Assert.Single(refill.Leases).Cap);
        Assert.Equal(MatchRule.LeaseId(opened.Id, opened.Order.Renter, 2), refill.Leases[0].Lease);
        Assert.Empty(Sample.Send(ref market, new RefillOrder(opened.Id), Sample.Start + 2));
    }

    [Fact]
    public void EndLease_RenterDone_FreesTheGpu()
    {
        var market = WithAsks(1);
        var opened = (LeasesOpened)Sample.Send(ref market, Sample.Order(1, 1, 9_000, 100), Sample.Start)[0];
        var end = new EndLease(opened.Leases[0].Lease, Reason.None, 100);
        Sample.Send(ref market, end, Sample.Start + 1);
        Assert.Empty(Sample.Send(ref market, end, Sample.Start + 1));
        Sample.Send(ref market, Sample.Order(2, 1, 9_000, 100), Sample.Start + 2);
        Refuse(market, new EndLease(Sample.Hash("other"), Reason.None, 0), Reason.NotFound, 0, 0);
    }

    [Fact]
    public void TakeBackAsk_WhileLeased_KeepsTheLeaseAndGoesWithIt()
    {
        var market = WithAsks(1);
        var opened = (LeasesOpened)Sample.Send(ref market, Sample.Order(1, 1, 9_000, 100), Sample.Start)[0];
        Sample.Send(ref market, new TakeBackAsk(new WithdrawAsk(Sample.Account("host", 0), Sample.Hash("gpu", 0), 7, long.MaxValue)), Sample.Start);
        Assert.Equal((1u, 1u), (market.Rate.Offered, market.Rate.Leased));
        Sample.Send(ref market, new EndLease(opened.Leases[0].Lease, Reason.None, 0), Sample.Start);
        Assert.Equal((0u, 0u), (market.Rate.Offered, market.Rate.Leased));
    }

    [Fact]
    public void PassTime_FullyLeasedDay_RaisesTheRateAndCeilingsBind()
    {
        var market = WithAsks(1, 1);
        Sample.Send(ref market, Sample.Order(1, 2, 9_000, 100), Sample.Start);
        Assert.Empty(Sample.Send(ref market, new PassTime(), Sample.Start + 59_999));
        var moved = Assert.IsType<RateMoved>(Assert.Single(Sample.Send(ref market, new PassTime(), Sample.Start + 86_400_000)));
        Assert.Equal(4_587u, moved.Rate);
        Assert.Equal(1UL << 32, moved.Utilisation);
        Refuse(market, Sample.Order(2, 1, 4_586, 100), Reason.RateAboveCeiling, 4_586, 4_587, Sample.Start + 86_400_000);
    }

    private Market WithAsks(params int[] floors)
    {
        var market = _empty;
        for (var i = 0; i < floors.Length; i++)
        {
            Sample.Send(ref market, Sample.Ask(i, (UInt128)floors[i]), Sample.Start);
        }

        return market;
    }

    private static void Refuse(Market market, MarketCommand command, Reason reason, Int128 limit, Int128 actual, long now = Sample.Start)
    {
        var rejection = MarketRule.Decide(market, command, now).Rejection;
        Assert.Equal((reason, limit, actual), (rejection!.Reason, rejection.Limit, rejection.Actual));
    }
}
