using System.Collections.Immutable;

namespace Gaib.Domain.Training;

/// <summary>The first half of a round: start, commit all, open the slice, reveal.</summary>
public static class RoundRule
{
    /// <summary>
    /// What a beacon is drawn over: <c>keccak256(abi.encode(keccak256("gaib.round.commitments.1"), run, round, count, then per
    /// committed slot, ascending: slot, commitment))</c>.
    /// </summary>
    /// <param name="run">The run.</param>
    /// <param name="round">The round.</param>
    /// <param name="commitments">Commitments by slot.</param>
    public static Hash32 CommitmentsRoot(Hash32 run, int round, IReadOnlyDictionary<int, Hash32> commitments)
    {
        var words = new AbiWriter(4 + (2 * commitments.Count))
            .Utf8("gaib.round.commitments.1").Hash(run).UInt((uint)round).UInt((uint)commitments.Count);
        foreach (var (slot, commitment) in commitments.OrderBy(row => row.Key))
        {
            words.UInt((uint)slot).Hash(commitment);
        }

        return words.Hash();
    }

    internal static Outcome<ImmutableArray<RunEvent>> Start(TrainingRun run, StartRound start, long now)
    {
        if (IsPast(run, start.Round))
        {
            var same = TermsOf(run, start.Round).SequenceEqual(start.Terms.OrderBy(row => row.Slot));
            return same ? RunRule.Nothing : new Rejection(Reason.WrongState, Subject: "the round started on other terms");
        }

        if (run.Phase != RunPhase.WarmUp || start.Round != run.Round)
        {
            return RunRule.WrongPhase(run, start.Round);
        }

        var live = run.LiveWorkers.ToImmutableArray();
        if (live.Count(worker => worker.Ready) is var ready && ready < live.Length)
        {
            return new Rejection(Reason.WrongState, live.Length, ready, "workers ready");
        }

        var terms = start.Terms.OrderBy(row => row.Slot).ToImmutableArray();
        return terms.Select(row => row.Slot).SequenceEqual(live.Select(worker => worker.Slot))
            ? RunRule.One(new RoundStarted(now, start.Round, run.Spec.Rules.Attributes(start.Round), terms))
            : new Rejection(Reason.FieldOutOfRange, live.Length, terms.Length, "terms: one row a live worker");
    }

    internal static Outcome<ImmutableArray<RunEvent>> Commit(TrainingRun run, CommitDelta commit, long now)
    {
        if (CommitmentOf(run, commit.Round, commit.Gpu) is { } given)
        {
            return given == commit.Commitment
                ? RunRule.Nothing
                : new Rejection(Reason.WrongState, Subject: "another commitment was given");
        }

        if (run.LiveWorker(commit.Gpu) is not { } worker)
        {
            return new Rejection(Reason.NotAWorker, Subject: commit.Gpu.ToString());
        }

        if (run.Phase != RunPhase.Training || commit.Round != run.Round)
        {
            return RunRule.WrongPhase(run, commit.Round);
        }

        return commit.Commitment.IsZero
            ? new Rejection(Reason.FieldOutOfRange, Subject: "commitment")
            : RunRule.One(new DeltaCommitted(now, worker.Slot, commit.Commitment));
    }

    internal static Outcome<ImmutableArray<RunEvent>> CloseCommits(TrainingRun run, int round, long now)
    {
        if (IsPast(run, round) && (run.Phase != RunPhase.Training || round < run.Round))
        {
            return RunRule.Nothing;
        }

        if (run.Phase != RunPhase.Training || round != run.Round)
        {
            return RunRule.WrongPhase(run, round);
        }

        return Waits(run) is { } waits
            ? waits
            : RunRule.One(new CommitsClosed(now, round, CommitmentsRoot(run.Spec.Run, round, run.Current!.Commitments)));
    }

    internal static Outcome<ImmutableArray<RunEvent>> Reveal(TrainingRun run, RevealDelta reveal, long now)
    {
        if (RevealOf(run, reveal.Round, reveal.Gpu) is { } given && given == reveal.Revealed)
        {
            return RunRule.Nothing;
        }

        if (run.LiveWorker(reveal.Gpu) is not { } worker)
        {
            return new Rejection(Reason.NotAWorker, Subject: reveal.Gpu.ToString());
        }

        if (run.Phase != RunPhase.Revealing || reveal.Round != run.Round)
        {
            return RunRule.WrongPhase(run, reveal.Round);
        }

        // A worker that never committed has nothing that its reveal could match.
        return run.Current!.Commitments.TryGetValue(worker.Slot, out var commitment)
            && commitment == reveal.Revealed.Commitment(run.Spec.Run, run.Round, worker.Slot)
            ? RunRule.One(new DeltaRevealed(now, worker.Slot, reveal.Revealed))
            : new Rejection(Reason.CommitmentMismatch, Subject: $"slot {worker.Slot}");
    }

    /// <summary>Whether a round has started before.</summary>
    internal static bool IsPast(TrainingRun run, int round) =>
        round >= 0 && (round < run.Round || (round == run.Round && run.Current is not null));

    /// <summary>The refusal of a step that the driver takes too early, or null: limit 0 answers may be missing, actual are.</summary>
    internal static Rejection? Waits(TrainingRun run) =>
        RoundTasks.Outstanding(run) is { IsEmpty: false } missing
            ? new Rejection(Reason.WrongState, 0, missing.Length, $"{missing[0].Kind} of slot {missing[0].Slot} outstanding")
            : null;

    /// <summary>A row of a closed round, by GPU.</summary>
    internal static RoundSlot? ClosedSlot(TrainingRun run, int round, Hash32 gpu) =>
        round >= 0 && round < run.Closed.Count ? run.Closed[round].Slots.FirstOrDefault(row => row.Gpu == gpu) : null;

    /// <summary>The slot in which a GPU takes, or took, part in the round in progress; null if it does not.</summary>
    internal static int? CurrentSlot(TrainingRun run, int round, Hash32 gpu) => run.Current is not null && round == run.Round
        ? run.Workers.FirstOrDefault(worker => worker.Gpu == gpu && worker.TookPart(round))?.Slot
        : null;

    private static IEnumerable<RoundTerms> TermsOf(TrainingRun run, int round) => round < run.Closed.Count
        ? run.Closed[round].Slots.Select(row => row.Terms)
        : run.Current!.Terms.Values;

    private static Hash32? CommitmentOf(TrainingRun run, int round, Hash32 gpu)
    {
        if (ClosedSlot(run, round, gpu) is { Commitment.IsZero: false } closed)
        {
            return closed.Commitment;
        }

        return CurrentSlot(run, round, gpu) is { } slot && run.Current!.Commitments.TryGetValue(slot, out var given) ? given : null;
    }

    private static DeltaClaim? RevealOf(TrainingRun run, int round, Hash32 gpu)
    {
        if (ClosedSlot(run, round, gpu) is { Verdict: not SlotVerdict.Missing } closed)
        {
            return closed.Revealed;
        }

        return CurrentSlot(run, round, gpu) is { } slot && run.Current!.Reveals.TryGetValue(slot, out var given) ? given : null;
    }
}
