using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Gaib.Domain;
using Gaib.Domain.Data;

namespace Gaib.Verify.Data;

/// <summary>
/// Chunks give the root that their contributor signed; with the bytes, their leaves, labels, embeddings and clusters follow again.
/// </summary>
internal static class ChunksCheck
{
    public static void Check(ExportData data, Findings findings)
    {
        var order = JobContents.All(data).SelectMany(job => job.Chunks).Select(chunk => chunk.At).ToArray();
        if (order.Length != data.Chunks.Length || !order.SequenceEqual(data.Chunks.Select(chunk => chunk.At)))
        {
            var wrong = data.Chunks.Where((chunk, i) => i >= order.Length || order[i] != chunk.At).First();
            findings.Add(wrong.At, "dataset", "the dataset that is next in commit order", wrong.Dataset.ToString());
            return;
        }

        foreach (var job in JobContents.All(data))
        {
            var projector = new Projector(job.Terms.Shape);
            foreach (var (dataset, chunks) in job.Parts)
            {
                CheckPart(data, job.Terms.Shape, projector, dataset, chunks, findings);
            }

            CheckClusters(data, job, findings);
        }
    }

    private static void CheckPart(
        ExportData data, DataShape shape, Projector projector, DatasetLine dataset, ImmutableArray<ChunkLine> chunks, Findings findings)
    {
        findings.Equal(dataset.At, "manifest.chunks", (ulong)chunks.Length, dataset.Manifest.Chunks);
        var (bytes, whole) = (0UL, true);
        for (var i = 0; i < chunks.Length; i++)
        {
            findings.Equal(chunks[i].At, "index", (ulong)i, chunks[i].Index);
            findings.Equal(chunks[i].At, "contributor", dataset.Contributor, chunks[i].Contributor);
            if (Find(data, shape, chunks[i]) is { } chunk)
            {
                bytes += (ulong)chunk.Length;
                CheckBytes(shape, projector, chunks[i], chunk, findings);
            }
            else
            {
                whole = false;
            }
        }

        findings.Equal(dataset.At, "manifest.root", MerkleTree.Root(chunks.Select(chunk => chunk.Leaf).ToArray()), dataset.Manifest.Root);
        if (whole)
        {
            findings.Equal(dataset.At, "manifest.bytes", bytes, dataset.Manifest.Bytes);
        }
    }

    private static byte[]? Find(ExportData data, DataShape shape, ChunkLine line) => data.Blobs.Find(
        line.At,
        "blob",
        line.Blob,
        bytes => bytes.Length == SampleCodec.EncodedLength(shape.Features) && Chunk.Leaf(line.Index, line.Salt, bytes) == line.Leaf);

    private static void CheckBytes(DataShape shape, Projector projector, ChunkLine line, byte[] bytes, Findings findings)
    {
        findings.Equal(line.At, "leaf", Chunk.Leaf(line.Index, line.Salt, bytes), line.Leaf);
        var sample = SampleCodec.Decode(bytes, shape);
        if (!sample.Accepted)
        {
            findings.Add(line.At, "blob", "a canonical sample", sample.Rejection.ToString());
            return;
        }

        var embedding = projector.Embed(sample.Value.Features.AsSpan());
        findings.Equal(line.At, "label", sample.Value.Label, line.Label);
        findings.Equal(
            line.At,
            "embedding",
            Convert.ToBase64String(MemoryMarshal.AsBytes(embedding.AsSpan())),
            Convert.ToBase64String(line.Embedding.AsSpan()));
    }

    private static void CheckClusters(ExportData data, JobContents job, Findings findings)
    {
        if (findings.Any || job.Header is null || !job.TrySamples(data, out var samples))
        {
            return;
        }

        var clusters = CopyClusters.Find(samples.AsSpan(), SimilarityRule.For(job.Terms.Shape));
        for (var i = 0; i < samples.Length; i++)
        {
            findings.Equal(job.Chunks[i].At, "cluster", clusters.Canonical[i], job.Chunks[i].Cluster);
            findings.Equal(job.Chunks[i].At, "canonical", clusters.IsCanonical(i), job.Chunks[i].Canonical);
        }
    }
}
