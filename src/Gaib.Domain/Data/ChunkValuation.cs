using System.Collections.Immutable;

namespace Gaib.Domain.Data;

/// <summary>What one chunk was found to be worth.</summary>
/// <param name="Leaf">The chunk's leaf.</param>
/// <param name="Contributor">Who committed it.</param>
/// <param name="Cluster">Position in commit order of its cluster's canonical chunk.</param>
/// <param name="Canonical">True for the earliest of its cluster.</param>
/// <param name="Value">Exact Shapley value in Q40, summed over the door samples; 0 for a chunk that does not count.</param>
/// <param name="DoorValue">Door value in Q40, summed over the door samples; 0 for a chunk that does not count.</param>
/// <param name="Admitted">True where the door value is positive: the chunk may enter training and earns.</param>
/// <param name="Bounty">Base units.</param>
[GenerateSerializer, Immutable]
public readonly record struct ChunkValuation(
    [property: Id(0)] Hash32 Leaf,
    [property: Id(1)] Address Contributor,
    [property: Id(2)] int Cluster,
    [property: Id(3)] bool Canonical,
    [property: Id(4)] long Value,
    [property: Id(5)] long DoorValue,
    [property: Id(6)] bool Admitted,
    [property: Id(7)] UInt128 Bounty);

/// <summary>The outcome of a valuation.</summary>
/// <param name="HeaderHash">Hash of the header.</param>
/// <param name="Chunks">One a committed chunk, in commit order.</param>
/// <param name="Evidence">Why chunks count zero.</param>
/// <param name="Unspent">What is left of the budget: everything that no bounty took, rounding included. It goes back to whoever funded it.</param>
[GenerateSerializer, Immutable]
public sealed record ValuationResult(
    [property: Id(0)] Hash32 HeaderHash,
    [property: Id(1)] ImmutableArray<ChunkValuation> Chunks,
    [property: Id(2)] ImmutableArray<CopyEvidence> Evidence,
    [property: Id(3)] UInt128 Unspent)
{
    /// <summary>One contributor's part, as its dataset records it.</summary>
    public ValueDataset Of(Address contributor)
    {
        var (admitted, doorValue, bounty) = (0, Int128.Zero, UInt128.Zero);
        foreach (var chunk in Chunks.Where(chunk => chunk.Admitted && chunk.Contributor == contributor))
        {
            admitted++;
            doorValue += chunk.DoorValue;
            bounty += chunk.Bounty;
        }

        return new ValueDataset(HeaderHash, admitted, doorValue, bounty);
    }
}
