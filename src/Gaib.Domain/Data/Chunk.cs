using System.Collections.Immutable;

namespace Gaib.Domain.Data;

/// <summary>One chunk of a contribution: what its leaf is made of.</summary>
/// <param name="Index">Position in the contribution, from 0 without gaps.</param>
/// <param name="Salt">32 bytes that the contributor drew, so that nobody finds a sample by hashing guesses.</param>
/// <param name="Bytes">The canonical bytes of one sample, label included (<see cref="SampleCodec"/>).</param>
[GenerateSerializer, Immutable]
public sealed record Chunk(
    [property: Id(0)] ulong Index,
    [property: Id(1)] Hash32 Salt,
    [property: Id(2)] ImmutableArray<byte> Bytes)
{
    /// <summary>Version of the leaf.</summary>
    public const int LeafVersion = 1;

    /// <summary>
    /// The Merkle leaf of a chunk: <c>keccak256(0x00 ‖ uint64_be(index) ‖ uint64_be(len) ‖ salt ‖ bytes)</c> with len the length of
    /// bytes. The leading 0x00 keeps leaves apart from inner nodes, which start with 0x01.
    /// </summary>
    public static Hash32 Leaf(ulong index, Hash32 salt, ReadOnlySpan<byte> bytes) => MerkleTree.Leaf(index, salt, bytes);

    /// <summary>This chunk's leaf.</summary>
    public Hash32 Leaf() => Leaf(Index, Salt, Bytes.AsSpan());
}
