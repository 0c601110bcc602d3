using Gaib.Abstractions.Compute;
using Gaib.Abstractions.Ports;
using Gaib.Domain;
using Gaib.Domain.Training;
using Gaib.Grains.Data;

namespace Gaib.Grains.Compute;

/// <summary>Computes a round's result: replay, outer step of the deltas that count, and the losses before and after it.</summary>
internal static class RoundReporter
{
    public static async Task<RoundReport> ReportAsync(IDevice device, IChunkStore store, ReportTask task)
    {
        var train = task.Train;
        var weights = await JobData.BlobAsync(store, train.Weights);
        var validation = task.Validation.IsZero ? null : SampleBlob.Decode(await JobData.BlobAsync(store, task.Validation));
        var replay = validation is null ? null : await ReplayAsync(device, store, task, weights, validation);
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
        var stepped = await Task.Run(() => device.OuterStep(train.Settings, weights, momentum, summed));
        var (before, after) = validation is null
            ? (0L, 0L)
            : await Task.Run(() => (
                device.LossQ32(train.Settings.Shape, weights, validation),
                device.LossQ32(train.Settings.Shape, stepped.Weights, validation)));
        return new RoundReport(replay, await store.PutAsync(stepped.Weights), await store.PutAsync(stepped.Momentum), before, after);
    }

    private static async Task<AttributionResult> ReplayAsync(
        IDevice device, IChunkStore store, ReportTask task, ReadOnlyMemory<byte> weights, SampleSet validation)
    {
        var train = task.Train;
        var samples = SampleBlob.Decode(await JobData.BlobAsync(store, train.Samples));
        return await Task.Run(() => device.Attribute(new AttributionTask(
            train.Settings, train.Run, train.Round, weights, samples, task.Owners, task.Contributors, validation,
            [.. task.Slots.Select(slot => slot.Slot)])));
    }

    /// <summary>Hashes of the deltas that count: with a replay those that it confirms, without one those that were named.</summary>
    private static IEnumerable<Hash32> Summed(ReportTask task, AttributionResult? replay) => replay is null
        ? task.Slots.Select(slot => slot.DeltaHash)
        : task.Slots.Zip(replay.Slots)
            .Where(pair => new DeltaClaim(pair.Second.DeltaHash, pair.Second.Trace).Hash() == pair.First.Claim)
            .Select(pair => pair.Second.DeltaHash);
}
