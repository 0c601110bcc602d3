using System.Collections.Immutable;

namespace Gaib.Domain.Training;

/// <summary>The second half of a round: draw, re-execute, report, close.</summary>
internal static class RoundChecks
{
    public static Outcome<ImmutableArray<RunEvent>> Draw(TrainingRun run, DrawChecks command, long now)
    {
        var past = command.Round >= 0 && command.Round < run.Closed.Count ? run.Closed[command.Round].Beacon
            : command.Round == run.Round ? run.Current?.Beacon ?? Hash32.Zero
            : Hash32.Zero;
        if (!past.IsZero)
        {
            return past == command.Beacon ? RunRule.Nothing : new Rejection(Reason.WrongState, Subject: "another beacon drew");
        }

        if (run.Phase != RunPhase.Revealing || command.Round != run.Round)
        {
            return RunRule.WrongPhase(run, command.Round);
        }

        if (command.Beacon.IsZero)
        {
            return new Rejection(Reason.FieldOutOfRange, Subject: "beacon");
        }

        return RoundRule.Waits(run) is { } waits ? waits : RunRule.One(new ChecksDrawn(now, command.Beacon, Drawn(run, command.Beacon)));
    }

    public static Outcome<ImmutableArray<RunEvent>> Check(TrainingRun run, ReportCheck command, long now)
    {
        var closed = RoundRule.ClosedSlot(run, command.Round, command.Gpu)?.Slot;
        var given = closed is { } checker
            ? run.Closed[command.Round].Checks.FirstOrDefault(row => row.Checker == checker && row.Slot == command.Slot)?.Found
            : RoundRule.CurrentSlot(run, command.Round, command.Gpu) is { } slot ? run.Current!.CheckOf(command.Slot, slot) : null;
        if (given is { } found)
        {
            return found == command.Found ? RunRule.Nothing : new Rejection(Reason.WrongState, Subject: "another answer was given");
        }

        if (Sender(run, command.Gpu, command.Round) is { } refused)
        {
            return refused;
        }

        var worker = run.LiveWorker(command.Gpu)!;
        var task = new RoundTask(RoundTaskKind.Check, worker.Slot, command.Slot);
        return RoundTasks.Outstanding(run).Contains(task)
            ? RunRule.One(new CheckReported(now, worker.Slot, command.Slot, command.Found))
            : new Rejection(Reason.NotDrawn, Subject: $"slot {worker.Slot} to check slot {command.Slot}");
    }

    public static Outcome<ImmutableArray<RunEvent>> Report(TrainingRun run, ReportRound command, long now)
    {
        if (command.Report.Replay is { } replay && (replay.Slots.IsDefault || replay.Slots.Any(row => row.Values.IsDefault)))
        {
            return new Rejection(Reason.FieldOutOfRange, Subject: "replay");
        }

        var hash = command.Report.Hash(run.Spec.Run, command.Round);
        var closed = RoundRule.ClosedSlot(run, command.Round, command.Gpu)?.Slot;
        var given = closed is { } reporter
            ? run.Closed[command.Round].Reports.FirstOrDefault(row => row.Slot == reporter)?.Hash
            : RoundRule.CurrentSlot(run, command.Round, command.Gpu) is { } slot && run.Current!.Reports.TryGetValue(slot, out var earlier)
                ? earlier.Hash
                : null;
        if (given is { } said)
        {
            return said == hash ? RunRule.Nothing : new Rejection(Reason.WrongState, Subject: "another report was given");
        }

        if (Sender(run, command.Gpu, command.Round) is { } refused)
        {
            return refused;
        }

        var worker = run.LiveWorker(command.Gpu)!;
        if (!RoundTasks.Outstanding(run).Contains(new RoundTask(RoundTaskKind.Report, worker.Slot, worker.Slot)))
        {
            return new Rejection(Reason.NotDrawn, Subject: $"slot {worker.Slot} to report");
        }

        return Malformed(run, command.Report) is { } malformed
            ? malformed
            : RunRule.One(new RoundReported(now, worker.Slot, new FiledReport(hash, command.Report)));
    }

    public static Outcome<ImmutableArray<RunEvent>> Close(TrainingRun run, int round, long now)
    {
        if (round >= 0 && round < run.Closed.Count)
        {
            return RunRule.Nothing;
        }

        if (run.Phase != RunPhase.Checking || round != run.Round)
        {
            return RunRule.WrongPhase(run, round);
        }

        return RoundRule.Waits(run) is { } waits ? waits : RunRule.One(new RoundClosed(now, RoundResult.Of(run, now)));
    }

    private static RoundDraw Drawn(TrainingRun run, Hash32 beacon)
    {
        var round = run.Current!;
        var workers = round.Terms.Values.Select(terms =>
        {
            var worker = run.WorkerOf(run.Round, terms.Slot);
            var delta = round.Reveals.TryGetValue(terms.Slot, out var revealed) ? revealed.DeltaHash : (Hash32?)null;
            return new DrawnWorker(terms, worker.Host, delta, worker.Live);
        });
        return CheckDraw.Draw(run.Spec.Run, run.Round, beacon, round.Attributed, run.Spec.Rules.CheckPpm, [.. workers]);
    }

    /// <summary>Null when a live worker speaks in the checking phase of the round.</summary>
    private static Rejection? Sender(TrainingRun run, Hash32 gpu, int round)
    {
        if (run.LiveWorker(gpu) is null)
        {
            return new Rejection(Reason.NotAWorker, Subject: gpu.ToString());
        }

        return run.Phase == RunPhase.Checking && round == run.Round ? null : RunRule.WrongPhase(run, round);
    }

    /// <summary>A report has the shape that the round asks for, or is refused before it can be compared with anything.</summary>
    private static Rejection? Malformed(TrainingRun run, RoundReport report)
    {
        var round = run.Current!;
        if (!round.Attributed)
        {
            return report is { Replay: null, LossBefore: 0, LossAfter: 0 }
                ? null
                : new Rejection(Reason.FieldOutOfRange, Subject: "a round without attribution has no replay and no losses");
        }

        var slots = report.Replay?.Slots ?? [];
        if (!slots.Select(row => row.Slot).SequenceEqual(round.Reveals.Keys))
        {
            return new Rejection(Reason.FieldOutOfRange, round.Reveals.Count, slots.Length, "replay: every revealed slot, ascending");
        }

        var contributors = run.Spec.Contributors.Length;
        if (slots.FirstOrDefault(row => row.Values.Length != contributors) is { } row)
        {
            return new Rejection(Reason.FieldOutOfRange, contributors, row.Values.Length, "replay: one value a contributor");
        }

        return OutOfRange(report, slots);
    }

    /// <summary>Numbers are refused here that could overflow where a round is closed: two owners must not be able to stop a run.</summary>
    private static Rejection? OutOfRange(RoundReport report, ImmutableArray<SlotReplay> slots)
    {
        foreach (var loss in (ReadOnlySpan<long>)[report.LossBefore, report.LossAfter])
        {
            if (loss is < 0 or > RoundReport.LossMax)
            {
                return new Rejection(Reason.FieldOutOfRange, RoundReport.LossMax, loss, "loss");
            }
        }

        var values = slots.SelectMany(row => row.Values).Where(value => value < -RoundReport.ValueMax || value > RoundReport.ValueMax);
        return values.Any() ? new Rejection(Reason.FieldOutOfRange, RoundReport.ValueMax, values.First(), "value") : null;
    }
}
