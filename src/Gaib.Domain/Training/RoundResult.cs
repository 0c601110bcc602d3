using System.Collections.Immutable;

namespace Gaib.Domain.Training;

/// <summary>
/// What a round comes to, from what was revealed, re-executed and reported: verdicts by slot, what is summed, what is billed, what is
/// attributed, and who leaves.
/// </summary>
internal static class RoundResult
{
    /// <summary>The closed round, its hash included.</summary>
    /// <param name="run">A run in phase Checking with nothing outstanding.</param>
    /// <param name="now">Unix milliseconds.</param>
    public static ClosedRound Of(TrainingRun run, long now)
    {
        var round = run.Current!;
        var draw = round.Draw!;
        var agreedHash = RoundTasks.ReportAgreement(run, round, draw).Agreed;
        var reports = round.Reports
            .Select(row => new ReportRow(row.Key, row.Value.Hash, row.Value.Hash == agreedHash))
            .ToImmutableArray();
        var agreed = reports.FirstOrDefault(row => row.Agreed) is { } accepted ? round.Reports[accepted.Slot].Report : null;
        var checks = Checks(run, round, draw);
        var verdicts = round.Terms.Keys.ToDictionary(slot => slot, slot => Verdict(round, draw, checks, agreed, slot));
        var slots = round.Terms.Keys
            .Select(slot => Row(run, slot, verdicts[slot], agreed is not null, checks, reports)).ToImmutableArray();
        var summed = slots.Where(row => row.Summed).Select(row => row.Slot).ToImmutableArray();
        var closed = new ClosedRound(
            run.Round, round.Attributed, round.StartedAt, now, round.Beacon, draw, slots, checks, reports,
            run.Weights, run.Momentum, 0, 0, [], [], 0, run.Head, Hash32.Zero);
        closed = summed.IsEmpty ? closed : Step(run, closed, agreed!, summed);
        return closed with { Hash = RoundHash.Of(run.Spec.Run, closed) };
    }

    /// <summary>Takes over the outer step, and with attribution the losses and what each contributor's samples were worth.</summary>
    private static ClosedRound Step(TrainingRun run, ClosedRound closed, RoundReport report, ImmutableArray<int> summed)
    {
        var stepped = closed with { Weights = report.Weights, Momentum = report.Momentum };
        if (report.Replay is not { } replay)
        {
            return stepped;
        }

        var values = replay.RawValues(summed);
        var drop = checked(report.LossBefore - report.LossAfter);
        var parts = Attribution.Normalise(drop, values, run.Spec.Contributors);
        return stepped with
        {
            LossBefore = report.LossBefore,
            LossAfter = report.LossAfter,
            RawValues = values,
            Attribution = parts.Parts,
            Unattributed = parts.Unattributed,
        };
    }

    private static ImmutableArray<CheckRow> Checks(TrainingRun run, RoundState round, RoundDraw draw)
    {
        var rows = ImmutableArray.CreateBuilder<CheckRow>();
        foreach (var check in draw.Checks)
        {
            var agreed = RoundTasks.CheckAgreement(run, round, check).Agreed;
            if (round.Checks.TryGetValue(check.Slot, out var answers))
            {
                rows.AddRange(answers.Select(row => new CheckRow(check.Slot, row.Key, row.Value, row.Value.Hash() == agreed)));
            }
        }

        return rows.ToImmutable();
    }

    private static SlotVerdict Verdict(
        RoundState round, RoundDraw draw, ImmutableArray<CheckRow> checks, RoundReport? agreed, int slot)
    {
        if (!round.Reveals.TryGetValue(slot, out var revealed))
        {
            return SlotVerdict.Missing;
        }

        if (round.Attributed)
        {
            return agreed is null ? SlotVerdict.Undecided : Compare(agreed.Replayed(slot), revealed);
        }

        if (draw.Checks.Any(check => check.Slot == slot))
        {
            return Compare(checks.FirstOrDefault(row => row.Slot == slot && row.Agreed)?.Found, revealed);
        }

        return agreed is null ? SlotVerdict.Undecided : SlotVerdict.Unchecked;
    }

    private static SlotVerdict Compare(DeltaClaim? found, DeltaClaim revealed) =>
        found is not { } claim ? SlotVerdict.Undecided : claim == revealed ? SlotVerdict.Passed : SlotVerdict.Wrong;

    private static RoundSlot Row(
        TrainingRun run, int slot, SlotVerdict verdict, bool agreed, ImmutableArray<CheckRow> checks, ImmutableArray<ReportRow> reports)
    {
        var round = run.Current!;
        var worker = run.WorkerOf(run.Round, slot);
        var revealed = round.Reveals.GetValueOrDefault(slot);
        var counts = agreed && verdict is SlotVerdict.Passed or SlotVerdict.Unchecked;
        var caught = Fault(round, slot, verdict, checks, reports);
        return new RoundSlot(
            slot,
            worker.Gpu,
            worker.Host,
            worker.Lease,
            round.Terms[slot],
            round.Commitments.GetValueOrDefault(slot),
            revealed,
            verdict,
            counts,
            caught == Reason.None ? Work(run, slot, counts || verdict == SlotVerdict.Passed, checks, reports) : 0,
            caught != Reason.None ? caught : worker.Live ? Reason.None : worker.LeftFor);
    }

    /// <summary>
    /// Wrong is who revealed other bytes than its own steps give, and who answered a check or a report with other bytes than two owners.
    /// </summary>
    private static Reason Fault(
        RoundState round, int slot, SlotVerdict verdict, ImmutableArray<CheckRow> checks, ImmutableArray<ReportRow> reports)
    {
        if (verdict == SlotVerdict.Wrong)
        {
            var delta = round.Reveals[slot].DeltaHash;
            var copied = round.Reveals.Any(other => other.Key != slot && other.Value.DeltaHash == delta);
            return copied ? Reason.DeltaCopied : Reason.WorkWrong;
        }

        var outvoted = checks.Any(row => row.Checker == slot && !row.Agreed && checks.Any(other => other.Slot == row.Slot && other.Agreed))
            || reports.Any(row => row.Slot == slot && !row.Agreed && reports.Any(other => other.Agreed));
        return outvoted ? Reason.WorkWrong : Reason.None;
    }

    private static UInt128 Work(
        TrainingRun run, int slot, bool verified, ImmutableArray<CheckRow> checks, ImmutableArray<ReportRow> reports)
    {
        var round = run.Current!;
        var own = verified ? 1 : 0;
        var checkedSlots = checks.Count(row => row.Checker == slot && row.Agreed);
        var replayed = round.Attributed && reports.Any(row => row.Slot == slot && row.Agreed) ? round.Reveals.Count : 0;
        return checked((UInt128)run.Spec.Settings.MacsPerRound * (UInt128)(own + checkedSlots + replayed));
    }
}
