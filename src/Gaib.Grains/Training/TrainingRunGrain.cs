using System.Collections.Immutable;
using Gaib.Abstractions;
using Gaib.Abstractions.Compute;
using Gaib.Abstractions.Data;
using Gaib.Abstractions.Governance;
using Gaib.Abstractions.Models;
using Gaib.Abstractions.Ports;
using Gaib.Abstractions.Training;
using Gaib.Domain;
using Gaib.Domain.Compute;
using Gaib.Domain.Data;
using Gaib.Domain.Models;
using Gaib.Domain.Training;
using Orleans.Runtime;
using Orleans.Serialization;

namespace Gaib.Grains.Training;

/// <summary>
/// A training run. Each step asks what is outstanding, stores what came of it, and bills the leases of a closed round before the next
/// begins. A restart at any point goes on with what the stored state still waits for.
/// </summary>
[GrainType("gaib.run")]
internal sealed class TrainingRunGrain(
    [PersistentState("run", "gaib")] IPersistentState<Kept<RunKept>> kept,
    Network network,
    IChunkStore store,
    IClock clock,
    IDevice device,
    Serializer<ValuationResult> results) : KeptGrain<RunKept>(kept), ITrainingRunGrain, IRemindable
{
    private RunServices Services => new(GrainFactory, network, store, clock, device, results);

    public async Task<Outcome<TrainingRun>> Create(Hash32 jobId, string gpuClass, ImmutableArray<Hash32> leases)
    {
        if (State is not null)
        {
            return State.Run;
        }

        if (await GrainFactory.Get<IJobGrain>(jobId).Get() is not { Phase: JobPhase.Paid } job)
        {
            return new Rejection(Reason.WrongState, Subject: "job");
        }

        var opened = ImmutableArray.CreateBuilder<LeaseTerms>();
        foreach (var id in leases)
        {
            var lease = await GrainFactory.Get<ILeaseGrain>(id).Open(gpuClass);
            if (!lease.Accepted)
            {
                return lease.Rejection;
            }

            opened.Add(lease.Value.Terms);
        }

        if (opened.Count == 0 || opened.Any(terms => terms.Job != jobId))
        {
            return new Rejection(Reason.NotFound, leases.Length, opened.Count(terms => terms.Job == jobId), "leases of the job");
        }

        var made = await RunPlan.MakeAsync(Hash32.Parse(this.GetPrimaryKeyString()), job, opened.DrainToImmutable(), Services);
        if (!made.Accepted)
        {
            return made.Rejection;
        }

        await KeepAsync(made.Value);
        await this.RemindAsync(clock, TimeSpan.Zero);
        return made.Value.Run;
    }

    public async Task<Outcome<TrainingRun>> AdvanceTo(int rounds)
    {
        if (State is null)
        {
            return Reason.NotFound;
        }

        await BillAsync();
        while (State.Run.Closed.Count < rounds && State.Run.Phase is not (RunPhase.CoolDown or RunPhase.Done))
        {
            var commands = await new RoundDriver(Services, State).NextAsync();
            if (await ApplyAsync(commands) is { } rejection)
            {
                return rejection;
            }

            await BillAsync();
        }

        return State.Run;
    }

    public async Task<Outcome<RunResult>> Finish()
    {
        if (State is not { } stored)
        {
            return Reason.NotFound;
        }

        if (stored.Result is { } finished)
        {
            return finished;
        }

        if (stored.Run.Phase is RunPhase.Waiting or RunPhase.WarmUp
            && await ApplyAsync([new StopRun(stored.Run.Phase == RunPhase.Waiting ? Reason.NoGpuFree : Reason.None)]) is { } stopped)
        {
            return stopped;
        }

        foreach (var worker in State.Run.LiveWorkers)
        {
            await ApplyToLeaseAsync(worker.Lease, new CloseLease(Reason.None));
        }

        if (await ApplyAsync([new FinishRun(State.Run.Weights)]) is { } rejection)
        {
            return rejection;
        }

        await KeepAsync(State with { Result = await ResultAsync(State.Run) });
        await this.ForgetAsync(clock);
        return State.Result!;
    }

    /// <summary>Goes on with the run, also after a restart in which nobody asked for it.</summary>
    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        if (State is { Result: null } stored && (await AdvanceTo(stored.Run.Spec.Settings.Rounds)).Accepted)
        {
            await Finish();
        }
    }

    public Task<TrainingRun?> Get() => Task.FromResult(State?.Run);

    public Task<RunDetails?> GetDetails() => Task.FromResult(
        State is { } stored ? new RunDetails(stored.Run, stored.Owners, stored.Slices) : null);

    public Task<RunResult?> GetResult() => Task.FromResult(State?.Result);

    private async Task<Rejection?> ApplyAsync(ImmutableArray<RunCommand> commands)
    {
        var run = State!.Run;
        foreach (var command in commands)
        {
            var decided = RunRule.Decide(run, command, clock.Now);
            if (!decided.Accepted)
            {
                return decided.Rejection;
            }

            run = decided.Value.Aggregate(run, RunFold.Evolve);
        }

        await KeepAsync(State with { Run = run });
        return null;
    }

    /// <summary>Bills every closed round that is not billed yet; leases answer a repeated bill as they did the first.</summary>
    private async Task BillAsync()
    {
        while (State!.Billed < State.Run.Closed.Count)
        {
            var closed = State.Run.Closed[State.Billed];
            foreach (var instruction in RoundPayout.Of(closed))
            {
                await ApplyToLeaseAsync(instruction.Lease, instruction.Command);
            }

            await KeepAsync(State with { Billed = State.Billed + 1 });
        }
    }

    private async Task ApplyToLeaseAsync(Hash32 lease, LeaseCommand command)
    {
        var applied = await GrainFactory.Get<ILeaseGrain>(lease).Apply(command);
        if (!applied.Accepted && applied.Rejection.Reason != Reason.LeaseClosed)
        {
            throw new InvalidOperationException($"Lease {lease} refused {command}: {applied.Rejection}");
        }
    }

    private async Task<RunResult> ResultAsync(TrainingRun run)
    {
        var attribution = run.Spec.Contributors.Select((contributor, i) => new AccountWeight(
            contributor,
            run.Closed.Where(round => !round.Attribution.IsEmpty)
                .Aggregate(UInt128.Zero, (sum, round) => checked(sum + (UInt128)round.Attribution[i]))));
        var work = new SortedDictionary<Address, UInt128>();
        foreach (var worker in run.Workers)
        {
            var lease = (await GrainFactory.Get<ILeaseGrain>(worker.Lease).Get())!;
            work[worker.Host] = work.GetValueOrDefault(worker.Host) + lease.VerifiedMs;
        }

        var serving = run.Workers.Where(worker => worker.LeftFor is Reason.None or Reason.LeaseClosed)
            .OrderBy(worker => worker.Gpu).Select(worker => new ServingGpu(worker.Gpu, worker.Host));
        return new RunResult(
            run.Spec.Run,
            run.Spec.Job,
            run.Weights,
            [.. attribution],
            [.. work.Select(host => new AccountWeight(host.Key, host.Value))],
            [.. serving]);
    }
}
