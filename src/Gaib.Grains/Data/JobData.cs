using System.Collections.Immutable;
using Gaib.Abstractions.Data;
using Gaib.Abstractions.Ports;
using Gaib.Domain;
using Gaib.Domain.Data;

namespace Gaib.Grains.Data;

/// <summary>Reads a job's samples back from the chunk store.</summary>
internal static class JobData
{
    /// <summary>The bytes behind a content hash.</summary>
    /// <exception cref="InvalidOperationException">The store has lost them.</exception>
    public static async Task<ReadOnlyMemory<byte>> BlobAsync(IChunkStore store, Hash32 hash) =>
        await store.GetAsync(hash) ?? throw new InvalidOperationException($"The chunk store has lost {hash}. Restore it from a backup.");

    /// <summary>A dataset's chunks as the valuation takes them.</summary>
    public static async Task<IEnumerable<CommittedChunk>> ChunksAsync(IChunkStore store, DatasetView view, DataShape shape)
    {
        var manifest = view.Dataset.Manifest!;
        var pack = await BlobAsync(store, view.Pack);
        return ChunkPack.Decode(pack.Span).Select(chunk => new CommittedChunk(
            manifest.Contributor,
            view.Dataset.Order,
            chunk.Index,
            chunk.Leaf(),
            SampleCodec.Decode(chunk.Bytes.AsSpan(), shape).Value));
    }

    /// <summary>The samples of a held-back part.</summary>
    public static async Task<ImmutableArray<Sample>> SamplesAsync(IChunkStore store, Hash32 pack, DataShape shape)
    {
        var blob = await BlobAsync(store, pack);
        return [.. ChunkPack.Decode(blob.Span).Select(chunk => SampleCodec.Decode(chunk.Bytes.AsSpan(), shape).Value)];
    }

    /// <summary>The samples of the burnt parts that anybody could have seen before contributing.</summary>
    public static async Task<ImmutableArray<RevealedSample>> RevealedAsync(IChunkStore store, Job job)
    {
        var revealed = ImmutableArray.CreateBuilder<RevealedSample>();
        foreach (var (kind, from) in job.Burnt.Where(burnt => burnt.Value < (ulong)job.Datasets.Length))
        {
            var part = job.Terms.HeldBack.Single(part => part.Kind == kind);
            revealed.AddRange((await SamplesAsync(store, part.Pack, job.Terms.Shape)).Select(sample => new RevealedSample(sample, from)));
        }

        return revealed.DrainToImmutable();
    }

    /// <summary>The valuation's input. Its train root is the Merkle root of all leaves in the order of entry.</summary>
    public static ValuationInput Input(
        Job job, BeaconEpoch beacon, ImmutableArray<CommittedChunk> chunks, ImmutableArray<Sample> door, ImmutableArray<RevealedSample> revealed)
    {
        var header = new ValuationHeader(
            MerkleTree.Root(chunks.Select(chunk => chunk.Leaf).ToArray()),
            job.Terms.HeldBack[0].Root,
            job.Terms.K,
            job.Terms.R,
            Projector.RuleVersion,
            beacon.Value,
            KnnShapley.RuleVersion,
            job.Terms.BountyPrice,
            job.Command.Budget);
        return new ValuationInput(header, job.Terms.Shape, SimilarityRule.For(job.Terms.Shape), chunks, door, revealed);
    }
}
