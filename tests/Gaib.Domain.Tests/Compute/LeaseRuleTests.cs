using Gaib.Domain.Compute;

namespace Gaib.Domain.Tests.Compute;

/// <summary>Billing by the verified second, the check window, and every way a lease ends.</summary>
public sealed class LeaseRuleTests
{
    private static readonly Hash32 Run = Sample.Hash("run");

    // 1,000 MACs a millisecond; rate 100: a million MACs are one verified second and 100 base units.
    private Lease _lease = Lease.Open(Sample.Terms(10_000, window: 2));

    [Fact]
    public void Bill_ThreeRoundsThatLeaveRemainders_CarriesEveryOne()
    {
        var lease = Lease.Open(Sample.Terms(10_000, feePpm: 300_000, window: 0));
        foreach (var round in Enumerable.Range(0, 3))
        {
            Sample.Send(ref lease, new StartLeaseRound(Run, round, 11, 33_333_500));
            Sample.Send(ref lease, new BillLeaseRound(round, 33_333_500, Sample.Hash("cause", round)));
        }

        // 100,000,500 MACs are 100,000 ms and 500 MACs; 1,100,000 thousandths are 1,100 base units; 30 % of them 330.
        Assert.Equal([(UInt128)33_333, 33_334, 33_333], lease.Rounds.Select(round => round.VerifiedMs));
        Assert.Equal([(UInt128)366, 367, 367], lease.Rounds.Select(round => round.Pay));
        Assert.Equal([(UInt128)109, 110, 111], lease.Rounds.Select(round => round.Fee));
        Assert.Equal(new LeaseRemainders(500, 0, 0), lease.Remainders);
        Assert.Equal(((UInt128)770, (UInt128)330), (lease.Paid, lease.Fee));
    }

    [Fact]
    public void Bill_WindowOfTwo_ReleasesTheRoundTwoBefore()
    {
        Work(0, 1_000_000);
        Work(1, 1_000_000);
        Assert.Equal(((UInt128)0, (UInt128)200), (_lease.Paid, _lease.Unreleased));
        Sample.Send(ref _lease, new StartLeaseRound(Run, 2, 100, 1_000_000));
        var events = Sample.Send(ref _lease, new BillLeaseRound(2, 1_000_000, Sample.Hash("cause")));
        var released = Assert.IsType<LeaseRoundReleased>(events[^1]);
        Assert.Equal((0, (UInt128)98, (UInt128)2), (released.Round, released.ToHost, released.Fee));
        Assert.Equal(LeasePayments.RoundCause(_lease.Terms.Lease, _lease.Rounds[0]), released.Cause);
        Assert.Equal((UInt128)200, _lease.Unreleased);
    }

    [Fact]
    public void Catch_UnreleasedRounds_AreForfeitedToTheRenter()
    {
        Work(0, 1_000_000);
        Work(1, 2_000_000);
        Work(2, 3_000_000);
        Sample.Send(ref _lease, new StartLeaseRound(Run, 3, 100, 1_000_000));
        var closed = Assert.IsType<LeaseClosed>(Assert.Single(Sample.Send(ref _lease, new CatchHost(3, Reason.WorkWrong))));
        Assert.Equal(((UInt128)500, (UInt128)9_900), (closed.Forfeited, closed.Refunded));
        Assert.Equal(
            [LeaseRoundStatus.Released, LeaseRoundStatus.Forfeited, LeaseRoundStatus.Forfeited], _lease.Rounds.Select(round => round.Status));
        Assert.Equal((UInt128)1_000, _lease.VerifiedMs);
        Assert.Empty(Sample.Send(ref _lease, new CatchHost(3, Reason.WorkWrong)));
        Refuse(new StartLeaseRound(Run, 4, 100, 1), Reason.LeaseClosed, 0, 0);
    }

    [Fact]
    public void Close_HostLost_PaysWhatWasDeliveredAndChecked()
    {
        Work(0, 1_000_000);
        Sample.Send(ref _lease, new StartLeaseRound(Run, 1, 100, 1_000_000));
        Sample.Send(ref _lease, new CloseLease(Reason.HostLost));
        Assert.Equal(((UInt128)98, (UInt128)2, (UInt128)9_900), (_lease.Paid, _lease.Fee, _lease.Refunded));
        Assert.Equal(Reason.HostLost, _lease.EndReason);
        Assert.Empty(Sample.Send(ref _lease, new CloseLease(Reason.HostLost)));
        Refuse(new CloseLease(Reason.None), Reason.LeaseClosed, 0, 0);
        Refuse(new CatchHost(1, Reason.WorkWrong), Reason.LeaseClosed, 0, 0);
    }

