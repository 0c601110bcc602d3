namespace Gaib.Domain.Compute;

/// <summary>What the runtime asks of a GPU's state.</summary>
public abstract record GpuCommand;

/// <summary>The host attaches the GPU, for the first time or again after it was lost.</summary>
/// <param name="Gpu">The GPU's id.</param>
/// <param name="Host">Its owner.</param>
/// <param name="Class">The class it is to be measured for.</param>
public sealed record AttachGpu(Hash32 Gpu, Address Host, string Class) : GpuCommand;

/// <summary>Opens a challenge. All GPUs of an owner get theirs from the same beacon, so that no device can answer for another.</summary>
/// <param name="Beacon">A beacon published after the GPU attached.</param>
/// <param name="Size">n of the product.</param>
public sealed record OpenChallenge(Hash32 Beacon, int Size) : GpuCommand;

/// <summary>The GPU's answer, committed by hash.</summary>
/// <param name="ResultHash">Hash of the product.</param>
public sealed record AnswerChallenge(Hash32 ResultHash) : GpuCommand;

/// <summary>The verdict of Freivalds' check.</summary>
/// <param name="CheckBeacon">A beacon published after the answer.</param>
/// <param name="Passed">What the check found.</param>
public sealed record JudgeChallenge(Hash32 CheckBeacon, bool Passed) : GpuCommand;

/// <summary>An ask for the GPU stands in the market.</summary>
public sealed record OfferGpu : GpuCommand;

/// <summary>The ask was taken back.</summary>
public sealed record UnofferGpu : GpuCommand;

/// <summary>A lease opened on the GPU.</summary>
/// <param name="Lease">The lease.</param>
public sealed record LeaseGpu(Hash32 Lease) : GpuCommand;

/// <summary>The lease closed without fault of the GPU.</summary>
/// <param name="Lease">The lease.</param>
public sealed record FreeGpu(Hash32 Lease) : GpuCommand;

/// <summary>The GPU's work was proven wrong.</summary>
public sealed record SlashGpu : GpuCommand;

/// <summary>The host was lost.</summary>
public sealed record LoseGpu : GpuCommand;
