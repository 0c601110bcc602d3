using CsCheck;

namespace Gaib.Domain.Tests.Primitives;

/// <summary>The manifest's tree: its exact bytes, and that a proof shows one leaf at one place only.</summary>
public sealed class MerkleTreeTests
{
    private static readonly Gen<Hash32> Word = Gen.Byte.Array[32].Select(bytes => new Hash32(bytes));

    private static readonly Gen<(Hash32[] Leaves, int Index)> Place =
        from leaves in Word.ArrayUnique[1, 40]
        from index in Gen.Int[0, leaves.Length - 1]
        select (leaves, index);

    private static long Size => Environment.GetEnvironmentVariable("GAIB_NIGHTLY") == "1" ? 200_000 : 2_000;

    [Fact]
    public void Leaf_AnyChunk_HashesThePreimageOfTheDesign() => Gen.Select(Gen.ULong, Word, Gen.Byte.Array[0, 300]).Sample(
        (index, salt, bytes) =>
        {
            byte[] preimage =
            [
                0x00, .. BitConverter.GetBytes(index).Reverse(), .. BitConverter.GetBytes((ulong)bytes.Length).Reverse(), .. salt.ToArray(), .. bytes,
            ];
            Assert.Equal(Keccak.Hash(preimage), MerkleTree.Leaf(index, salt, bytes));
        },
        iter: 200);

    [Fact]
    public void Root_UpToSevenLeaves_HasTheShapeOfTheDesign()
    {
        var l = Enumerable.Range(0, 7).Select(i => MerkleTree.Leaf((ulong)i, Hash32.Zero, [(byte)i])).ToArray();
        static Hash32 N(Hash32 left, Hash32 right) => Keccak.Hash([0x01, .. left.ToArray(), .. right.ToArray()]);

        Assert.Equal(Hash32.Zero, MerkleTree.Root([]));
        Assert.Equal(l[0], MerkleTree.Root(l.AsSpan(0, 1)));
        Assert.Equal(N(l[0], l[1]), MerkleTree.Root(l.AsSpan(0, 2)));
        Assert.Equal(N(N(l[0], l[1]), l[2]), MerkleTree.Root(l.AsSpan(0, 3)));
        Assert.Equal(N(N(N(l[0], l[1]), N(l[2], l[3])), l[4]), MerkleTree.Root(l.AsSpan(0, 5)));
        Assert.Equal(N(N(N(l[0], l[1]), N(l[2], l[3])), N(N(l[4], l[5]), l[6])), MerkleTree.Root(l));
    }

    [Fact]
    public void Verify_EveryLeafOfEveryTree_Holds()
    {
        var leaves = Enumerable.Range(0, 70).Select(i => MerkleTree.Leaf((ulong)i, Hash32.Zero, [])).ToArray();
        for (var count = 1; count <= leaves.Length; count++)
        {
            var root = MerkleTree.Root(leaves.AsSpan(0, count));
            for (var index = 0; index < count; index++)
            {
                var proof = MerkleTree.Proof(leaves.AsSpan(0, count), index);
                Assert.True(MerkleTree.Verify(root, (ulong)count, (ulong)index, leaves[index], proof.AsSpan()));
            }
        }
    }

    [Fact]
    public void Verify_ChangedLeafRootOrIndex_Fails()
    {
        var promoted = 0;
        Gen.Select(Place, Gen.Int[0, 255]).Sample(
            (place, bit) =>
            {
                var (leaves, index) = place;
                var (root, count, proof) = (MerkleTree.Root(leaves), (ulong)leaves.Length, MerkleTree.Proof(leaves, index));
                Assert.False(MerkleTree.Verify(root, count, (ulong)index, Flip(leaves[index], bit), proof.AsSpan()));
                Assert.False(MerkleTree.Verify(Flip(root, bit), count, (ulong)index, leaves[index], proof.AsSpan()));
                for (var other = 0UL; other < count + 3; other++)
                {
                    Assert.Equal(other == (ulong)index, MerkleTree.Verify(root, count, other, leaves[index], proof.AsSpan()));
                }

                Interlocked.Add(ref promoted, Path(count, (ulong)index).Contains('-', StringComparison.Ordinal) ? 1 : 0);
            },
            iter: Size);
        Assert.True(promoted > Size / 20, $"Only {promoted} leaves lay under a promoted node.");
    }

