using Gaib.Domain.Tests.Compute;
using Gaib.Domain.Training;

namespace Gaib.Domain.Tests.Training;

/// <summary>Every message that does not belong is refused for its reason and changes nothing.</summary>
public sealed class RunRefusalTests
{
    private static readonly DeltaClaim Forged = new(Sample.Hash("forged"), Sample.Hash("trace"));
    private static readonly Hash32 Stranger = Sample.Hash("stranger");

    private readonly RunDriver _driver = new(RunScenario.Honest(4, 3, 0), order: 1);

    private static Hash32 Gpu(int worker) => Sample.Hash("gpu", worker);

    [Fact]
    public void Create_BadSettings_AreRefused()
    {
        var spec = RunScenario.Honest(4, 3, 0).Spec;
        var workers = Enumerable.Range(0, 9).Select(RunScenario.Honest(9, 3, 0).Gpu).ToArray();
        Refuse(null, new CreateRun(spec with { Rules = new RunRules(1, 200_001, 2) }, []), Reason.JobInvalid);
        Refuse(null, new CreateRun(spec with { Rules = new RunRules(1, 0, 1) }, []), Reason.JobInvalid);
        Refuse(null, new CreateRun(spec with { Contributors = [spec.Contributors[0], spec.Contributors[0]] }, []), Reason.JobInvalid);
        Refuse(null, new CreateRun(spec, [.. workers]), Reason.JobInvalid);
        Refuse(null, new CreateRun(spec, [workers[0], workers[0]]), Reason.JobInvalid);
        Refuse(null, new CloseRound(0), Reason.NotFound);
        Refuse(_driver.Run, new CreateRun(spec with { Model = Stranger }, []), Reason.WrongState);
    }

    [Fact]
    public void WarmUp_BeforeAllAreReady_NoRoundStarts()
    {
        Refuse(_driver.Run, new StartRound(0, []), Reason.WrongState);
        Refuse(_driver.Run, new ReadyWorker(Gpu(0), Stranger), Reason.FieldOutOfRange);
        Refuse(_driver.Run, new ReadyWorker(Stranger, _driver.Run.Spec.Samples), Reason.NotAWorker);
        Refuse(_driver.Run, new CommitDelta(Gpu(0), 0, Stranger), Reason.WrongPhase);
    }

    [Fact]
    public void Training_ForeignMessages_AreRefused()
    {
        _driver.ToRound(1, RunPhase.Training);
        Refuse(_driver.Run, new CommitDelta(Stranger, 1, Stranger), Reason.NotAWorker);
        Refuse(_driver.Run, new CommitDelta(Gpu(0), 2, Stranger), Reason.WrongPhase);
        Refuse(_driver.Run, new CommitDelta(Gpu(0), 0, Stranger), Reason.WrongState);
        Refuse(_driver.Run, new CommitDelta(Gpu(0), 1, Hash32.Zero), Reason.FieldOutOfRange);
        Refuse(_driver.Run, new RevealDelta(Gpu(0), 1, Forged), Reason.WrongPhase);
        Refuse(_driver.Run, new CloseCommits(1), Reason.WrongState);
        Refuse(_driver.Run, new CloseCommits(2), Reason.WrongPhase);
        Refuse(_driver.Run, new DrawChecks(1, Stranger), Reason.WrongPhase);
        Refuse(_driver.Run, new CloseRound(1), Reason.WrongPhase);
        Refuse(_driver.Run, new JoinWorker(RunScenario.Honest(9, 1, 0).Gpu(7)), Reason.WrongPhase);
        Refuse(_driver.Run, new StartRound(1, []), Reason.WrongState);
        Refuse(_driver.Run, new StopRun(Reason.None), Reason.WrongPhase);
        Refuse(_driver.Run, new FinishRun(_driver.Run.Weights), Reason.WrongPhase);
        Refuse(_driver.Run, new LoseWorker(Stranger, Reason.HostLost), Reason.NotAWorker);
        Refuse(_driver.Run, new LoseWorker(Gpu(0), Reason.WorkWrong), Reason.FieldOutOfRange);
    }

    [Fact]
    public void Revealing_OtherThanCommitted_IsCommitmentMismatch()
    {
        _driver.ToRound(0, RunPhase.Revealing);
        Refuse(_driver.Run, new RevealDelta(Gpu(0), 0, Forged), Reason.CommitmentMismatch);

        // Another slot's honest delta does not match either: the commitment binds the slot.
        Refuse(_driver.Run, new RevealDelta(Gpu(0), 0, RunScenario.Truth(_driver.Run, 1)), Reason.CommitmentMismatch);
        Refuse(_driver.Run, new CommitDelta(Gpu(0), 0, Stranger), Reason.WrongState);
        Refuse(_driver.Run, new DrawChecks(0, Stranger), Reason.WrongState);
        Refuse(_driver.Run, new DrawChecks(0, Hash32.Zero), Reason.FieldOutOfRange);
    }

