namespace Gaib.Domain.Training;

/// <summary>One worker's part of a round.</summary>
/// <param name="Settings">The run's settings.</param>
/// <param name="RunHash">The run's id.</param>
/// <param name="Round">Round, from 0.</param>
/// <param name="Slot">Worker slot, from 0.</param>
/// <param name="Weights">Global weights at the start of the round.</param>
/// <param name="Samples">The training samples, in the order that the batch schedule indexes.</param>
public sealed record InnerTask(
    TrainingSettings Settings,
    Hash32 RunHash,
    int Round,
    int Slot,
    ReadOnlyMemory<byte> Weights,
    SampleSet Samples);

/// <summary>What a worker answers.</summary>
/// <param name="Delta">The delta, in the form of <see cref="DeltaFormat"/>.</param>
/// <param name="DeltaHash">keccak256 of the delta.</param>
/// <param name="Trace">
/// t_H of t_0 = keccak256(weights), t_s = keccak256(t_(s−1) ‖ keccak256(weights after step s)). A dispute over a round compares t_s at
/// half the steps, and so on down to one step.
/// </param>
/// <param name="Macs">Multiply-accumulates done: steps · 3 · batch · Σ in·out.</param>
[GenerateSerializer, Immutable]
public sealed record InnerResult(
    [property: Id(0)] byte[] Delta,
    [property: Id(1)] Hash32 DeltaHash,
    [property: Id(2)] Hash32 Trace,
    [property: Id(3)] long Macs);

/// <summary>The global state after a round.</summary>
/// <param name="Weights">Weights, little-endian binary32.</param>
/// <param name="Momentum">Outer momentum, in the same order and form.</param>
[GenerateSerializer, Immutable]
public sealed record OuterResult([property: Id(0)] byte[] Weights, [property: Id(1)] byte[] Momentum);
