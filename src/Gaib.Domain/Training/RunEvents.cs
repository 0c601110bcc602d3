using System.Collections.Immutable;

namespace Gaib.Domain.Training;

/// <summary>Something that happened to a run. Its state is the fold of these.</summary>
/// <param name="At">Unix milliseconds.</param>
[GenerateSerializer, Immutable]
public abstract record RunEvent([property: Id(0)] long At);

/// <summary>The run was created.</summary>
/// <param name="At">Unix milliseconds.</param>
/// <param name="Spec">What it trains.</param>
/// <param name="Workers">Its first workers.</param>
[GenerateSerializer, Immutable]
public sealed record RunCreated(
    long At, [property: Id(0)] RunSpec Spec, [property: Id(1)] ImmutableArray<LeasedGpu> Workers) : RunEvent(At);

/// <summary>A worker joined.</summary>
/// <param name="At">Unix milliseconds.</param>
/// <param name="Worker">The leased GPU.</param>
/// <param name="Slot">The slot it got.</param>
[GenerateSerializer, Immutable]
public sealed record WorkerJoined(long At, [property: Id(0)] LeasedGpu Worker, [property: Id(1)] int Slot) : RunEvent(At);

/// <summary>A worker is ready.</summary>
/// <param name="At">Unix milliseconds.</param>
/// <param name="Slot">Its slot.</param>
[GenerateSerializer, Immutable]
public sealed record WorkerReady(long At, [property: Id(0)] int Slot) : RunEvent(At);

/// <summary>A worker was lost, or left.</summary>
/// <param name="At">Unix milliseconds.</param>
/// <param name="Slot">Its slot.</param>
/// <param name="Cause">Why.</param>
[GenerateSerializer, Immutable]
public sealed record WorkerLost(long At, [property: Id(0)] int Slot, [property: Id(1)] Reason Cause) : RunEvent(At);

/// <summary>A round started.</summary>
/// <param name="At">Unix milliseconds.</param>
/// <param name="Round">The round.</param>
/// <param name="Attributed">It has attribution.</param>
/// <param name="Terms">Who takes part, ascending by slot.</param>
[GenerateSerializer, Immutable]
public sealed record RoundStarted(
    long At,
    [property: Id(0)] int Round,
    [property: Id(1)] bool Attributed,
    [property: Id(2)] ImmutableArray<RoundTerms> Terms) : RunEvent(At);

/// <summary>A worker committed its delta.</summary>
/// <param name="At">Unix milliseconds.</param>
/// <param name="Slot">Its slot.</param>
/// <param name="Commitment">The commitment.</param>
[GenerateSerializer, Immutable]
public sealed record DeltaCommitted(long At, [property: Id(0)] int Slot, [property: Id(1)] Hash32 Commitment) : RunEvent(At);

/// <summary>All deltas are committed.</summary>
/// <param name="At">Unix milliseconds.</param>
/// <param name="Round">The round.</param>
/// <param name="CommitmentsRoot">Hash of all of them, for the beacon; see <see cref="RoundRule.CommitmentsRoot"/>.</param>
[GenerateSerializer, Immutable]
public sealed record CommitsClosed(long At, [property: Id(0)] int Round, [property: Id(1)] Hash32 CommitmentsRoot) : RunEvent(At);

/// <summary>A worker revealed its delta.</summary>
/// <param name="At">Unix milliseconds.</param>
/// <param name="Slot">Its slot.</param>
/// <param name="Revealed">Delta and trace.</param>
[GenerateSerializer, Immutable]
public sealed record DeltaRevealed(long At, [property: Id(0)] int Slot, [property: Id(1)] DeltaClaim Revealed) : RunEvent(At);

/// <summary>The beacon drew.</summary>
/// <param name="At">Unix milliseconds.</param>
/// <param name="Beacon">The beacon.</param>
/// <param name="Draw">Who checks whom, and who reports.</param>
[GenerateSerializer, Immutable]
public sealed record ChecksDrawn(long At, [property: Id(0)] Hash32 Beacon, [property: Id(1)] RoundDraw Draw) : RunEvent(At);

/// <summary>A checker answered.</summary>
/// <param name="At">Unix milliseconds.</param>
/// <param name="Checker">Its slot.</param>
/// <param name="Slot">The slot it executed again.</param>
/// <param name="Found">What it gave.</param>
[GenerateSerializer, Immutable]
public sealed record CheckReported(
    long At, [property: Id(0)] int Checker, [property: Id(1)] int Slot, [property: Id(2)] DeltaClaim Found) : RunEvent(At);

/// <summary>A reporter answered.</summary>
/// <param name="At">Unix milliseconds.</param>
/// <param name="Slot">Its slot.</param>
/// <param name="Filed">The round's result, and its hash.</param>
[GenerateSerializer, Immutable]
public sealed record RoundReported(long At, [property: Id(0)] int Slot, [property: Id(1)] FiledReport Filed) : RunEvent(At);

/// <summary>
/// A round closed. Each row's work is billed to its lease, with the round's hash as cause; then the lease of each row that leaves is
/// closed: by a verdict where the work was wrong, by its reason otherwise.
/// </summary>
/// <param name="At">Unix milliseconds.</param>
/// <param name="Round">The closed round.</param>
[GenerateSerializer, Immutable]
public sealed record RoundClosed(long At, [property: Id(0)] ClosedRound Round) : RunEvent(At);

/// <summary>The run was stopped before its last round.</summary>
/// <param name="At">Unix milliseconds.</param>
/// <param name="Cause">Why.</param>
[GenerateSerializer, Immutable]
public sealed record RunStopped(long At, [property: Id(0)] Reason Cause) : RunEvent(At);

/// <summary>The run is done.</summary>
/// <param name="At">Unix milliseconds.</param>
[GenerateSerializer, Immutable]
public sealed record RunFinished(long At) : RunEvent(At);
