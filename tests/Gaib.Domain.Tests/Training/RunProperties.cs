using System.Collections.Immutable;

using CsCheck;

using Gaib.Domain.Compute;
using Gaib.Domain.Tests.Compute;
using Gaib.Domain.Training;

namespace Gaib.Domain.Tests.Training;

/// <summary>What holds of a run for any workers, any misdeeds and any order of answers.</summary>
public sealed class RunProperties
{
    private static readonly Gen<RunScenario> Scenarios =
        from workers in Gen.Int[2, 6]
        from owners in Gen.Int[2, workers]
        from rounds in Gen.Int[1, 5]
        from every in Gen.Int[0, 3]
        from misdeeds in Gen.Select(Gen.Int[0, 6], Gen.Int[0, 4], Gen.Enum<Misdeed>()).Array[0, 6]
        from joins in Gen.Select(Gen.Int[1, 4], Gen.Int[1, 2]).Array[0, 1]
        from seed in Gen.Int
        select new RunScenario(
            workers, owners, rounds, every,
            misdeeds.DistinctBy(row => (row.Item1, row.Item2)).ToImmutableDictionary(row => (row.Item1, row.Item2), row => row.Item3),
            joins.DistinctBy(row => row.Item1).ToImmutableDictionary(row => row.Item1, row => Math.Min(row.Item2, 8 - workers)), seed);

    [Fact]
    public void Run_AnyOrderOfAnswersRepeatsAndForgeries_GivesTheSameState()
    {
        var refused = new HashSet<Reason>();
        var (repeats, thirds, undecided, caught, deaths) = (0, 0, 0, 0, 0);
        Gen.Select(Scenarios, Gen.Int, Gen.Int).Sample((scenario, one, two) =>
        {
            var calm = new RunDriver(scenario, one).ToEnd();
            var noisy = new RunDriver(scenario, two) { Between = driver => repeats += Disturb(driver, refused) }.ToEnd();
            Assert.Equal(StateText.Of(calm.Run), StateText.Of(noisy.Run));
            Assert.Equal(StateText.Of(calm.Leases.OrderBy(row => row.Key)), StateText.Of(noisy.Leases.OrderBy(row => row.Key)));
            Assert.Equal(StateText.Of(calm.Run), StateText.Of(calm.Events.Aggregate((TrainingRun?)null, RunFold.Evolve)));
            Check(scenario, calm);
            thirds += calm.Run.Closed.Count(round => round.Reports.Length > 2);
            undecided += calm.Run.Closed.Count(round => round.Slots.Any(row => row.Verdict == SlotVerdict.Undecided));
            caught += calm.Run.Closed.Sum(round => round.Slots.Count(row => row.Leaves is Reason.WorkWrong or Reason.DeltaCopied));
            deaths += calm.Run.Closed.Sum(round => round.Slots.Count(row => row.Leaves is Reason.HostLost));
        }, iter: Campaign.Size(250, 20_000), threads: 1);
        Assert.True(
            repeats > 500 && thirds > 0 && undecided > 5 && caught > 20 && deaths > 50,
            $"{repeats} repeats, {thirds} thirds, {undecided} undecided, {caught} caught, {deaths} deaths");
        Assert.Superset(
            new HashSet<Reason> { Reason.NotAWorker, Reason.NotDrawn, Reason.WrongPhase, Reason.CommitmentMismatch, Reason.WrongState }, refused);
    }

    [Fact]
    public void Run_StoppedAtAnyMessage_GoesOnFromItsEvents() =>
        Gen.Select(Scenarios, Gen.Int, Gen.Int[0, 200]).Sample((scenario, order, stop) =>
        {
            var whole = new RunDriver(scenario, order).ToEnd();
            var restarted = new RunDriver(scenario, order);
            for (var step = 0; step < stop && restarted.Run.Phase != RunPhase.Done; step++)
            {
                restarted.Step();
            }

            restarted.Restart();
            Assert.Equal(StateText.Of(whole.Run), StateText.Of(restarted.ToEnd().Run));
        }, iter: Campaign.Size(150, 10_000), threads: 1);

