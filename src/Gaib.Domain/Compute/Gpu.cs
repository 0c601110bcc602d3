using System.Collections.Immutable;

namespace Gaib.Domain.Compute;

/// <summary>Where a GPU stands. Numbers are pinned.</summary>
public enum GpuStatus
{
    /// <summary>Attached to the cluster; may be challenged, and offered once measured.</summary>
    Attached = 1,

    /// <summary>A challenge is open.</summary>
    Challenged = 2,

    /// <summary>An ask stands for it.</summary>
    Offered = 3,

    /// <summary>A lease is open on it.</summary>
    Leased = 4,

    /// <summary>Its work was proven wrong. It is never offered again.</summary>
    Slashed = 5,

    /// <summary>Its host was lost. It may attach again, and is then measured anew.</summary>
    Lost = 6,
}

/// <summary>What was asked of a GPU and what it answered; all that anyone needs to check the answer again.</summary>
/// <param name="Seed">Seed of the GEMM challenge.</param>
/// <param name="Size">n of the n × n product.</param>
/// <param name="OpenedWith">The beacon the seed was drawn from.</param>
/// <param name="ResultHash">Hash of the product, committed before the check beacon was known; zero while unanswered.</param>
/// <param name="CheckBeacon">The later beacon that gave Freivalds' vectors; zero while unjudged.</param>
/// <param name="Passed">The product was right.</param>
[GenerateSerializer, Immutable]
public sealed record GpuEvidence(
    [property: Id(0)] Hash32 Seed,
    [property: Id(1)] int Size,
    [property: Id(2)] Hash32 OpenedWith,
    [property: Id(3)] Hash32 ResultHash,
    [property: Id(4)] Hash32 CheckBeacon,
    [property: Id(5)] bool Passed);

/// <summary>One GPU of a host.</summary>
/// <param name="Id">The GPU's id.</param>
/// <param name="Host">Account of its owner.</param>
/// <param name="Class">Class it is measured for.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Evidence">The latest challenge since it attached; null before the first.</param>
/// <param name="Earlier">The challenges before, oldest first.</param>
/// <param name="Measured">The latest challenge since it attached was passed. Without it a GPU cannot be offered.</param>
/// <param name="Lease">The open lease, when leased.</param>
/// <param name="From">Unix milliseconds at which it attached.</param>
/// <param name="To">Unix milliseconds at which it was lost or slashed; null while it is here.</param>
[GenerateSerializer, Immutable]
public sealed record Gpu(
    [property: Id(0)] Hash32 Id,
    [property: Id(1)] Address Host,
    [property: Id(2)] string Class,
    [property: Id(3)] GpuStatus Status,
    [property: Id(4)] GpuEvidence? Evidence,
    [property: Id(5)] ImmutableArray<GpuEvidence> Earlier,
    [property: Id(6)] bool Measured,
    [property: Id(7)] Hash32? Lease,
    [property: Id(8)] long From,
    [property: Id(9)] long? To);
