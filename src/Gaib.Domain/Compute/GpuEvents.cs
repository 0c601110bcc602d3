namespace Gaib.Domain.Compute;

/// <summary>Something that happened to a GPU.</summary>
/// <param name="At">Unix milliseconds.</param>
[GenerateSerializer, Immutable]
public abstract record GpuEvent([property: Id(0)] long At);

/// <summary>It attached.</summary>
/// <param name="At">Unix milliseconds.</param>
/// <param name="Gpu">Its id.</param>
/// <param name="Host">Its owner.</param>
/// <param name="Class">The class to be measured.</param>
[GenerateSerializer, Immutable]
public sealed record GpuAttached(
    long At, [property: Id(0)] Hash32 Gpu, [property: Id(1)] Address Host, [property: Id(2)] string Class) : GpuEvent(At);

/// <summary>A challenge was opened.</summary>
/// <param name="At">Unix milliseconds.</param>
/// <param name="Seed">Seed of the product.</param>
/// <param name="Size">n of the product.</param>
/// <param name="Beacon">The beacon the seed was drawn from.</param>
[GenerateSerializer, Immutable]
public sealed record ChallengeOpened(
    long At, [property: Id(0)] Hash32 Seed, [property: Id(1)] int Size, [property: Id(2)] Hash32 Beacon) : GpuEvent(At);

/// <summary>The GPU committed its answer.</summary>
/// <param name="At">Unix milliseconds.</param>
/// <param name="ResultHash">Hash of the product.</param>
[GenerateSerializer, Immutable]
public sealed record ChallengeAnswered(long At, [property: Id(0)] Hash32 ResultHash) : GpuEvent(At);

/// <summary>The answer was checked.</summary>
/// <param name="At">Unix milliseconds.</param>
/// <param name="CheckBeacon">The beacon that gave the vectors.</param>
/// <param name="Passed">The product was right.</param>
[GenerateSerializer, Immutable]
public sealed record ChallengeJudged(long At, [property: Id(0)] Hash32 CheckBeacon, [property: Id(1)] bool Passed) : GpuEvent(At);

/// <summary>The GPU moved to another status: offered, back to attached, leased, slashed or lost.</summary>
/// <param name="At">Unix milliseconds.</param>
/// <param name="Status">The new status.</param>
/// <param name="Lease">The lease that opened; null otherwise.</param>
[GenerateSerializer, Immutable]
public sealed record GpuMoved(long At, [property: Id(0)] GpuStatus Status, [property: Id(1)] Hash32? Lease) : GpuEvent(At);
