using System.Collections.Immutable;

namespace Gaib.Domain.Training;

/// <summary>Applies what happened to a run.</summary>
public static class RunFold
{
    /// <summary>Applies an event.</summary>
    /// <param name="run">The state; null before the run was created.</param>
    /// <param name="happened">An event that <see cref="RunRule.Decide"/> gave for this state.</param>
    public static TrainingRun Evolve(TrainingRun? run, RunEvent happened) => (run, happened) switch
    {
        (null, RunCreated e) => Settle(Created(e)),
        (null, _) => throw new InvalidOperationException("A run begins with its creation."),
        ({ } r, WorkerJoined e) => Settle(Joined(r, e.Worker, e.Slot)),
        ({ } r, WorkerReady e) => WithWorker(r, e.Slot, worker => worker with { Ready = true }),
        ({ } r, WorkerLost e) => Settle(WithWorker(r, e.Slot, worker => Lost(r, worker, e.Cause))),
        ({ } r, RoundStarted e) => r with { Phase = RunPhase.Training, Current = RoundState.Start(e.Attributed, e.At, e.Terms) },
        ({ } r, RoundClosed e) => Settle(Closed(r, e.Round)),
        ({ } r, RunStopped e) => r with { Phase = RunPhase.CoolDown, StoppedFor = e.Cause },
        ({ } r, RunFinished) => r with { Phase = RunPhase.Done },
        ({ Current: { } round } r, _) => r with { Phase = PhaseAfter(r.Phase, happened), Current = Within(round, happened) },
        _ => throw new InvalidOperationException($"{happened.GetType().Name} cannot follow phase {run.Phase}."),
    };

    private static TrainingRun Created(RunCreated e)
    {
        var run = new TrainingRun(
            e.Spec, RunPhase.Waiting, 0, [], null, [], e.Spec.InitialWeights, Hash32.Zero, e.Spec.Hash(), Reason.None);
        for (var slot = 0; slot < e.Workers.Length; slot++)
        {
            run = Joined(run, e.Workers[slot], slot);
        }

        return run;
    }

    private static TrainingRun Joined(TrainingRun run, LeasedGpu worker, int slot) => run with
    {
        Workers = run.Workers.Add(new RunWorker(
            slot, worker.Gpu, worker.Host, worker.Lease, false, run.Round, null, Reason.None)),
    };

    private static RunWorker Lost(TrainingRun run, RunWorker worker, Reason cause) => worker with
    {
        LastRound = run.Current is null ? run.Round - 1 : run.Round,
        LeftFor = cause,
    };

    private static TrainingRun WithWorker(TrainingRun run, int slot, Func<RunWorker, RunWorker> change)
    {
        var worker = run.Workers.Single(worker => worker.Live && worker.Slot == slot);
        return run with { Workers = run.Workers.Replace(worker, change(worker)) };
    }

    private static RunPhase PhaseAfter(RunPhase phase, RunEvent happened) => happened switch
    {
        CommitsClosed => RunPhase.Revealing,
        ChecksDrawn => RunPhase.Checking,
        _ => phase,
    };

    private static RoundState Within(RoundState round, RunEvent happened) => happened switch
    {
        DeltaCommitted e => round with { Commitments = round.Commitments.Add(e.Slot, e.Commitment) },
        CommitsClosed => round,
        DeltaRevealed e => round with { Reveals = round.Reveals.Add(e.Slot, e.Revealed) },
        ChecksDrawn e => round with { Beacon = e.Beacon, Draw = e.Draw },
        CheckReported e => round with
        {
            Checks = round.Checks.SetItem(
                e.Slot,
                (round.Checks.GetValueOrDefault(e.Slot) ?? ImmutableSortedDictionary<int, DeltaClaim>.Empty).Add(e.Checker, e.Found)),
        },
        RoundReported e => round with { Reports = round.Reports.Add(e.Slot, e.Filed) },
        _ => throw new InvalidOperationException($"{happened.GetType().Name} is no event of a round."),
    };

    private static TrainingRun Closed(TrainingRun run, ClosedRound closed)
    {
        // A worker that was lost in the round may be found wrong by its checks: the verdict is then why it left.
        var left = closed.Slots.Where(row => row.Leaves != Reason.None).ToDictionary(row => row.Gpu, row => row.Leaves);
        var workers = run.Workers.Select(worker => worker.TookPart(closed.Round) && left.TryGetValue(worker.Gpu, out var cause)
            ? worker with { LastRound = closed.Round, LeftFor = cause }
            : worker);
        return run with
        {
            Round = closed.Round + 1,
            Workers = [.. workers],
            Current = null,
            Closed = run.Closed.Add(closed),
            Weights = closed.Weights,
            Momentum = closed.Momentum,
            Head = closed.Hash,
        };
    }

    /// <summary>The phase between rounds follows from how many rounds are done, and from who is here.</summary>
    private static TrainingRun Settle(TrainingRun run)
    {
        if (run.Current is not null || run.Phase is RunPhase.CoolDown or RunPhase.Done)
        {
            return run;
        }

        var live = run.LiveWorkers.ToList();
        var enough = live.Count >= run.Spec.Rules.MinWorkers
            && live.Select(worker => worker.Host).Distinct().Count() >= RunRules.OwnersMin;
        return run with
        {
            Phase = run.Round >= run.Spec.Settings.Rounds ? RunPhase.CoolDown : enough ? RunPhase.WarmUp : RunPhase.Waiting,
        };
    }
}
