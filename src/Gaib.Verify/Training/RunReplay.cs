using System.Collections.Immutable;
using Gaib.Domain;
using Gaib.Domain.Compute;
using Gaib.Domain.Data;
using Gaib.Domain.Training;
using Gaib.Verify.Compute;

namespace Gaib.Verify.Training;

/// <summary>
/// Replays a run by its rule, from what its workers committed, revealed and answered, beside the leases that pay them. What the rule
/// makes of it must be what the export says. After each round the replay goes on from the export's own round, so that one wrong
/// field is one finding.
/// </summary>
internal sealed class RunReplay
{
    private readonly RunSource _source;
    private readonly RunLine _line;
    private readonly Findings _findings;
    private TrainingRun _run;
    private long _last;

    private RunReplay(RunSource source, TrainingRun run, long startsAt)
    {
        (_source, _line, _findings) = (source, source.Line, source.Findings);
        (_run, _last) = (run, startsAt);
    }

    /// <summary>Replays a run from its creation to where the export leaves it.</summary>
    public static void Run(RunSource source)
    {
        var workers = source.Line.Workers.TakeWhile((worker, i) => worker.Joined == 0 && worker.Slot == i)
            .Select(worker => new LeasedGpu(worker.Gpu, worker.Host, worker.Lease)).ToImmutableArray();
        var created = RunRule.Decide(null, new CreateRun(source.Spec, workers), 0);
        if (!created.Accepted)
        {
            source.Findings.Add(source.Line.At, "", "what the run's rule accepts", created.Rejection.ToString());
            return;
        }

        var run = created.Value.Aggregate((TrainingRun?)null, RunFold.Evolve)!;
        var opened = source.Line.Workers.Select(worker => source.Leases.Find(worker.Lease)!.Terms.OpenedAt).DefaultIfEmpty().Max();
        var replay = new RunReplay(source, run, opened);
        if (Enumerable.Range(0, source.Line.Rounds.Length).All(replay.Round))
        {
            replay.End();
        }
    }

    private string Path => $"rounds[{_run.Round}]";

    private bool Round(int number)
    {
        var line = _line.Rounds[number];
        if (line.ToClosed(_source.Line.At, $"rounds[{number}]", _findings) is not { } round)
        {
            return false;
        }

        _findings.That(round.StartedAt >= _last, _line.At, $"{Path}.startedAt", $"{_last} or later", round.StartedAt);
        _findings.That(round.ClosedAt >= round.StartedAt, _line.At, $"{Path}.closedAt", $"{round.StartedAt} or later", round.ClosedAt);
        var answers = new RoundAnswers(_source, round, Path);
        if (!Start(round) || !Commit(round) || !Reveal(round) || !answers.Draw(ref _run) || !answers.Answer(ref _run))
        {
            return false;
        }

        var decided = RunRule.Decide(_run, new CloseRound(_run.Round), round.ClosedAt);
        if (!decided.Accepted)
        {
            return Refused(Path, decided.Rejection);
        }

        new RoundComparison(_line.At, Path, _findings).Run(decided.Value.OfType<RoundClosed>().Single().Round, round);
        _findings.Equal(_line.At, $"{Path}.hash", RoundHash.Of(_line.Run, round), round.Hash);
        var until = number + 1 < _line.Rounds.Length ? _line.Rounds[number + 1].StartedAt : long.MaxValue;
        _run = RunFold.Evolve(_run, new RoundClosed(round.ClosedAt, round));
        _last = round.ClosedAt;
        return answers.GoOn() & RoundPayout.Of(round).All(asked => _source.Leases.Apply(asked.Lease, asked.Command, round.ClosedAt, until));
    }