    [Theory]
    [InlineData(9, Reason.RateBelowFloor)]
    [InlineData(1_000_001, Reason.RateAboveCeiling)]
    public void Start_RateOutsideTheTerms_ClosesThere(int rate, Reason reason)
    {
        Work(0, 1_000_000);
        Sample.Send(ref _lease, new StartLeaseRound(Run, 1, (UInt128)rate, 1));
        Assert.Equal(reason, _lease.EndReason);
        Assert.Equal(((UInt128)98, (UInt128)9_900), (_lease.Paid, _lease.Refunded));
    }

    [Fact]
    public void Start_EscrowDoesNotCoverTheRound_ClosesAsEscrowExhausted()
    {
        Sample.Send(ref _lease, new StartLeaseRound(Run, 0, 100, 100_000_000));
        Assert.Equal(Reason.None, _lease.EndReason);
        Sample.Send(ref _lease, new BillLeaseRound(0, 99_000_000, Sample.Hash("cause")));
        Sample.Send(ref _lease, new StartLeaseRound(Run, 1, 100, 1_010_000));
        Assert.Equal(Reason.EscrowExhausted, _lease.EndReason);
        Assert.Equal(((UInt128)9_702, (UInt128)198, (UInt128)100), (_lease.Paid, _lease.Fee, _lease.Refunded));
    }

    [Fact]
    public void Bill_WrongRoundOrTooMuchWork_IsRefused()
    {
        Refuse(new BillLeaseRound(0, 1, Run), Reason.WrongState, -1, 0);
        Sample.Send(ref _lease, new StartLeaseRound(Run, 3, 100, 5));
        Refuse(new BillLeaseRound(4, 1, Run), Reason.WrongState, 3, 4);
        Refuse(new BillLeaseRound(3, 6, Run), Reason.FieldOutOfRange, 5, 6);
        Refuse(new StartLeaseRound(Run, 4, 100, 5), Reason.WrongState, 3, 4);
        Sample.Send(ref _lease, new BillLeaseRound(3, 5, Run));
        Refuse(new StartLeaseRound(Run, 3, 100, 5), Reason.WrongState, 4, 3);
        Refuse(new BillLeaseRound(3, 4, Run), Reason.WrongState, 0, 0);
        Assert.Empty(Sample.Send(ref _lease, new BillLeaseRound(3, 5, Run)));
    }

    [Fact]
    public void Start_RoundThatDidNotComeAbout_IsStartedAgainAtTheNewRate()
    {
        Sample.Send(ref _lease, new StartLeaseRound(Run, 0, 100, 1_000_000));
        Sample.Send(ref _lease, new StartLeaseRound(Run, 0, 200, 1_000_000));
        Sample.Send(ref _lease, new BillLeaseRound(0, 1_000_000, Run));
        Assert.Equal(((UInt128)200, (UInt128)200), (_lease.Rounds[0].Rate, _lease.Rounds[0].Pay));
        Sample.Send(ref _lease, new StartLeaseRound(Run, 1, 100, 1));
        Sample.Send(ref _lease, new StartLeaseRound(Run, 1, 1, 1));
        Assert.Equal(Reason.RateBelowFloor, _lease.EndReason);
    }

    [Fact]
    public void Verdict_ReasonOfAnotherKind_IsRefused()
    {
        Refuse(new CatchHost(0, Reason.HostLost), Reason.FieldOutOfRange, 0, 0);
        Refuse(new CloseLease(Reason.WorkWrong), Reason.FieldOutOfRange, 0, 0);
    }

    private void Work(int round, UInt128 work)
    {
        Sample.Send(ref _lease, new StartLeaseRound(Run, round, 100, work));
        Sample.Send(ref _lease, new BillLeaseRound(round, work, Sample.Hash("cause", round)));
    }

    private void Refuse(LeaseCommand command, Reason reason, Int128 limit, Int128 actual)
    {
        var rejection = LeaseRule.Decide(_lease, command, Sample.Start).Rejection;
        Assert.Equal((reason, limit, actual), (rejection!.Reason, rejection.Limit, rejection.Actual));
    }
}
