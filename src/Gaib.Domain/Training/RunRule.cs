using System.Collections.Immutable;

namespace Gaib.Domain.Training;

/// <summary>
/// A training run: waiting → warm-up → round (train, reveal, check) ↔ warm-up → cool-down → done. The rule does not know which worker
/// is honest; it compares bytes. What comes out of phase, from somebody else, forged or twice with other content is refused with its
/// reason and changes nothing; the same message again is accepted without an event, also after its round has closed.
/// </summary>
public static class RunRule
{
    /// <summary>Version of the rule.</summary>
    public const int RuleVersion = 1;

    /// <summary>Decides a command.</summary>
    /// <param name="run">The state; null before the run was created.</param>
    /// <param name="command">The command.</param>
    /// <param name="now">Unix milliseconds.</param>
    /// <returns>
    /// The events, none when the command already had its effect; or JobInvalid, NotFound, WrongPhase (limit: the run's round, actual:
    /// the message's), NotAWorker, NotDrawn, CommitmentMismatch, WrongState or FieldOutOfRange.
    /// </returns>
    public static Outcome<ImmutableArray<RunEvent>> Decide(TrainingRun? run, RunCommand command, long now)
    {
        if (command is CreateRun create)
        {
            return RunMembership.Create(run, create, now);
        }

        if (run is null)
        {
            return Reason.NotFound;
        }

        return command switch
        {
            JoinWorker join => RunMembership.Join(run, join.Worker, now),
            ReadyWorker ready => RunMembership.Ready(run, ready, now),
            LoseWorker lose => RunMembership.Lose(run, lose, now),
            StartRound start => RoundRule.Start(run, start, now),
            CommitDelta commit => RoundRule.Commit(run, commit, now),
            CloseCommits close => RoundRule.CloseCommits(run, close.Round, now),
            RevealDelta reveal => RoundRule.Reveal(run, reveal, now),
            DrawChecks draw => RoundChecks.Draw(run, draw, now),
            ReportCheck check => RoundChecks.Check(run, check, now),
            ReportRound report => RoundChecks.Report(run, report, now),
            CloseRound close => RoundChecks.Close(run, close.Round, now),
            StopRun stop => Stop(run, stop, now),
            FinishRun finish => Finish(run, finish, now),
            _ => Reason.WrongState,
        };
    }

    /// <summary>Nothing changes: the message had its effect before.</summary>
    internal static Outcome<ImmutableArray<RunEvent>> Nothing => ImmutableArray<RunEvent>.Empty;

    /// <summary>One event.</summary>
    internal static Outcome<ImmutableArray<RunEvent>> One(RunEvent happened) => ImmutableArray.Create(happened);

    /// <summary>The refusal of a message that belongs elsewhere.</summary>
    internal static Rejection WrongPhase(TrainingRun run, int round) =>
        new(Reason.WrongPhase, run.Round, round, $"{run.Phase}");

    private static Outcome<ImmutableArray<RunEvent>> Stop(TrainingRun run, StopRun stop, long now)
    {
        if (run.Phase is RunPhase.CoolDown or RunPhase.Done && run.StoppedFor == stop.Cause)
        {
            return Nothing;
        }

        return run.Phase is RunPhase.Waiting or RunPhase.WarmUp ? One(new RunStopped(now, stop.Cause)) : WrongPhase(run, run.Round);
    }

    private static Outcome<ImmutableArray<RunEvent>> Finish(TrainingRun run, FinishRun finish, long now)
    {
        if (run.Phase is not (RunPhase.CoolDown or RunPhase.Done))
        {
            return WrongPhase(run, run.Round);
        }

        if (finish.Weights != run.Weights)
        {
            return new Rejection(Reason.FieldOutOfRange, Subject: "weights");
        }

        return run.Phase == RunPhase.Done ? Nothing : One(new RunFinished(now));
    }
}