    /// <summary>Between two messages: sends one that was accepted before, and a few that belong nowhere.</summary>
    private static int Disturb(RunDriver driver, HashSet<Reason> refused)
    {
        var before = driver.Run;
        var repeated = driver.Accepted[driver.Order.Next(driver.Accepted.Count)];
        var again = RunRule.Decide(before, repeated, Sample.Start);
        Assert.True(again.Accepted, $"{repeated}: {again.Rejection}");
        Assert.Empty(again.Value);

        var gpu = Sample.Hash("gpu", driver.Order.Next(9));
        var round = before.Round + driver.Order.Next(-1, 2);
        var (slot, made) = (driver.Order.Next(6), new DeltaClaim(Sample.Hash("made", driver.Order.Next()), Sample.Hash("up")));
        RunCommand[] forgeries =
        [
            new RevealDelta(gpu, round, made),
            new ReportCheck(Sample.Hash("stranger"), round, slot, made),
            new ReportRound(Sample.Hash("stranger"), round, new RoundReport(null, made.DeltaHash, made.Trace, 0, 0)),
            new CommitDelta(Sample.Hash("stranger"), round, made.Trace),
            new CommitDelta(gpu, round + 2, made.Trace),
            new DrawChecks(round + 2, made.Trace),
        ];
        foreach (var forgery in forgeries)
        {
            var decided = RunRule.Decide(before, forgery, Sample.Start);
            Assert.False(decided.Accepted, $"{forgery} was accepted");
            refused.Add(decided.Rejection.Reason);
        }

        // Who is live but was not asked may not check or report, and nobody closes a phase before its answers are in.
        var tasks = RoundTasks.Outstanding(before);
        if (before.Phase == RunPhase.Checking && before.LiveWorkers.FirstOrDefault(worker => tasks.All(task => task.Slot != worker.Slot)) is { } idle)
        {
            if (RunRule.Decide(before, new ReportRound(idle.Gpu, before.Round, new RoundReport(null, made.Trace, made.Trace, 0, 0)), 0).Rejection is { } no)
            {
                refused.Add(no.Reason);
            }
        }

        if (!tasks.IsEmpty)
        {
            Assert.False(RunRule.Decide(before, new CloseRound(before.Round), 0).Accepted);
        }

        return 1;
    }

    private static void Check(RunScenario scenario, RunDriver driver)
    {
        var run = driver.Run;
        var head = run.Spec.Hash();
        foreach (var round in run.Closed)
        {
            Assert.Equal(head, round.Previous);
            Assert.Equal(round.Hash, RoundHash.Of(run.Spec.Run, round));
            head = round.Hash;
            Assert.Equal(Math.Max(0, round.LossBefore - round.LossAfter), round.Attribution.Sum() + round.Unattributed);
            foreach (var row in round.Slots)
            {
                CheckRow(scenario, run, round, row);
            }
        }

        foreach (var lease in driver.Leases.Values)
        {
            Assert.Equal(lease.Terms.Cap, lease.Paid + lease.Fee + lease.Refunded + lease.Escrow);
            var work = RoundPayout.BilledTo(run.Spec.Run, run.Closed, lease.Terms.Lease);
            var paid = LeasePayments.Expected(lease.Terms, work, lease.ClosedAt is not null, lease.EndReason);
            Assert.Equal(lease.Paid, Sum(paid, LeasePayee.Host));
            Assert.Equal(lease.Fee, Sum(paid, LeasePayee.Treasury));
            Assert.Equal(lease.Refunded, Sum(paid, LeasePayee.Renter));
        }
    }

    private static UInt128 Sum(IEnumerable<LeasePayment> payments, LeasePayee payee) =>
        payments.Where(row => row.Payee == payee).Aggregate(UInt128.Zero, (sum, row) => sum + row.Amount);

    private static void CheckRow(RunScenario scenario, TrainingRun run, ClosedRound round, RoundSlot row)
    {
        var deed = scenario.Does(row.Gpu, round.Round);
        var fault = row.Leaves is Reason.WorkWrong or Reason.DeltaCopied;
        Assert.True(!fault || deed is Misdeed.Cheat or Misdeed.Copy or Misdeed.Lie, "an honest worker was found wrong");
        Assert.True(!fault || row.Work == 0);
        Assert.True(!row.Summed || deed != Misdeed.Cheat || row.Verdict == SlotVerdict.Unchecked, "a checked cheat was summed");

        // Nobody re-executes himself: whoever checked belongs to another owner.
        var checkers = round.Draw.Checks.Where(check => check.Slot == row.Slot).SelectMany(check => check.Checkers);
        Assert.DoesNotContain(checkers, slot => round.Slots.Single(other => other.Slot == slot).Host == row.Host);
        var hosts = round.Draw.Reporters.Select(slot => round.Slots.Single(other => other.Slot == slot).Host).ToList();
        Assert.Equal(hosts.Count, hosts.Distinct().Count());
        Assert.True(row.Terms.Rate == RunDriver.Rate && run.Spec.Run == RunScenario.Run);
    }
}