    /// <summary>Lets workers join, starts the round on every lease at the rate in force, and with those whose lease goes on.</summary>
    private bool Start(ClosedRound round)
    {
        foreach (var worker in _line.Workers.Where(worker => worker.Joined == _run.Round && _run.Workers.All(known => known.Lease != worker.Lease)))
        {
            if (!Apply(new JoinWorker(new LeasedGpu(worker.Gpu, worker.Host, worker.Lease)), round.StartedAt))
            {
                return false;
            }
        }

        var rate = _source.Market.RateAt(round.StartedAt).Rate;
        var terms = ImmutableArray.CreateBuilder<RoundTerms>();
        foreach (var worker in _run.LiveWorkers.ToArray())
        {
            if (!StartOn(worker, round.StartedAt))
            {
                return false;
            }

            var lease = _source.Leases.Find(worker.Lease)!;
            if (lease.ClosedAt is null)
            {
                var pay = LeaseBilling.Bill(lease.Terms, lease.Remainders, (UInt128)_source.Spec.Settings.MacsPerRound, rate).Pay;
                terms.Add(new RoundTerms(worker.Slot, rate, pay, lease.Unreleased));
            }
        }

        return Apply(new StartRound(_run.Round, terms.ToImmutable()), round.StartedAt);
    }

    /// <summary>
    /// Starts the round on a worker's lease. Where that closes the lease, it did so at the rate of that very moment, and its worker is
    /// lost before the round begins with those who stay, or does not begin for want of them.
    /// </summary>
    private bool StartOn(RunWorker worker, long until)
    {
        var at = _source.Leases.LineOf(worker.Lease).ClosedAt is { } closed && closed >= _last && closed <= until ? closed : until;
        var start = new StartLeaseRound(_line.Run, _run.Round, _source.Market.RateAt(at).Rate, _run.WorkMax);
        if (!_source.Leases.Apply(worker.Lease, start, _last, until))
        {
            return false;
        }

        var lease = _source.Leases.Find(worker.Lease)!;
        return Apply(
            lease.ClosedAt is null
                ? new ReadyWorker(worker.Gpu, _source.Spec.Samples)
                : new LoseWorker(worker.Gpu, lease.EndReason == Reason.None ? Reason.LeaseClosed : lease.EndReason),
            until);
    }

    /// <summary>Every slot commits or is lost, then a beacon must have been drawn over all that was committed.</summary>
    private bool Commit(ClosedRound round)
    {
        foreach (var worker in _run.LiveWorkers.ToArray())
        {
            var row = RowOf(round, worker.Slot);
            if (!Apply(row is { Commitment.IsZero: false } ? new CommitDelta(worker.Gpu, _run.Round, row.Commitment) : Loss(worker, row), round.ClosedAt))
            {
                return false;
            }
        }

        var root = RoundRule.CommitmentsRoot(_line.Run, _run.Round, _run.Current!.Commitments);
        var epoch = _source.Data.Beacons.FirstOrDefault(beacon => beacon.Commitments.Contains(root));
        return Apply(new CloseCommits(_run.Round), round.ClosedAt)
            && _findings.That(
                epoch is not null && epoch.Beacon == round.Beacon,
                _line.At,
                $"{Path}.beacon",
                $"the beacon over {root}, the root of the round's commitments",
                round.Beacon);
    }

    /// <summary>Every slot that committed reveals or is lost; and who was no candidate for the draw was lost before it.</summary>
    private bool Reveal(ClosedRound round)
    {
        foreach (var worker in _run.LiveWorkers.ToArray())
        {
            var row = RowOf(round, worker.Slot);
            var revealed = row is not null && row.Revealed != default;
            if (!Apply(revealed ? new RevealDelta(worker.Gpu, _run.Round, row!.Revealed) : Loss(worker, row), round.ClosedAt))
            {
                return false;
            }
        }

        foreach (var worker in _run.LiveWorkers.Where(worker => !round.Draw.Candidates.Contains(worker.Slot)).ToArray())
        {
            if (!Apply(Loss(worker, RowOf(round, worker.Slot)), round.ClosedAt))
            {
                return false;
            }
        }

        return true;
    }

