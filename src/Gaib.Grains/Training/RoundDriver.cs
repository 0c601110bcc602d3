using System.Collections.Immutable;
using Gaib.Abstractions;
using Gaib.Abstractions.Compute;
using Gaib.Abstractions.Data;
using Gaib.Domain;
using Gaib.Domain.Compute;
using Gaib.Domain.Training;

namespace Gaib.Grains.Training;

/// <summary>
/// Asks workers for what a round waits for, and turns their answers into commands of the rule. It never judges an answer: the rule
/// compares bytes.
/// </summary>
internal sealed class RoundDriver(RunServices services, RunKept kept)
{
    private TrainingRun Run => kept.Run;

    /// <summary>The commands that bring the run forward: answers to all outstanding tasks, or the next step when none is.</summary>
    public async Task<ImmutableArray<RunCommand>> NextAsync()
    {
        if (Run.Current is null)
        {
            return await StartAsync();
        }

        var tasks = RoundTasks.Outstanding(Run);
        if (!tasks.IsEmpty)
        {
            // Workers answer at the same time; the commands are kept in the order of the tasks, so that timing decides nothing.
            return [.. await Task.WhenAll(tasks.Select(AskAsync))];
        }

        return Run.Phase switch
        {
            RunPhase.Training => [new CloseCommits(Run.Round)],
            RunPhase.Revealing => [new DrawChecks(Run.Round, await BeaconAsync())],
            _ => [new CloseRound(Run.Round)],
        };
    }

    /// <summary>Gets every worker ready, starts the round on its lease, and starts the round with those whose lease goes on.</summary>
    private async Task<ImmutableArray<RunCommand>> StartAsync()
    {
        var commands = ImmutableArray.CreateBuilder<RunCommand>();
        var terms = ImmutableArray.CreateBuilder<RoundTerms>();
        var rate = (await services.Grains.GetGrain<IMarketGrain>(kept.Class).Advance()).Market.Rate.Rate;
        foreach (var worker in Run.LiveWorkers)
        {
            if (!worker.Ready)
            {
                commands.Add(new ReadyWorker(worker.Gpu, Run.Spec.Samples));
            }

            var lease = services.Grains.Get<ILeaseGrain>(worker.Lease);
            var started = await lease.Apply(new StartLeaseRound(Run.Spec.Run, Run.Round, rate, Run.WorkMax));
            var state = started.Accepted ? started.Value : (await lease.Get())!;
            if (state.ClosedAt is not null)
            {
                commands.Add(new LoseWorker(worker.Gpu, state.EndReason == Reason.None ? Reason.LeaseClosed : state.EndReason));
                continue;
            }

            var pay = LeaseBilling.Bill(state.Terms, state.Remainders, (UInt128)Run.Spec.Settings.MacsPerRound, rate).Pay;
            terms.Add(new RoundTerms(worker.Slot, rate, pay, state.Unreleased));
        }

        // Who left is told first and by itself: the rest may be too few for the round, and its refusal must not take that back.
        if (commands.Any(command => command is LoseWorker))
        {
            return [.. commands.Where(command => command is LoseWorker)];
        }

        commands.Add(new StartRound(Run.Round, terms.DrainToImmutable()));
        return commands.DrainToImmutable();
    }

    private async Task<RunCommand> AskAsync(RoundTask task)
    {
        var worker = Run.LiveWorkers.Single(live => live.Slot == task.Slot);
        var gpu = services.Grains.Get<IGpuGrain>(worker.Gpu);
        return task.Kind switch
        {
            RoundTaskKind.Commit => Told(
                worker, await gpu.Train(Train(task.Slot)), commitment => new CommitDelta(worker.Gpu, Run.Round, commitment)),
            RoundTaskKind.Reveal => Told(
                worker, await gpu.Reveal(Run.Spec.Run, Run.Round), claim => new RevealDelta(worker.Gpu, Run.Round, claim)),
            RoundTaskKind.Check => Told(
                worker, await gpu.Check(Train(task.Subject)), claim => new ReportCheck(worker.Gpu, Run.Round, task.Subject, claim)),
            _ => Told(worker, await gpu.Report(Report()), report => new ReportRound(worker.Gpu, Run.Round, report)),
        };
    }

    private static RunCommand Told<T>(RunWorker worker, Outcome<T> answer, Func<T, RunCommand> say)
        where T : notnull => answer.Accepted ? say(answer.Value) : new LoseWorker(worker.Gpu, Reason.HostLost);

    private TrainTask Train(int slot) =>
        new(Run.Spec.Run, Run.Spec.Settings, Run.Round, slot, Run.Weights, Run.Spec.Samples);

    private ReportTask Report()
    {
        var round = Run.Current!;
        var summed = round.Attributed ? [] : RoundTasks.Summed(Run);
        var slots = round.Reveals.Where(row => round.Attributed || summed.Contains(row.Key)).Select(row =>
            new ReportSlot(row.Key, row.Value.Hash(), round.Attributed ? Hash32.Zero : row.Value.DeltaHash));
        return new ReportTask(
            Train(0),
            Run.Momentum,
            kept.Owners,
            Run.Spec.Contributors.Length,
            round.Attributed ? kept.Slices[Run.Round] : Hash32.Zero,
            [.. slots]);
    }

    /// <summary>The beacon of the epoch that holds the round's commitments; it is revealed only now, after the deltas.</summary>
    private async Task<Hash32> BeaconAsync()
    {
        var beacons = services.Grains.GetGrain<IBeaconGrain>(0);
        var root = RoundRule.CommitmentsRoot(Run.Spec.Run, Run.Round, Run.Current!.Commitments);
        return (await beacons.Close(await beacons.Commit(root))).Value;
    }
}
