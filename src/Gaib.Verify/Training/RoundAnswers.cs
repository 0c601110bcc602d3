using Gaib.Domain;
using Gaib.Domain.Training;

namespace Gaib.Verify.Training;

/// <summary>
/// The second half of a round's replay: the draw, the re-executions and the reports. With the bytes, everything that workers answered
/// is executed again, so that who was found wrong was wrong and who was not was right.
/// </summary>
internal sealed class RoundAnswers(RunSource source, ClosedRound round, string path)
{
    private RoundTruth? _truth;
    private RoundReport? _report;
    private bool _isReplayed;

    private LineAt At => source.Line.At;

    /// <summary>Draws by the beacon.</summary>
    public bool Draw(ref TrainingRun run)
    {
        if (source.Numbers is { } numbers)
        {
            _truth = numbers.Execute(run);
        }

        return Apply(ref run, new DrawChecks(run.Round, round.Beacon));
    }

    /// <summary>Gives every drawn worker's answer, or loses the worker that gave none, until nothing is outstanding.</summary>
    public bool Answer(ref TrainingRun run)
    {
        while (RoundTasks.Outstanding(run) is [var task, ..])
        {
            if (!Apply(ref run, CommandFor(run, task)))
            {
                return false;
            }
        }

        foreach (var worker in run.LiveWorkers.ToArray())
        {
            // Who was lost after its last answer left no trace but its reason to leave.
            var row = RunReplay.RowOf(round, worker.Slot)!;
            var lost = row.Leaves is not (Reason.None or Reason.WorkWrong or Reason.DeltaCopied);
            if (lost && !Apply(ref run, RunReplay.Loss(worker, row)))
            {
                return false;
            }
        }

        CheckAnswers(run);
        return true;
    }

    /// <summary>Goes on from the export's weights; when their bytes are missing, the rounds that follow are not executed again.</summary>
    public bool GoOn()
    {
        if (source.Numbers is { } numbers && !numbers.GoOnFrom(round.Weights, round.Momentum))
        {
            source.Findings.Missing(source.Line.At, path + ".weights", round.Weights);
            source.Numbers = null;
        }

        return true;
    }

    private RunCommand CommandFor(TrainingRun run, RoundTask task)
    {
        var worker = run.LiveWorkers.Single(live => live.Slot == task.Slot);
        if (task.Kind == RoundTaskKind.Check
            && round.Checks.FirstOrDefault(row => row.Slot == task.Subject && row.Checker == task.Slot) is { } check)
        {
            return new ReportCheck(worker.Gpu, run.Round, task.Subject, check.Found);
        }

        return task.Kind == RoundTaskKind.Report && round.Reports.FirstOrDefault(row => row.Slot == task.Slot) is { } report
            ? new ReportRound(worker.Gpu, run.Round, ReportWith(run, report.Hash))
            : RunReplay.Loss(worker, RunReplay.RowOf(round, task.Slot));
    }

    private RoundReport ReportWith(TrainingRun run, Hash32 hash)
    {
        if (_report is null)
        {
            var honest = _truth is null ? null : source.Numbers!.Report(run, _truth);
            _isReplayed = honest is not null;
            _report = honest ?? RoundReports.Assumed(run, round);
        }

        var expected = _isReplayed ? _report.Hash(run.Spec.Run, run.Round) : RoundReports.Agreed(round);
        return hash == expected ? _report : RoundReports.Other(_report, hash);
    }

    /// <summary>What workers said against what executing it again gave.</summary>
    private void CheckAnswers(TrainingRun run)
    {
        if (_truth is null)
        {
            return;
        }

        for (var i = 0; i < round.Checks.Length; i++)
        {
            if (_truth.Claims.TryGetValue(round.Checks[i].Slot, out var claim))
            {
                CheckFound($"checks[{i}]", round.Checks[i].Agreed, claim, round.Checks[i].Found);
            }
        }

        for (var i = 0; i < round.Slots.Length; i++)
        {
            var row = round.Slots[i];
            if (row.Summed && _truth.Claims.TryGetValue(row.Slot, out var claim))
            {
                CheckFound($"slots[{i}]", true, claim, row.Revealed);
            }
        }

        CheckReports(run);
    }

    /// <summary>Where two owners agreed, the honest report was theirs. Where none did, nobody can be blamed for a report.</summary>
    private void CheckReports(TrainingRun run)
    {
        for (var i = 0; _isReplayed && round.Reports.Any(row => row.Agreed) && i < round.Reports.Length; i++)
        {
            var (row, honest) = (round.Reports[i], _report!.Hash(run.Spec.Run, run.Round));
            source.Findings.That(
                row.Agreed == (row.Hash == honest), At, $"{path}.reports[{i}].hash", row.Agreed ? $"{honest}" : $"another than {honest}", row.Hash);
        }
    }

    private void CheckFound(string field, bool agreed, DeltaClaim claim, DeltaClaim found)
    {
        if (agreed)
        {
            source.Findings.Equal(At, $"{path}.{field}.deltaHash", claim.DeltaHash, found.DeltaHash);
            source.Findings.Equal(At, $"{path}.{field}.trace", claim.Trace, found.Trace);
        }
        else
        {
            source.Findings.That(claim != found, At, $"{path}.{field}.deltaHash", "another than the steps give, for it was outvoted", found.DeltaHash);
        }
    }

    private bool Apply(ref TrainingRun run, RunCommand command)
    {
        var decided = RunRule.Decide(run, command, round.ClosedAt);
        if (!decided.Accepted)
        {
            return source.Findings.That(
                false, At, $"{path} {command.GetType().Name}", "what the run's rule accepts", decided.Rejection.ToString());
        }

        run = decided.Value.Aggregate(run, RunFold.Evolve);
        return true;
    }
}