    private void End()
    {
        if (_run.Phase is RunPhase.Waiting or RunPhase.WarmUp && !LoseBetweenRounds())
        {
            return;
        }

        var ended = _line.Phase is RunPhase.CoolDown or RunPhase.Done;
        if (ended && _run.Phase is RunPhase.Waiting or RunPhase.WarmUp)
        {
            Apply(new StopRun(_run.Phase == RunPhase.Waiting ? Reason.NoGpuFree : Reason.None), _last);
        }

        foreach (var worker in _run.LiveWorkers)
        {
            CloseLease(worker, ended);
        }

        if (_line.Phase == RunPhase.Done)
        {
            Apply(new FinishRun(_run.Weights), _last);
        }

        var inRound = _line.Phase is RunPhase.Training or RunPhase.Revealing or RunPhase.Checking && _run.Phase == RunPhase.WarmUp;
        var issued = _source.Data.Models.Any(model => model.Runs.Contains(_line.Run));
        _findings.Equal(_line.At, "phase", issued ? RunPhase.Done : inRound ? _line.Phase : _run.Phase, _line.Phase);
        _findings.Equal(_line.At, "weights", _run.Weights, _line.Weights);
        _findings.Equal(_line.At, "momentum", _run.Momentum, _line.Momentum);
        _findings.Equal(_line.At, "stoppedFor", _run.StoppedFor, _line.StoppedFor);
        CompareWorkers();
    }

    /// <summary>Whose lease closed when a next round was to start on it is lost, also when too few were left for that round.</summary>
    private bool LoseBetweenRounds()
    {
        foreach (var worker in _run.LiveWorkers.ToArray())
        {
            if (_source.Leases.LineOf(worker.Lease) is { ClosedAt: { } at, EndReason: not Reason.None } && !StartOn(worker, at))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A lease that is still open closes with its run.</summary>
    private void CloseLease(RunWorker worker, bool ended)
    {
        if (ended && (_source.Leases.LineOf(worker.Lease).ClosedAt is not null || _line.Phase == RunPhase.Done))
        {
            _source.Leases.Apply(worker.Lease, new CloseLease(Reason.None), _last, long.MaxValue);
        }
    }

    private void CompareWorkers()
    {
        for (var i = 0; i < _run.Workers.Length && i < _line.Workers.Length; i++)
        {
            var (path, expected, found) = ($"workers[{i}].", _run.Workers[i], _line.Workers[i]);
            _findings.Equal(_line.At, path + "slot", expected.Slot, found.Slot);
            _findings.Equal(_line.At, path + "gpu", expected.Gpu, found.Gpu);
            _findings.Equal(_line.At, path + "host", expected.Host, found.Host);
            _findings.Equal(_line.At, path + "lease", expected.Lease, found.Lease);
            _findings.Equal(_line.At, path + "joined", expected.Joined, found.Joined);
            _findings.Equal(_line.At, path + "lastRound", expected.LastRound, found.LastRound);
            _findings.Equal(_line.At, path + "leftFor", expected.LeftFor, found.LeftFor);
        }

        _findings.Equal(_line.At, "workers", _run.Workers.Length, _line.Workers.Length);
    }

    /// <summary>The row of a slot in a round; null when the export has none.</summary>
    internal static RoundSlot? RowOf(ClosedRound round, int slot) => round.Slots.FirstOrDefault(row => row.Slot == slot);

    /// <summary>A worker whose answer is missing was lost, for the reason that its row gives if that is one to be lost for.</summary>
    internal static LoseWorker Loss(RunWorker worker, RoundSlot? row) => new(
        worker.Gpu,
        row?.Leaves is Reason.RateBelowFloor or Reason.RateAboveCeiling or Reason.EscrowExhausted or Reason.LeaseClosed ? row.Leaves : Reason.HostLost);

    private bool Apply(RunCommand command, long at)
    {
        var decided = RunRule.Decide(_run, command, at);
        if (!decided.Accepted)
        {
            return Refused($"{Path} {command.GetType().Name}", decided.Rejection);
        }

        _run = decided.Value.Aggregate(_run, RunFold.Evolve);
        return true;
    }

    private bool Refused(string field, Rejection rejection) =>
        _findings.That(false, _line.At, field, "what the run's rule accepts", rejection.ToString());
}