    [Fact]
    public void Verify_ChangedProof_Fails() => Gen.Select(Place, Gen.Int[0, 255], Word).Sample(
        (place, bit, extra) =>
        {
            var (leaves, index) = place;
            var (root, proof) = (MerkleTree.Root(leaves), MerkleTree.Proof(leaves, index).ToArray());
            bool Holds(ReadOnlySpan<Hash32> changed) => MerkleTree.Verify(root, (ulong)leaves.Length, (ulong)index, leaves[index], changed);
            Assert.True(Holds(proof));
            Assert.False(Holds([.. proof, extra]));
            for (var i = 0; i < proof.Length; i++)
            {
                Assert.False(Holds([.. proof[..i], Flip(proof[i], bit), .. proof[(i + 1)..]]));
                Assert.False(Holds([.. proof[..i], .. proof[(i + 1)..]]));
                Assert.False(i > 0 && Holds([.. proof[..(i - 1)], proof[i], proof[i - 1], .. proof[(i + 1)..]]));
            }
        },
        iter: Size);

    [Fact]
    public void Verify_ChangedCount_HoldsOnlyWhereThePathIsTheSame()
    {
        // The root does not bind the count (the signed manifest does), so this is all that a proof can show.
        var (noticed, same) = (0, 0);
        Place.Sample(
            place =>
            {
                var (leaves, index) = place;
                var (root, proof) = (MerkleTree.Root(leaves), MerkleTree.Proof(leaves, index));
                for (var count = 0UL; count < 90; count++)
                {
                    var expected = count > (ulong)index && Steps(count, (ulong)index) == Steps((ulong)leaves.Length, (ulong)index);
                    Assert.Equal(expected, MerkleTree.Verify(root, count, (ulong)index, leaves[index], proof.AsSpan()));
                    Interlocked.Add(ref noticed, expected ? 0 : 1);
                    Interlocked.Add(ref same, expected && count != (ulong)leaves.Length ? 1 : 0);
                }
            },
            iter: Size / 10);
        Assert.True(noticed > same && same > 0, $"{noticed} counts noticed, {same} not");
    }

    [Fact]
    public void Verify_NodePassedOffAsLeaf_Fails()
    {
        var leaves = Enumerable.Range(0, 4).Select(i => MerkleTree.Leaf((ulong)i, Hash32.Zero, [(byte)i])).ToArray();
        var (left, right) = (MerkleTree.Node(leaves[0], leaves[1]), MerkleTree.Node(leaves[2], leaves[3]));
        var root = MerkleTree.Root(leaves);

        // A tree of two would hold with the inner nodes as leaves; only a chunk whose leaf hash is such a node could show it.
        Assert.True(MerkleTree.Verify(root, 2, 0, left, [right]));
        byte[] chunk = [.. leaves[0].ToArray(), .. leaves[1].ToArray()];
        Assert.NotEqual(left, MerkleTree.Leaf(0, Hash32.Zero, chunk));
        Assert.False(MerkleTree.Verify(root, 4, 0, left, [right]));
    }

    [Fact]
    public void Verify_LargestCount_DoesNotOverflow()
    {
        var proof = new Hash32[64];
        var root = Enumerable.Range(0, 64).Aggregate(Hash32.Zero, (node, _) => MerkleTree.Node(node, Hash32.Zero));
        Assert.True(MerkleTree.Verify(root, ulong.MaxValue, 0, Hash32.Zero, proof));
        Assert.False(MerkleTree.Verify(root, ulong.MaxValue, ulong.MaxValue, Hash32.Zero, proof));
    }

    [Fact]
    public void Proof_IndexOutside_Throws()
    {
        var leaves = new Hash32[3];
        Assert.Throws<ArgumentOutOfRangeException>(() => MerkleTree.Proof(leaves, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => MerkleTree.Proof(leaves, -1));
    }

    private static string Steps(ulong count, ulong index) => Path(count, index).Replace("-", "", StringComparison.Ordinal);

    // How a leaf comes to the root: the side of the sibling on each level, or - where the node is promoted.
    private static string Path(ulong count, ulong index)
    {
        var path = "";
        for (; count > 1; count = (count + 1) / 2, index /= 2)
        {
            path += index % 2 == 1 ? "L" : index + 1 < count ? "R" : "-";
        }

        return path;
    }

    private static Hash32 Flip(Hash32 word, int bit)
    {
        var bytes = word.ToArray();
        bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        return new Hash32(bytes);
    }
}
