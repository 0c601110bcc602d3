using Gaib.Domain.Compute;
using Gaib.Domain.Tests.Compute;
using Gaib.Domain.Training;

namespace Gaib.Domain.Tests.Training;

/// <summary>What happens to each kind of worker, with rounds that have attribution and rounds that do not.</summary>
public sealed class RunRuleTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void Run_HonestWorkers_AllDeltasCountAndAllArePaid(int attributionEvery)
    {
        var driver = new RunDriver(RunScenario.Honest(4, 6, attributionEvery), order: 1).ToEnd();
        Assert.Equal(6, driver.Run.Closed.Count);
        Assert.All(driver.Run.Closed, round => Assert.All(round.Slots, row => Assert.True(row.Summed && row.Leaves == Reason.None)));
        Assert.All(driver.Leases.Values, lease => Assert.Equal((6, Reason.None), (lease.Rounds.Count, lease.EndReason)));
        Assert.Equal(driver.Run.Closed[^1].Hash, driver.Run.Head);
        Assert.Equal(driver.Run.Closed[^1].Weights, driver.Run.Weights);
    }

    [Fact]
    public void Run_CheatInARoundWithAttribution_IsNotSummedForfeitsAndLeaves()
    {
        var driver = new RunDriver(RunScenario.Honest(4, 5, 1).With(2, 3, Misdeed.Cheat), order: 1).ToEnd();
        var row = driver.Run.Closed[3].Slots[2];
        Assert.Equal((SlotVerdict.Wrong, false, (UInt128)0, Reason.WorkWrong), (row.Verdict, row.Summed, row.Work, row.Leaves));
        var lease = driver.Leases[row.Lease];
        Assert.Equal((Reason.WorkWrong, lease.Terms.Cap), (lease.EndReason, lease.Refunded));
        Assert.Equal([0, 1, 3], driver.Run.Closed[4].Slots.Select(left => left.Slot));
        Assert.All(driver.Run.Closed[3].Slots.Where(other => other.Slot != 2), other => Assert.True(other.Summed));
    }

    [Fact]
    public void Run_AttributedRound_TwoOwnersAreAskedAndPaidForTheReplay()
    {
        var driver = new RunDriver(RunScenario.Honest(4, 1, 1), order: 1).ToEnd();
        var round = driver.Run.Closed[0];
        Assert.Equal(2, round.Reports.Length);
        var macs = (UInt128)driver.Run.Spec.Settings.MacsPerRound;
        Assert.All(round.Slots, row => Assert.Equal(round.Reports.Any(report => report.Slot == row.Slot) ? 5 * macs : macs, row.Work));
        var drop = Math.Max(0, round.LossBefore - round.LossAfter);
        Assert.Equal(drop, round.Attribution.Sum() + round.Unattributed);
        Assert.Equal(3, round.RawValues.Length);
    }

    [Fact]
    public void Run_ReporterLies_AThirdIsAskedAndTheLiarForfeits()
    {
        var scenario = RunScenario.Honest(4, 2, 1);
        var first = new RunDriver(scenario, order: 1).ToEnd().Run.Closed[1].Draw.Reporters[0];
        var driver = new RunDriver(scenario.With(first, 1, Misdeed.Lie), order: 1).ToEnd();
        var round = driver.Run.Closed[1];
        Assert.Equal(3, round.Reports.Length);
        Assert.Equal(first, Assert.Single(round.Reports, report => !report.Agreed).Slot);
        Assert.Equal(Reason.WorkWrong, driver.Leases[Sample.Hash("lease", first)].EndReason);
        Assert.All(round.Slots, row => Assert.True(row.Summed && row.Verdict == SlotVerdict.Passed));
    }

    [Fact]
    public void Run_CheckerLies_TheCheckedWorkerIsCleared()
    {
        // Every worker has nothing at stake in round 0, so each is drawn there.
        var scenario = RunScenario.Honest(4, 1, 0);
        var liar = new RunDriver(scenario, order: 1).ToEnd().Run.Closed[0].Draw.Checks[0].Checkers[0];
        var round = new RunDriver(scenario.With(liar, 0, Misdeed.Lie), order: 1).ToEnd().Run.Closed[0];
        Assert.Equal(4, round.Draw.Checks.Length);
        Assert.All(round.Slots, row => Assert.True(row.Verdict == SlotVerdict.Passed && row.Summed));
        Assert.All(round.Slots, row => Assert.Equal(row.Slot == liar ? Reason.WorkWrong : Reason.None, row.Leaves));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Run_CopiedDelta_IsFoundEvenWhereNothingIsDrawn(int attributionEvery)
    {
        var driver = new RunDriver(RunScenario.Honest(4, 30, attributionEvery).With(3, 20, Misdeed.Copy), order: 1).ToEnd();
        var round = driver.Run.Closed[20];
        Assert.Equal((SlotVerdict.Wrong, Reason.DeltaCopied), (round.Slots[3].Verdict, round.Slots[3].Leaves));
        Assert.Equal((SlotVerdict.Passed, true, Reason.None), (round.Slots[0].Verdict, round.Slots[0].Summed, round.Slots[0].Leaves));
    }

    [Theory]
    [InlineData(0, Misdeed.DieBeforeCommit, SlotVerdict.Missing)]
    [InlineData(0, Misdeed.DieBeforeReveal, SlotVerdict.Missing)]
    [InlineData(1, Misdeed.DieBeforeCommit, SlotVerdict.Missing)]
    internal void Run_HostDiesInMidRound_IsPaidForTheRoundsBefore(int attributionEvery, Misdeed death, SlotVerdict verdict)
    {
        var driver = new RunDriver(RunScenario.Honest(4, 5, attributionEvery).With(1, 2, death), order: 1).ToEnd();
        var row = driver.Run.Closed[2].Slots[1];
        Assert.Equal((verdict, Reason.HostLost, (UInt128)0), (row.Verdict, row.Leaves, row.Work));
        var lease = driver.Leases[row.Lease];
        Assert.Equal(Reason.HostLost, lease.EndReason);
        Assert.True(lease.Paid > 0 && lease.Forfeited == 0);
        Assert.Equal(3, driver.Run.Closed[4].Slots.Length);
    }

    [Fact]
    public void Run_CheatDiesOnceItIsDrawn_ForfeitsAllTheSame()
    {
        var scenario = RunScenario.Honest(4, 1, 0).With(1, 0, Misdeed.Cheat);
        var driver = new RunDriver(scenario, order: 1);
        driver.ToRound(0, RunPhase.Checking);
        driver.Send(new LoseWorker(Sample.Hash("gpu", 1), Reason.HostLost));
        driver.ToEnd();
        Assert.Equal(Reason.WorkWrong, driver.Run.Closed[0].Slots[1].Leaves);
        Assert.Equal(Reason.WorkWrong, driver.Run.Workers[1].LeftFor);
        Assert.Equal(Reason.WorkWrong, driver.Leases[Sample.Hash("lease", 1)].EndReason);
    }

    [Fact]
    public void Run_TooFewOwnersLeft_ClosesTheRoundWithoutPayAndWaits()
    {
        var scenario = RunScenario.Honest(2, 3, 1).With(1, 1, Misdeed.DieBeforeReveal);
        var driver = new RunDriver(scenario, order: 1);
        driver.ToRound(2, RunPhase.Waiting);
        var round = driver.Run.Closed[1];
        Assert.Equal(SlotVerdict.Undecided, round.Slots[0].Verdict);
        Assert.All(round.Slots, row => Assert.Equal((false, (UInt128)0), (row.Summed, row.Work)));
        Assert.Equal(driver.Run.Closed[0].Weights, round.Weights);
        driver.Send(new JoinWorker(scenario.Gpu(2) with { Host = Sample.Account("host", 9) }));
        Assert.Equal(RunPhase.WarmUp, driver.Run.Phase);
        Assert.Equal(1, driver.Run.Workers[2].Slot);
    }

    [Fact]
    public void Run_OneOwner_Waits() =>
        Assert.Equal(RunPhase.Waiting, new RunDriver(RunScenario.Honest(4, 3, 1) with { Owners = 1 }, order: 1).Run.Phase);

    [Fact]
    public void Run_WorkersJoinBetweenRounds_TakePartFromTheNext()
    {
        var scenario = RunScenario.Honest(3, 4, 2) with { Joins = System.Collections.Immutable.ImmutableDictionary<int, int>.Empty.Add(2, 1) };
        var driver = new RunDriver(scenario.With(0, 0, Misdeed.DieBeforeCommit), order: 1).ToEnd();
        Assert.Equal([0, 1, 2], driver.Run.Closed[2].Slots.Select(row => row.Slot));
        Assert.Equal(Sample.Hash("gpu", 3), driver.Run.Closed[2].Slots[0].Gpu);
    }

    [Fact]
    public void Draw_NothingAtStake_ChecksEveryone()
    {
        var round = new RunDriver(RunScenario.Honest(4, 1, 0), order: 1).ToEnd().Run.Closed[0];
        Assert.Equal([0, 1, 2, 3], round.Draw.Checks.Select(check => check.Slot));
        Assert.All(round.Draw.Checks, check => Assert.DoesNotContain(check.Slot, check.Checkers));
    }
}
