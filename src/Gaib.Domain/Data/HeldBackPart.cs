using System.Collections.Immutable;

namespace Gaib.Domain.Data;

/// <summary>What a held-back part judges.</summary>
public enum HeldBackKind
{
    /// <summary>Values contributions at the door.</summary>
    Door = 1,

    /// <summary>Judges the rounds of training, a slice a round.</summary>
    Round = 2,

    /// <summary>Measures the finished model.</summary>
    Test = 3,
}

/// <summary>One of the three disjoint held-back parts, committed by its leaves before any contribution.</summary>
/// <param name="Kind">Which part.</param>
/// <param name="Sources">Positions of the samples in the list that was split.</param>
/// <param name="Samples">The samples, in the part's order.</param>
/// <param name="Salts">One salt a sample.</param>
[GenerateSerializer, Immutable]
public sealed record HeldBackPart(
    [property: Id(0)] HeldBackKind Kind,
    [property: Id(1)] ImmutableArray<int> Sources,
    [property: Id(2)] ImmutableArray<Sample> Samples,
    [property: Id(3)] ImmutableArray<Hash32> Salts)
{
    /// <summary>The chunks of the part: sample i is chunk i.</summary>
    public ImmutableArray<Chunk> Chunks() =>
        [.. Samples.Select((sample, i) => new Chunk((ulong)i, Salts[i], SampleCodec.Encode(sample)))];

    /// <summary>The leaves whose Merkle root is the part's commitment.</summary>
    public ImmutableArray<Hash32> Leaves() => [.. Chunks().Select(chunk => chunk.Leaf())];
}
