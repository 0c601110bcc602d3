using Gaib.Abstractions.Compute;
using Gaib.Abstractions.Ports;
using Gaib.Domain;
using Gaib.Domain.Training;
using Gaib.Grains.Data;

namespace Gaib.Grains.Compute;

/// <summary>Computes a round's result: replay, outer step of the deltas that count, and the losses before and after it.</summary>
internal static class RoundReporter
{
    /// <summary>The report; HostLost when the device fails to compute it.</summary>
    public static async Task<Outcome<RoundReport>> ReportAsync(Hash32 gpu, IDevice device, IChunkStore store, ReportTask task)
    {
        var train = task.Train;
        var weights = await JobData.BlobAsync(store, train.Weights);
        var validation = task.Validation.IsZero ? null : SampleBlob.Decode(await JobData.BlobAsync(store, task.Validation));
        AttributionResult? replay = null;
        if (validation is not null)
        {
            var replayed = await ReplayAsync(gpu, device, store, task, weights, validation);
            if (!replayed.Accepted)
            {
                return replayed.Rejection;
            }

            replay = replayed.Value;
        }

        var summed = new List<ReadOnlyMemory<byte>>();
        foreach (var hash in Summed(task, replay))
        {
            summed.Add(await JobData.BlobAsync(store, hash));
        }

        if (summed.Count == 0)
        {
            return new RoundReport(replay, train.Weights, task.Momentum, 0, 0);
        }

        var momentum = task.Momentum.IsZero ? ReadOnlyMemory<byte>.Empty : await JobData.BlobAsync(store, task.Momentum);
        var stepped = await device.AskAsync(gpu, d => StepOf(d, train, weights, momentum, summed, validation));
        return stepped.Accepted
            ? new RoundReport(
                replay,
                await store.PutAsync(stepped.Value.Outer.Weights),
                await store.PutAsync(stepped.Value.Outer.Momentum),
                stepped.Value.Before,
                stepped.Value.After)
            : stepped.Rejection;
    }

    private static async Task<Outcome<AttributionResult>> ReplayAsync(
        Hash32 gpu, IDevice device, IChunkStore store, ReportTask task, ReadOnlyMemory<byte> weights, SampleSet validation)
    {
        var train = task.Train;
        var samples = SampleBlob.Decode(await JobData.BlobAsync(store, train.Samples));
        return await device.AskAsync(gpu, d => d.Attribute(new AttributionTask(
            train.Settings, train.Run, train.Round, weights, samples, task.Owners, task.Contributors, validation,
            [.. task.Slots.Select(slot => slot.Slot)])));
    }

    private static Step StepOf(
        IDevice device,
        TrainTask train,
        ReadOnlyMemory<byte> weights,
        ReadOnlyMemory<byte> momentum,
        List<ReadOnlyMemory<byte>> summed,
        SampleSet? validation)
    {
        var (shape, outer) = (train.Settings.Shape, device.OuterStep(train.Settings, weights, momentum, summed));
        return validation is null
            ? new Step(outer, 0, 0)
            : new Step(outer, device.LossQ32(shape, weights, validation), device.LossQ32(shape, outer.Weights, validation));
    }

    /// <summary>Hashes of the deltas that count: with a replay those that it confirms, without one those that were named.</summary>
    private static IEnumerable<Hash32> Summed(ReportTask task, AttributionResult? replay) => replay is null
        ? task.Slots.Select(slot => slot.DeltaHash)
        : task.Slots.Zip(replay.Slots)
            .Where(pair => new DeltaClaim(pair.Second.DeltaHash, pair.Second.Trace).Hash() == pair.First.Claim)
            .Select(pair => pair.Second.DeltaHash);

    private sealed record Step(OuterResult Outer, long Before, long After);
}
