using System.Collections.Immutable;
using System.Numerics;

namespace Gaib.Domain.Training;

/// <summary>What the draw needs to know of a worker.</summary>
/// <param name="Terms">Its terms for the round.</param>
/// <param name="Host">Its owner.</param>
/// <param name="DeltaHash">Hash of the delta it revealed; null if it revealed none.</param>
/// <param name="Live">It is live, so it may be asked to check others.</param>
public sealed record DrawnWorker(RoundTerms Terms, Address Host, Hash32? DeltaHash, bool Live);

/// <summary>
/// Who re-executes what in a round, drawn by a beacon that was published after every delta was revealed, so that nobody can hide by
/// falling silent once it knows that it is checked.
/// </summary>
public static class CheckDraw
{
    /// <summary>Version of the rule.</summary>
    public const int RuleVersion = 1;

    /// <summary>Draws for a round.</summary>
    /// <param name="run">The run.</param>
    /// <param name="round">The round.</param>
    /// <param name="beacon">The check beacon.</param>
    /// <param name="attributed">The round has attribution: every revealed slot is replayed by the reporters, none is drawn.</param>
    /// <param name="checkPpm">Chance of a re-execution, parts per million.</param>
    /// <param name="workers">Who took part.</param>
    public static RoundDraw Draw(
        Hash32 run, int round, Hash32 beacon, bool attributed, uint checkPpm, IReadOnlyCollection<DrawnWorker> workers)
    {
        var candidates = workers.Where(worker => worker.Live).OrderBy(worker => worker.Terms.Slot).ToImmutableArray();
        var revealed = workers.Where(worker => worker.DeltaHash is not null).OrderBy(worker => worker.Terms.Slot);
        var deltas = revealed.GroupBy(worker => worker.DeltaHash!.Value).ToDictionary(same => same.Key, same => same.Count());
        var drawn = attributed
            ? []
            : revealed.Where(worker =>
                deltas[worker.DeltaHash!.Value] > 1 || IsDrawn(run, round, beacon, checkPpm, worker.Terms));
        return new RoundDraw(
            [.. candidates.Select(worker => worker.Terms.Slot)],
            OnePerOwner(candidates, slot => Order("gaib.check.reporter.1", run, round, beacon, 0, slot)),
            [.. drawn.Select(worker => new SlotCheck(worker.Terms.Slot, Checkers(run, round, beacon, worker, candidates)))]);
    }

    /// <summary>
    /// Whether a slot is drawn: with chance <c>max(checkPpm / 10^6, pay / (pay + unreleased))</c>, when the first 64 bits of
    /// <c>keccak256(abi.encode(keccak256("gaib.check.draw.1"), run, round, beacon, 0, slot))</c> over 2^64 are below it.
    /// </summary>
    /// <remarks>
    /// Who sends a delta without doing the work gains at most pay·(1 − q) and loses unreleased·q. With q ≥ pay / (pay + unreleased)
    /// the mean is never above 0, also in a worker's first rounds, or after the rate has jumped; once W rounds are unreleased,
    /// checkPpm above 10^6 / (1 + W) decides alone and makes it negative.
    /// </remarks>
    /// <param name="run">The run.</param>
    /// <param name="round">The round.</param>
    /// <param name="beacon">The check beacon.</param>
    /// <param name="checkPpm">Parts per million.</param>
    /// <param name="terms">The worker's terms.</param>
    public static bool IsDrawn(Hash32 run, int round, Hash32 beacon, uint checkPpm, RoundTerms terms)
    {
        var draw = (BigInteger)Order("gaib.check.draw.1", run, round, beacon, 0, terms.Slot).Prefix64;
        var stake = (BigInteger)terms.Pay + terms.Unreleased;
        return draw * 1_000_000 < (BigInteger)checkPpm << 64 || draw * stake < (BigInteger)terms.Pay << 64;
    }

    /// <summary>
    /// The least check window with which a cheat at a steady rate has a negative mean gain: the least W with
    /// <c>checkPpm·(1 + W) &gt; 10^6</c>. For 150,000 ppm it is 6; a window of 8 makes the mean −0.35 of a round's pay.
    /// </summary>
    /// <param name="checkPpm">Parts per million, at least 1.</param>
    public static int WindowLeast(uint checkPpm) => (int)(1_000_000 / checkPpm);

    private static ImmutableArray<int> Checkers(
        Hash32 run, int round, Hash32 beacon, DrawnWorker drawn, IEnumerable<DrawnWorker> candidates) =>
        OnePerOwner(
            candidates.Where(worker => worker.Host != drawn.Host),
            slot => Order("gaib.check.checker.1", run, round, beacon, drawn.Terms.Slot, slot));

    private static ImmutableArray<int> OnePerOwner(IEnumerable<DrawnWorker> workers, Func<int, Hash32> order) =>
        [.. workers.OrderBy(worker => order(worker.Terms.Slot)).DistinctBy(worker => worker.Host).Select(worker => worker.Terms.Slot)];

    /// <summary>
    /// <c>keccak256(abi.encode(keccak256(tag), run, round, beacon, subject, slot))</c>, with subject the slot re-executed for checkers
    /// and 0 for reporters and draws. Slots are asked in ascending order of it.
    /// </summary>
    private static Hash32 Order(string tag, Hash32 run, int round, Hash32 beacon, int subject, int slot) =>
        new AbiWriter(6).Utf8(tag).Hash(run).UInt((uint)round).Hash(beacon).UInt((uint)subject).UInt((uint)slot).Hash();
}
