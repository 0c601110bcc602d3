using System.Collections.Immutable;
using Gaib.Domain;
using Gaib.Domain.Compute;
using Gaib.Domain.Training;
using Orleans.Concurrency;

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

    /// <summary>Reveals a committed delta; its bytes lie in the chunk store.</summary>
    [Alias("reveal")]
    Task<Outcome<DeltaClaim>> Reveal(Hash32 run, int round);

    /// <summary>Executes another slot's steps again, without being shown what that slot revealed.</summary>
    [Alias("check")]
    Task<Outcome<DeltaClaim>> Check(TrainTask task);

    /// <summary>Computes a round's result and puts the new weights into the chunk store.</summary>
    [Alias("report")]
    Task<Outcome<RoundReport>> Report(ReportTask task);

    /// <summary>Answers rows with a model's weights.</summary>
    [Alias("infer")]
    Task<Outcome<ImmutableArray<byte>>> Infer(InferTask task);

    /// <summary>The GPU; null before it attached.</summary>
    [Alias("get"), AlwaysInterleave]
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

/// <summary>A slot as a reporter sees it: enough to recognise the claim, not enough to repeat it.</summary>
/// <param name="Slot">The slot.</param>
/// <param name="Claim">Hash of the revealed claim, see <see cref="DeltaClaim.Hash"/>.</param>
/// <param name="DeltaHash">Content hash of the delta, where it is summed without a replay; else zero.</param>
[GenerateSerializer, Immutable]
[Alias("gaib.reportSlot")]
public readonly record struct ReportSlot(
    [property: Id(0)] int Slot, [property: Id(1)] Hash32 Claim, [property: Id(2)] Hash32 DeltaHash);

/// <summary>What a reporter computes.</summary>
/// <param name="Train">Settings, round, weights and samples; its slot is not used.</param>
/// <param name="Momentum">Content hash of the outer momentum; zero before the first step.</param>
/// <param name="Owners">For each training sample, the index of its contributor.</param>
/// <param name="Contributors">Number of contributors.</param>
/// <param name="Validation">Content hash of the round's slice; zero in a round without attribution.</param>
/// <param name="Slots">With attribution every revealed slot; without, the slots that are summed. Ascending.</param>
[GenerateSerializer, Immutable]
[Alias("gaib.reportTask")]
public sealed record ReportTask(
    [property: Id(0)] TrainTask Train,
    [property: Id(1)] Hash32 Momentum,
    [property: Id(2)] ImmutableArray<int> Owners,
    [property: Id(3)] int Contributors,
    [property: Id(4)] Hash32 Validation,
    [property: Id(5)] ImmutableArray<ReportSlot> Slots);

/// <summary>What a host answers.</summary>
/// <param name="Shape">The net.</param>
/// <param name="Weights">Content hash of its weights.</param>
/// <param name="Rows">Feature bytes, row after row.</param>
[GenerateSerializer, Immutable]
[Alias("gaib.inferTask")]
public sealed record InferTask(
    [property: Id(0)] MlpShape Shape, [property: Id(1)] Hash32 Weights, [property: Id(2)] ImmutableArray<byte> Rows);
