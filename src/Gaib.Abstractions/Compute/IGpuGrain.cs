using System.Collections.Immutable;
using Gaib.Domain;
using Gaib.Domain.Compute;
using Gaib.Domain.Training;

namespace Gaib.Abstractions.Compute;

/// <summary>One GPU of a host: measured, leased, put to work. Keyed by the GPU's id; it runs where the device is.</summary>
[Alias("gaib.gpu")]
public interface IGpuGrain : IGrainWithStringKey
{
    /// <summary>Applies a command of the GPU's rule: attach, offer, lease, free, slash, lose.</summary>
    [Alias("apply")]
    Task<Outcome<Gpu>> Apply(GpuCommand command);

    /// <summary>Opens a challenge under a beacon, lets the device answer it, and commits the answer.</summary>
    /// <returns>The commitment, for the beacon's open epoch.</returns>
    [Alias("challenge")]
    Task<Outcome<Hash32>> Challenge(Hash32 beacon, int size);

    /// <summary>Judges the answer with vectors from a later beacon.</summary>
    [Alias("judge")]
    Task<Outcome<Gpu>> Judge(Hash32 checkBeacon);

    /// <summary>Trains one worker's part of a round; the delta stays here until it is revealed.</summary>
    /// <returns>The commitment; HostLost when the device died.</returns>
    [Alias("train")]
    Task<Outcome<Hash32>> Train(TrainTask task);

    /// <summary>Reveals a committed delta and puts its bytes into the chunk store.</summary>
    [Alias("reveal")]
    Task<Outcome<DeltaReveal>> Reveal(Hash32 run, int round);

    /// <summary>Replays a round: every named slot's delta, and each contributor's values.</summary>
    [Alias("replay")]
    Task<Outcome<AttributionResult>> Replay(ReplayTask task);

    /// <summary>Answers rows with a model's weights.</summary>
    [Alias("infer")]
    Task<Outcome<ImmutableArray<byte>>> Infer(InferTask task);

    /// <summary>The GPU; null before it attached.</summary>
    [Alias("get")]
    Task<Gpu?> Get();
}

/// <summary>What a worker trains in one round; tensors travel by content hash.</summary>
/// <param name="Run">The run.</param>
/// <param name="Settings">Its settings.</param>
/// <param name="Round">Round, from 0.</param>
/// <param name="Slot">Worker slot, from 0.</param>
/// <param name="Weights">Content hash of the global weights.</param>
/// <param name="Samples">Content hash of the training samples, see <see cref="SampleBlob"/>.</param>
[GenerateSerializer, Immutable]
[Alias("gaib.trainTask")]
public sealed record TrainTask(
    [property: Id(0)] Hash32 Run,
    [property: Id(1)] TrainingSettings Settings,
    [property: Id(2)] int Round,
    [property: Id(3)] int Slot,
    [property: Id(4)] Hash32 Weights,
    [property: Id(5)] Hash32 Samples);

/// <summary>What a commitment stood for.</summary>
/// <param name="DeltaHash">keccak256 of the delta; also its place in the chunk store.</param>
/// <param name="Trace">The trace hash.</param>
[GenerateSerializer, Immutable]
[Alias("gaib.deltaReveal")]
public sealed record DeltaReveal([property: Id(0)] Hash32 DeltaHash, [property: Id(1)] Hash32 Trace);

/// <summary>What an attributor replays.</summary>
/// <param name="Train">Settings, round, weights and samples; its slot is not used.</param>
/// <param name="Owners">For each training sample, the index of its contributor.</param>
/// <param name="Contributors">Number of contributors.</param>
/// <param name="Validation">Content hash of the round's slice; zero when only the deltas are checked.</param>
/// <param name="Slots">Slots to replay, ascending.</param>
[GenerateSerializer, Immutable]
[Alias("gaib.replayTask")]
public sealed record ReplayTask(
    [property: Id(0)] TrainTask Train,
    [property: Id(1)] ImmutableArray<int> Owners,
    [property: Id(2)] int Contributors,
    [property: Id(3)] Hash32 Validation,
    [property: Id(4)] ImmutableArray<int> Slots);

/// <summary>What a host answers.</summary>
/// <param name="Shape">The net.</param>
/// <param name="Weights">Content hash of its weights.</param>
/// <param name="Rows">Feature bytes, row after row.</param>
[GenerateSerializer, Immutable]
[Alias("gaib.inferTask")]
public sealed record InferTask(
    [property: Id(0)] MlpShape Shape, [property: Id(1)] Hash32 Weights, [property: Id(2)] ImmutableArray<byte> Rows);
