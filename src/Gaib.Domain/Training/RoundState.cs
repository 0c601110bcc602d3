using System.Collections.Immutable;

namespace Gaib.Domain.Training;

/// <summary>What a worker starts a round with.</summary>
/// <param name="Slot">The slot.</param>
/// <param name="Rate">Rate in force, base units per verified second.</param>
/// <param name="Pay">What the worker's own steps of this round will earn, base units, fee included.</param>
/// <param name="Unreleased">What its lease holds unreleased: what it loses when it is caught, base units.</param>
[GenerateSerializer, Immutable]
public sealed record RoundTerms(
    [property: Id(0)] int Slot,
    [property: Id(1)] UInt128 Rate,
    [property: Id(2)] UInt128 Pay,
    [property: Id(3)] UInt128 Unreleased);

/// <summary>
/// What executing a worker's steps gave, or is said to have given. The trace is known only to who executed them: the runtime must not
/// show a revealed trace to a checker before the checker has answered, or agreeing would cost no work.
/// </summary>
/// <param name="DeltaHash">Content hash of the delta.</param>
/// <param name="Trace">Hash chain over the weights after every step.</param>
[GenerateSerializer, Immutable]
public readonly record struct DeltaClaim([property: Id(0)] Hash32 DeltaHash, [property: Id(1)] Hash32 Trace)
{
    /// <summary><c>keccak256(abi.encode(deltaHash, trace))</c>.</summary>
    public Hash32 Hash() => new AbiWriter(2).Hash(DeltaHash).Hash(Trace).Hash();

    /// <summary>
    /// What a worker commits before anything is revealed: <c>keccak256(abi.encode(run, round, slot, deltaHash, trace))</c>. The slot
    /// in it makes a copied commitment worthless.
    /// </summary>
    /// <param name="run">The run.</param>
    /// <param name="round">The round.</param>
    /// <param name="slot">The slot.</param>
    public Hash32 Commitment(Hash32 run, int round, int slot) =>
        new AbiWriter(5).Hash(run).UInt((uint)round).UInt((uint)slot).Hash(DeltaHash).Hash(Trace).Hash();
}

/// <summary>A slot that is re-executed, and by whom, in the order in which they are asked.</summary>
/// <param name="Slot">The slot whose steps are executed again.</param>
/// <param name="Checkers">Slots of other owners, one an owner.</param>
[GenerateSerializer, Immutable]
public sealed record SlotCheck([property: Id(0)] int Slot, [property: Id(1)] ImmutableArray<int> Checkers);

/// <summary>What a beacon drew for a round.</summary>
/// <param name="Candidates">Slots of the workers that were live, ascending.</param>
/// <param name="Reporters">Who reports the round's result, in the order in which they are asked; one slot an owner.</param>
/// <param name="Checks">Slots drawn for re-execution, ascending; none in a round with attribution, whose replay checks all.</param>
[GenerateSerializer, Immutable]
public sealed record RoundDraw(
    [property: Id(0)] ImmutableArray<int> Candidates,
    [property: Id(1)] ImmutableArray<int> Reporters,
    [property: Id(2)] ImmutableArray<SlotCheck> Checks);

/// <summary>A round in progress. Everything is kept by slot, so that the order of answers leaves no trace.</summary>
/// <param name="Attributed">The round has attribution.</param>
/// <param name="StartedAt">Unix milliseconds.</param>
/// <param name="Terms">Who takes part, and on what terms.</param>
/// <param name="Commitments">Commitments given.</param>
/// <param name="Reveals">Deltas revealed, each equal to its commitment.</param>
/// <param name="Beacon">The check beacon; zero before the draw.</param>
/// <param name="Draw">What it drew.</param>
/// <param name="Checks">By slot re-executed, then by checker: what the checker found.</param>
/// <param name="Reports">By reporter: the round's result.</param>
[GenerateSerializer, Immutable]
public sealed record RoundState(
    [property: Id(0)] bool Attributed,
    [property: Id(1)] long StartedAt,
    [property: Id(2)] ImmutableSortedDictionary<int, RoundTerms> Terms,
    [property: Id(3)] ImmutableSortedDictionary<int, Hash32> Commitments,
    [property: Id(4)] ImmutableSortedDictionary<int, DeltaClaim> Reveals,
    [property: Id(5)] Hash32 Beacon,
    [property: Id(6)] RoundDraw? Draw,
    [property: Id(7)] ImmutableSortedDictionary<int, ImmutableSortedDictionary<int, DeltaClaim>> Checks,
    [property: Id(8)] ImmutableSortedDictionary<int, FiledReport> Reports)
{
    /// <summary>A round that has just started.</summary>
    /// <param name="attributed">It has attribution.</param>
    /// <param name="at">Unix milliseconds.</param>
    /// <param name="terms">Who takes part.</param>
    public static RoundState Start(bool attributed, long at, ImmutableArray<RoundTerms> terms) => new(
        attributed,
        at,
        terms.ToImmutableSortedDictionary(row => row.Slot, row => row),
        ImmutableSortedDictionary<int, Hash32>.Empty,
        ImmutableSortedDictionary<int, DeltaClaim>.Empty,
        Hash32.Zero,
        null,
        ImmutableSortedDictionary<int, ImmutableSortedDictionary<int, DeltaClaim>>.Empty,
        ImmutableSortedDictionary<int, FiledReport>.Empty);

    /// <summary>What a checker found of a slot, or null.</summary>
    /// <param name="slot">The slot re-executed.</param>
    /// <param name="checker">The checker's slot.</param>
    public DeltaClaim? CheckOf(int slot, int checker) =>
        Checks.TryGetValue(slot, out var answers) && answers.TryGetValue(checker, out var claim) ? claim : null;
}
