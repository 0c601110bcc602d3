using System.Collections.Immutable;

namespace Gaib.Domain.Training;

/// <summary>Kinds of answers that a round waits for. Numbers are pinned.</summary>
public enum RoundTaskKind
{
    /// <summary>Train, and commit the hash of (delta, trace).</summary>
    Commit = 1,

    /// <summary>Reveal the delta.</summary>
    Reveal = 2,

    /// <summary>Execute another slot's steps again.</summary>
    Check = 3,

    /// <summary>Report the round's result.</summary>
    Report = 4,
}

/// <summary>An answer that a round waits for.</summary>
/// <param name="Kind">What is asked.</param>
/// <param name="Slot">Who is asked.</param>
/// <param name="Subject">The slot to execute again; for other kinds the slot that is asked.</param>
[GenerateSerializer, Immutable]
public readonly record struct RoundTask(
    [property: Id(0)] RoundTaskKind Kind, [property: Id(1)] int Slot, [property: Id(2)] int Subject);

/// <summary>
/// What the round in progress waits for. It follows from the state alone, so that a restarted runtime asks the same again.
/// </summary>
public static class RoundTasks
{
    /// <summary>The answers that are missing, in order; empty when the driver may take the next step, and between rounds.</summary>
    /// <param name="run">The run.</param>
    public static ImmutableArray<RoundTask> Outstanding(TrainingRun run)
    {
        if (run.Current is not { } round)
        {
            return [];
        }

        return run.Phase switch
        {
            RunPhase.Training => Each(
                RoundTaskKind.Commit, round.Terms.Keys.Where(slot => !round.Commitments.ContainsKey(slot) && run.IsLive(slot))),
            RunPhase.Revealing => Each(
                RoundTaskKind.Reveal, round.Commitments.Keys.Where(slot => !round.Reveals.ContainsKey(slot) && run.IsLive(slot))),
            RunPhase.Checking => Checking(run, round),
            _ => [],
        };
    }

    /// <summary>
    /// In a round without attribution: the slots whose deltas count, ascending. Known once no check is outstanding; what reporters sum.
    /// </summary>
    /// <param name="run">The run, in phase Checking.</param>
    public static ImmutableArray<int> Summed(TrainingRun run) => run.Current is { Draw: { } draw } round
        ? [.. round.Reveals.Keys.Where(slot => Counts(run, round, draw, slot))]
        : [];

    /// <summary>What the owners who executed a slot's steps agree on, its own word included.</summary>
    internal static RoundAgreement CheckAgreement(TrainingRun run, RoundState round, SlotCheck check)
    {
        var answers = round.Checks.TryGetValue(check.Slot, out var given)
            ? given.ToDictionary(row => row.Key, row => row.Value.Hash())
            : [];
        return RoundAgreement.Of(check.Checkers, answers, run.IsLive, round.Reveals[check.Slot].Hash());
    }

    /// <summary>What the reporters agree on. Nobody is asked when no delta was revealed: the weights stay.</summary>
    internal static RoundAgreement ReportAgreement(TrainingRun run, RoundState round, RoundDraw draw)
    {
        var answers = round.Reports.ToDictionary(row => row.Key, row => row.Value.Hash);
        return round.Reveals.IsEmpty
            ? new RoundAgreement(null, [])
            : RoundAgreement.Of(draw.Reporters, answers, run.IsLive, null);
    }

    private static bool Counts(TrainingRun run, RoundState round, RoundDraw draw, int slot) =>
        draw.Checks.FirstOrDefault(check => check.Slot == slot) is not { } drawn
        || CheckAgreement(run, round, drawn).Agreed == round.Reveals[slot].Hash();

    private static ImmutableArray<RoundTask> Checking(TrainingRun run, RoundState round)
    {
        var draw = round.Draw!;
        var checks = draw.Checks.SelectMany(check => CheckAgreement(run, round, check).Asked
            .Select(slot => new RoundTask(RoundTaskKind.Check, slot, check.Slot))).ToImmutableArray();
        return checks.IsEmpty ? Each(RoundTaskKind.Report, ReportAgreement(run, round, draw).Asked) : checks;
    }

    private static ImmutableArray<RoundTask> Each(RoundTaskKind kind, IEnumerable<int> slots) =>
        [.. slots.Select(slot => new RoundTask(kind, slot, slot))];
}
