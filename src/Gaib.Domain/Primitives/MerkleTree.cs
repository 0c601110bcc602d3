using System.Buffers.Binary;
using System.Collections.Immutable;

namespace Gaib.Domain;

/// <summary>
/// The tree under a manifest: leaves <c>H(0x00 ‖ index ‖ length ‖ salt ‖ bytes)</c>, nodes <c>H(0x01 ‖ left ‖ right)</c>, an odd node
/// at the end of a level promoted unchanged. H is keccak256, index and length are uint64 big-endian, the salt is 32 bytes. The two
/// prefixes keep a node from being passed off as a leaf (RFC 6962, section 2.1).
/// </summary>
public static class MerkleTree
{
    private const byte LeafPrefix = 0x00;
    private const byte NodePrefix = 0x01;

    /// <summary>The leaf of one chunk.</summary>
    /// <param name="index">Position of the chunk in its manifest, from 0.</param>
    /// <param name="salt">A secret of the owner that keeps a low-entropy chunk from being guessed from its leaf.</param>
    /// <param name="bytes">The chunk; its length is hashed too.</param>
    public static Hash32 Leaf(ulong index, Hash32 salt, ReadOnlySpan<byte> bytes)
    {
        var preimage = new byte[1 + 8 + 8 + Hash32.Size + bytes.Length];
        preimage[0] = LeafPrefix;
        BinaryPrimitives.WriteUInt64BigEndian(preimage.AsSpan(1), index);
        BinaryPrimitives.WriteUInt64BigEndian(preimage.AsSpan(9), (ulong)bytes.Length);
        salt.CopyTo(preimage.AsSpan(17));
        bytes.CopyTo(preimage.AsSpan(17 + Hash32.Size));
        return Keccak.Hash(preimage);
    }

    /// <summary>The node over two others.</summary>
    public static Hash32 Node(Hash32 left, Hash32 right)
    {
        Span<byte> preimage = stackalloc byte[1 + (2 * Hash32.Size)];
        preimage[0] = NodePrefix;
        left.CopyTo(preimage[1..]);
        right.CopyTo(preimage[(1 + Hash32.Size)..]);
        return Keccak.Hash(preimage);
    }

    /// <summary>The root over leaves in order; <see cref="Hash32.Zero"/> when there is none.</summary>
    public static Hash32 Root(ReadOnlySpan<Hash32> leaves)
    {
        var level = leaves.ToArray();
        for (var count = level.Length; count > 1; count = (count + 1) / 2)
        {
            Fold(level, count);
        }

        return level.Length == 0 ? Hash32.Zero : level[0];
    }

    /// <summary>The siblings from a leaf up to the root; a level on which the node is promoted adds none.</summary>
    /// <param name="leaves">All leaves in order.</param>
    /// <param name="index">The leaf to prove.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no leaf with this index.</exception>
    public static ImmutableArray<Hash32> Proof(ReadOnlySpan<Hash32> leaves, int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, leaves.Length);
        var proof = ImmutableArray.CreateBuilder<Hash32>();
        var level = leaves.ToArray();
        for (var count = level.Length; count > 1; count = (count + 1) / 2, index /= 2)
        {
            if ((index ^ 1) < count)
            {
                proof.Add(level[index ^ 1]);
            }

            Fold(level, count);
        }

        return proof.ToImmutable();
    }

    /// <summary>
    /// Whether a leaf stands at an index under a root. The root itself does not bind the number of leaves: take
    /// <paramref name="count"/> from the signed manifest. Another count is noticed only where the leaf's path would differ.
    /// </summary>
    /// <param name="root">The committed root.</param>
    /// <param name="count">Number of leaves that the manifest states.</param>
    /// <param name="index">Position of the leaf, from 0.</param>
    /// <param name="leaf">The leaf, recomputed by <see cref="Leaf"/> from the chunk that was shown.</param>
    /// <param name="proof">The siblings that <see cref="Proof"/> gives.</param>
    public static bool Verify(Hash32 root, ulong count, ulong index, Hash32 leaf, ReadOnlySpan<Hash32> proof)
    {
        if (index >= count)
        {
            return false;
        }

        // (last + 1) / 2 nodes remain above a level of last + 1 nodes, so the last index halves; a count of 2^64 - 1 can't overflow.
        var node = leaf;
        var used = 0;
        for (var last = count - 1; last > 0; last /= 2, index /= 2)
        {
            if ((index ^ 1) > last)
            {
                continue;
            }

            if (used == proof.Length)
            {
                return false;
            }

            node = (index & 1) == 0 ? Node(node, proof[used]) : Node(proof[used], node);
            used++;
        }

        return used == proof.Length && node == root;
    }

    // Replaces the first count entries by the level above them.
    private static void Fold(Hash32[] level, int count)
    {
        for (var i = 0; i < count / 2; i++)
        {
            level[i] = Node(level[2 * i], level[(2 * i) + 1]);
        }

        if (count % 2 == 1)
        {
            level[count / 2] = level[count - 1];
        }
    }
}