    [Fact]
    public void Checking_WhoWasNotDrawnOrAnswersTwice_IsRefused()
    {
        _driver.ToRound(0, RunPhase.Checking);
        var task = RoundTasks.Outstanding(_driver.Run)[0];
        Refuse(_driver.Run, new ReportCheck(Gpu(task.Subject), 0, task.Subject, Forged), Reason.NotDrawn);
        Refuse(_driver.Run, new ReportCheck(Stranger, 0, task.Subject, Forged), Reason.NotAWorker);
        Refuse(_driver.Run, new ReportCheck(Gpu(task.Slot), 1, task.Subject, Forged), Reason.WrongPhase);
        Refuse(_driver.Run, new ReportRound(Gpu(task.Slot), 0, new RoundReport(null, Stranger, Stranger, 0, 0)), Reason.NotDrawn);
        Refuse(_driver.Run, new DrawChecks(0, Stranger), Reason.WrongState);
        Refuse(_driver.Run, new CloseRound(0), Reason.WrongState);
        _driver.Send(_driver.Answer(task));
        Refuse(_driver.Run, new ReportCheck(Gpu(task.Slot), 0, task.Subject, Forged), Reason.WrongState);
    }

    [Fact]
    public void Reporting_ReportOfTheWrongShape_IsRefused()
    {
        var driver = new RunDriver(RunScenario.Honest(4, 3, 1), order: 1);
        driver.ToRound(0, RunPhase.Checking);
        var reporter = Gpu(RoundTasks.Outstanding(driver.Run)[0].Slot);
        var report = ((ReportRound)driver.Answer(RoundTasks.Outstanding(driver.Run)[0])).Report;
        var slots = report.Replay!.Slots;
        Refuse(driver.Run, new ReportRound(reporter, 0, report with { Replay = null }), Reason.FieldOutOfRange);
        Refuse(driver.Run, new ReportRound(reporter, 0, report with { Replay = new AttributionResult(slots[1..]) }), Reason.FieldOutOfRange);
        var lean = slots.SetItem(0, slots[0] with { Values = [1] });
        Refuse(driver.Run, new ReportRound(reporter, 0, report with { Replay = new AttributionResult(lean) }), Reason.FieldOutOfRange);
        foreach (var value in new[] { RoundReport.ValueMax + 1, -RoundReport.ValueMax - 1, Int128.MinValue })
        {
            var huge = slots.SetItem(0, slots[0] with { Values = [1, 2, value] });
            Refuse(driver.Run, new ReportRound(reporter, 0, report with { Replay = new AttributionResult(huge) }), Reason.FieldOutOfRange);
        }

        Refuse(driver.Run, new ReportRound(reporter, 0, report with { LossBefore = RoundReport.LossMax + 1 }), Reason.FieldOutOfRange);
        Refuse(driver.Run, new ReportRound(reporter, 0, report with { LossAfter = -1 }), Reason.FieldOutOfRange);
        Refuse(driver.Run, new ReportRound(reporter, 0, report with { Replay = new AttributionResult(default) }), Reason.FieldOutOfRange);
        _driver.ToRound(0, RunPhase.Checking);
        while (RoundTasks.Outstanding(_driver.Run)[0].Kind == RoundTaskKind.Check)
        {
            _driver.Step();
        }

        Refuse(_driver.Run, new ReportRound(Gpu(RoundTasks.Outstanding(_driver.Run)[0].Slot), 0, report), Reason.FieldOutOfRange);
    }

    [Fact]
    public void Reporting_LargestNumbersOfTwoOwners_CloseTheRound()
    {
        var driver = new RunDriver(RunScenario.Honest(4, 3, 1), order: 1);
        driver.ToRound(0, RunPhase.Checking);
        foreach (var task in RoundTasks.Outstanding(driver.Run))
        {
            var sent = (ReportRound)driver.Answer(task);
            var slots = sent.Report.Replay!.Slots.Select(row => row with { Values = [RoundReport.ValueMax, RoundReport.ValueMax, -RoundReport.ValueMax] });
            var report = sent.Report with { Replay = new AttributionResult([.. slots]), LossBefore = RoundReport.LossMax, LossAfter = 0 };
            driver.Send(sent with { Report = report });
        }

        driver.ToRound(1, RunPhase.WarmUp);
        var round = driver.Run.Closed[0];
        Assert.Equal([1L << 62, 1L << 62, -1L << 62], round.RawValues);
        Assert.Equal(RoundReport.LossMax, round.Attribution.Sum());
    }

    [Fact]
    public void Done_NothingMoreHappens()
    {
        _driver.ToEnd();
        Refuse(_driver.Run, new StartRound(3, []), Reason.WrongPhase);
        Refuse(_driver.Run, new FinishRun(Stranger), Reason.FieldOutOfRange);
        Refuse(_driver.Run, new JoinWorker(RunScenario.Honest(9, 1, 0).Gpu(7)), Reason.WrongPhase);
    }

    private static void Refuse(TrainingRun? run, RunCommand command, Reason reason) =>
        Assert.Equal(reason, RunRule.Decide(run, command, Sample.Start).Rejection?.Reason);
}
