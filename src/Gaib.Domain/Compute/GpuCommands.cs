namespace Gaib.Domain.Compute;

/// <summary>What the runtime asks of a GPU's state.</summary>
[GenerateSerializer, Immutable]
public abstract record GpuCommand;

/// <summary>The host attaches the GPU, for the first time or again after it was lost.</summary>
/// <param name="Gpu">The GPU's id.</param>
/// <param name="Host">Its owner.</param>
/// <param name="Class">The class it is to be measured for.</param>
[GenerateSerializer, Immutable]
public sealed record AttachGpu(
    [property: Id(0)] Hash32 Gpu,
    [property: Id(1)] Address Host,
    [property: Id(2)] string Class) : GpuCommand;

/// <summary>Opens a challenge. All GPUs of an owner get theirs from the same beacon, so that no device can answer for another.</summary>
/// <param name="Beacon">A beacon published after the GPU attached.</param>
/// <param name="Size">n of the product.</param>
[GenerateSerializer, Immutable]
public sealed record OpenChallenge([property: Id(0)] Hash32 Beacon, [property: Id(1)] int Size) : GpuCommand;

/// <summary>The GPU's answer, committed by hash.</summary>
/// <param name="ResultHash">Hash of the product.</param>
[GenerateSerializer, Immutable]
public sealed record AnswerChallenge([property: Id(0)] Hash32 ResultHash) : GpuCommand;

/// <summary>The verdict of Freivalds' check.</summary>
/// <param name="CheckBeacon">A beacon published after the answer.</param>
/// <param name="Passed">What the check found.</param>
[GenerateSerializer, Immutable]
public sealed record JudgeChallenge([property: Id(0)] Hash32 CheckBeacon, [property: Id(1)] bool Passed) : GpuCommand;

/// <summary>An ask for the GPU stands in the market.</summary>
[GenerateSerializer, Immutable]
public sealed record OfferGpu : GpuCommand;

/// <summary>The ask was taken back.</summary>
[GenerateSerializer, Immutable]
public sealed record UnofferGpu : GpuCommand;

/// <summary>A lease opened on the GPU.</summary>
/// <param name="Lease">The lease.</param>
[GenerateSerializer, Immutable]
public sealed record LeaseGpu([property: Id(0)] Hash32 Lease) : GpuCommand;

/// <summary>The lease closed without fault of the GPU.</summary>
/// <param name="Lease">The lease.</param>
[GenerateSerializer, Immutable]
public sealed record FreeGpu([property: Id(0)] Hash32 Lease) : GpuCommand;

/// <summary>The GPU's work was proven wrong.</summary>
[GenerateSerializer, Immutable]
public sealed record SlashGpu : GpuCommand;

/// <summary>The host was lost.</summary>
[GenerateSerializer, Immutable]
public sealed record LoseGpu : GpuCommand;
