using System.Collections.Immutable;

namespace Gaib.Domain.Data;

/// <summary>The chunks of one contribution, read and found canonical: what a manifest's numbers are compared with.</summary>
/// <param name="Samples">The samples by chunk index.</param>
/// <param name="Leaves">The leaves by chunk index; their Merkle root must be the manifest's.</param>
/// <param name="Bytes">Σ of the lengths of the chunks' bytes.</param>
public sealed record Contribution(ImmutableArray<Sample> Samples, ImmutableArray<Hash32> Leaves, ulong Bytes)
{
    /// <summary>
    /// Reads chunks in the order of their index. <see cref="Reason.ContributionEmpty"/> without chunks, <see cref="Reason.LeafMismatch"/>
    /// when an index is not its position, <see cref="Reason.SampleInvalid"/> when a chunk is not canonical.
    /// </summary>
    public static Outcome<Contribution> Read(ImmutableArray<Chunk> chunks, DataShape shape)
    {
        if (chunks.IsDefaultOrEmpty)
        {
            return Reason.ContributionEmpty;
        }

        var samples = ImmutableArray.CreateBuilder<Sample>(chunks.Length);
        var leaves = ImmutableArray.CreateBuilder<Hash32>(chunks.Length);
        var bytes = 0UL;
        foreach (var chunk in chunks)
        {
            if (chunk.Index != (ulong)samples.Count)
            {
                return new Rejection(Reason.LeafMismatch, samples.Count, chunk.Index, "index");
            }

            var sample = SampleCodec.Decode(chunk.Bytes.AsSpan(), shape);
            if (!sample.Accepted)
            {
                return sample.Rejection with { Subject = $"chunk {chunk.Index} {sample.Rejection.Subject}" };
            }

            samples.Add(sample.Value);
            leaves.Add(chunk.Leaf());
            bytes += (ulong)chunk.Bytes.Length;
        }

        return new Contribution(samples.MoveToImmutable(), leaves.MoveToImmutable(), bytes);
    }
}
