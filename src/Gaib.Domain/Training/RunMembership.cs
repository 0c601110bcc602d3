using System.Collections.Immutable;

namespace Gaib.Domain.Training;

/// <summary>Who works on a run: created with, joining and getting ready between rounds, lost at any time.</summary>
internal static class RunMembership
{
    public static Outcome<ImmutableArray<RunEvent>> Create(TrainingRun? run, CreateRun create, long now)
    {
        if (run is not null)
        {
            return run.Spec.Hash() == create.Spec.Hash()
                ? RunRule.Nothing
                : new Rejection(Reason.WrongState, Subject: "the run exists with another specification");
        }

        if (create.Spec.Check() is { } invalid)
        {
            return invalid;
        }

        if (create.Workers.Length > create.Spec.Settings.WorkerSlots)
        {
            return new Rejection(Reason.JobInvalid, create.Spec.Settings.WorkerSlots, create.Workers.Length, "workers");
        }

        var distinct = create.Workers.Select(worker => worker.Gpu).Distinct().Count();
        return distinct == create.Workers.Length
            ? RunRule.One(new RunCreated(now, create.Spec, create.Workers))
            : new Rejection(Reason.JobInvalid, create.Workers.Length, distinct, "gpus");
    }

    public static Outcome<ImmutableArray<RunEvent>> Join(TrainingRun run, LeasedGpu worker, long now)
    {
        if (run.Workers.Any(known => known.Gpu == worker.Gpu && known.Host == worker.Host && known.Lease == worker.Lease))
        {
            return RunRule.Nothing;
        }

        // One lease is one GPU, and one GPU works here once at a time.
        if (run.LiveWorker(worker.Gpu) is not null || run.Workers.Any(known => known.Lease == worker.Lease))
        {
            return new Rejection(Reason.WrongState, Subject: "the gpu or the lease works here already");
        }

        if (run.Phase is not (RunPhase.Waiting or RunPhase.WarmUp))
        {
            return RunRule.WrongPhase(run, run.Round);
        }

        var taken = run.LiveWorkers.Select(live => live.Slot).ToHashSet();
        var slots = run.Spec.Settings.WorkerSlots;
        return taken.Count == slots
            ? new Rejection(Reason.WrongState, slots, taken.Count + 1, "worker slots")
            : RunRule.One(new WorkerJoined(now, worker, Enumerable.Range(0, slots).First(slot => !taken.Contains(slot))));
    }

    public static Outcome<ImmutableArray<RunEvent>> Ready(TrainingRun run, ReadyWorker ready, long now)
    {
        if (ready.Samples != run.Spec.Samples)
        {
            return new Rejection(Reason.FieldOutOfRange, Subject: "samples");
        }

        if (run.LiveWorker(ready.Gpu) is { Ready: false } worker)
        {
            return RunRule.One(new WorkerReady(now, worker.Slot));
        }

        return run.Workers.Any(known => known.Gpu == ready.Gpu && known.Ready)
            ? RunRule.Nothing
            : new Rejection(Reason.NotAWorker, Subject: ready.Gpu.ToString());
    }

    public static Outcome<ImmutableArray<RunEvent>> Lose(TrainingRun run, LoseWorker lose, long now)
    {
        if (run.LiveWorker(lose.Gpu) is not { } worker)
        {
            return run.Workers.Any(left => left.Gpu == lose.Gpu)
                ? RunRule.Nothing
                : new Rejection(Reason.NotAWorker, Subject: lose.Gpu.ToString());
        }

        return lose.Cause is Reason.None or Reason.HostLost or Reason.RateBelowFloor or Reason.RateAboveCeiling
                or Reason.EscrowExhausted or Reason.LeaseClosed
            ? RunRule.One(new WorkerLost(now, worker.Slot, lose.Cause))
            : new Rejection(Reason.FieldOutOfRange, Subject: $"{lose.Cause} is no reason to lose a worker for");
    }
}
