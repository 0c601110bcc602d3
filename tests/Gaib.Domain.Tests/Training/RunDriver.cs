using System.Collections.Immutable;

using Gaib.Domain.Compute;
using Gaib.Domain.Tests.Compute;
using Gaib.Domain.Training;

namespace Gaib.Domain.Tests.Training;

/// <summary>
/// Drives a run and its leases as the runtime will: asks what is outstanding, delivers answers in an order that its random numbers
/// choose, and takes the next step when nothing is outstanding.
/// </summary>
internal sealed class RunDriver
{
    public const int Rate = 1_000;

    private readonly RunScenario _scenario;
    private readonly Random _order;
    private readonly int _window;

    public RunDriver(RunScenario scenario, int order, int window = 8)
    {
        _scenario = scenario;
        _order = new Random(order);
        _window = window;
        Send(new CreateRun(scenario.Spec, [.. Enumerable.Range(0, scenario.Workers).Select(Hire)]));
    }

    public TrainingRun Run { get; private set; } = null!;

    public Dictionary<Hash32, Lease> Leases { get; } = [];

    public List<RunEvent> Events { get; } = [];

    /// <summary>Worker messages that were accepted, to be sent again at any later time.</summary>
    public List<RunCommand> Accepted { get; } = [];

    /// <summary>Called between any two messages.</summary>
    public Action<RunDriver> Between { get; set; } = _ => { };

    public Random Order => _order;

    public RunDriver ToEnd()
    {
        while (Run.Phase != RunPhase.Done)
        {
            Step();
        }

        return this;
    }

    public void ToRound(int round, RunPhase phase)
    {
        while (Run.Round < round || Run.Phase != phase)
        {
            Step();
        }
    }

    /// <summary>Delivers one answer, or takes the next step of the run.</summary>
    public void Step()
    {
        Between(this);
        var tasks = RoundTasks.Outstanding(Run);
        if (tasks.IsEmpty)
        {
            Advance();
        }
        else
        {
            Send(Answer(tasks[_order.Next(tasks.Length)]));
        }
    }

    public RunCommand Answer(RoundTask task)
    {
        var worker = Run.LiveWorkers.Single(worker => worker.Slot == task.Slot);
        return (task.Kind, _scenario.Does(worker.Gpu, Run.Round)) switch
        {
            (RoundTaskKind.Commit, Misdeed.DieBeforeCommit) => new LoseWorker(worker.Gpu, Reason.HostLost),
            (RoundTaskKind.Reveal, Misdeed.DieBeforeReveal) => new LoseWorker(worker.Gpu, Reason.HostLost),
            (RoundTaskKind.Check or RoundTaskKind.Report, Misdeed.DieBeforeCheck) => new LoseWorker(worker.Gpu, Reason.HostLost),
            (RoundTaskKind.Commit, _) => new CommitDelta(
                worker.Gpu, Run.Round, _scenario.Claim(Run, worker).Commitment(RunScenario.Run, Run.Round, worker.Slot)),
            (RoundTaskKind.Reveal, _) => new RevealDelta(worker.Gpu, Run.Round, _scenario.Claim(Run, worker)),
            (RoundTaskKind.Check, _) => new ReportCheck(worker.Gpu, Run.Round, task.Subject, _scenario.Check(Run, worker, task.Subject)),
            _ => new ReportRound(worker.Gpu, Run.Round, _scenario.Report(Run, worker)),
        };
    }

    public ImmutableArray<RunEvent> Send(RunCommand command)
    {
        var events = RunRule.Decide(Run, command, Sample.Start + (1_000 * (Run?.Round ?? 0))).Value;
        foreach (var happened in events)
        {
            Run = RunFold.Evolve(Run, happened);
            Events.Add(happened);
            Settle(happened);
        }

        Accepted.Add(command);
        return events;
    }

    /// <summary>Forgets the state, and folds it from the events again.</summary>
    public void Restart() => Run = Events.Aggregate((TrainingRun?)null, RunFold.Evolve)!;

    private void Advance()
    {
        var round = Run.Round;
        RunCommand next = Run.Phase switch
        {
            RunPhase.Waiting => new StopRun(Reason.HostLost),
            RunPhase.WarmUp => WarmUp(),
            RunPhase.Training => new CloseCommits(round),
            RunPhase.Revealing => new DrawChecks(round, _scenario.Beacon(
                RoundRule.CommitmentsRoot(RunScenario.Run, round, Run.Current!.Commitments))),
            RunPhase.Checking => new CloseRound(round),
            _ => new FinishRun(Run.Weights),
        };
        Send(next);
    }

    private RunCommand WarmUp()
    {
        var due = _scenario.Joins.GetValueOrDefault(Run.Round);
        var joined = Run.Workers.Length - _scenario.Workers;
        var expected = _scenario.Joins.Where(row => row.Key < Run.Round).Sum(row => row.Value) + due;
        if (joined < expected)
        {
            return new JoinWorker(Hire(Run.Workers.Length));
        }

        var preparing = Run.LiveWorkers.Where(worker => !worker.Ready).ToList();
        return preparing.Count > 0
            ? new ReadyWorker(preparing[_order.Next(preparing.Count)].Gpu, _scenario.Spec.Samples)
            : new StartRound(Run.Round, [.. Run.LiveWorkers.Select(Terms)]);
    }

    private RoundTerms Terms(RunWorker worker)
    {
        var lease = Leases[worker.Lease];
        Apply(worker.Lease, new StartLeaseRound(RunScenario.Run, Run.Round, Rate, Run.WorkMax));
        var bill = LeaseBilling.Bill(lease.Terms, lease.Remainders, (UInt128)Run.Spec.Settings.MacsPerRound, Rate);
        return new RoundTerms(worker.Slot, Rate, bill.Pay, lease.Unreleased);
    }

    private LeasedGpu Hire(int worker)
    {
        var gpu = _scenario.Gpu(worker);
        Leases[gpu.Lease] = Lease.Open(Sample.Terms(1_000_000_000_000, 20_000, _window) with { Lease = gpu.Lease, Gpu = gpu.Gpu, Host = gpu.Host });
        return gpu;
    }

    /// <summary>What a closed round means for the leases.</summary>
    private void Settle(RunEvent happened)
    {
        if (happened is not RoundClosed { Round: var closed })
        {
            return;
        }

        foreach (var instruction in RoundPayout.Of(closed))
        {
            Apply(instruction.Lease, instruction.Command);
        }
    }

    private void Apply(Hash32 lease, LeaseCommand command) =>
        Leases[lease] = LeaseRule.Decide(Leases[lease], command, Sample.Start).Value.Aggregate(Leases[lease], LeaseRule.Evolve);
}
