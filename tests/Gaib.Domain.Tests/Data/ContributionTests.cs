using System.Collections.Immutable;
using CsCheck;
using Gaib.Domain.Data;

namespace Gaib.Domain.Tests.Data;

public sealed class ContributionTests
{
    private static readonly DataShape Shape = new(2, 16, 10);
    private static readonly Hash32 Salt = Keccak.HashUtf8("salt");

    [Fact]
    public void Leaf_OfAChunk_HashesTheDocumentedPreimage()
    {
        byte[] expected =
        [
            0x00,
            0, 0, 0, 0, 0, 0, 1, 2,
            0, 0, 0, 0, 0, 0, 0, 3,
            .. Salt.ToArray(),
            10, 11, 12,
        ];
        Assert.Equal(Keccak.Hash(expected), Chunk.Leaf(258, Salt, [10, 11, 12]));
        Assert.Equal(Keccak.Hash(expected), new Chunk(258, Salt, [10, 11, 12]).Leaf());
    }

    [Fact]
    public void Leaf_AnyFieldChanged_Changes() =>
        Gen.Select(Gen.ULong, Gen.Byte.Array[1, 80], Gen.Int[0, 79]).Sample((index, bytes, at) =>
        {
            var leaf = Chunk.Leaf(index, Salt, bytes);
            var changed = bytes.ToArray();
            changed[at % bytes.Length] ^= 1;
            Assert.NotEqual(leaf, Chunk.Leaf(index ^ 1, Salt, bytes));
            Assert.NotEqual(leaf, Chunk.Leaf(index, Keccak.HashUtf8("pepper"), bytes));
            Assert.NotEqual(leaf, Chunk.Leaf(index, Salt, changed));
            Assert.NotEqual(leaf, Chunk.Leaf(index, Salt, [.. bytes, 0]));
        });

    [Fact]
    public void Read_CanonicalChunks_GivesSamplesLeavesAndBytes()
    {
        ImmutableArray<Sample> samples = [new([1, 2], 3), new([4, 5], 6)];
        ImmutableArray<Chunk> chunks = [.. samples.Select((sample, i) => new Chunk((ulong)i, Salt, SampleCodec.Encode(sample)))];
        var read = Contribution.Read(chunks, Shape).Value;
        Assert.Equal(samples, read.Samples);
        Assert.Equal([chunks[0].Leaf(), chunks[1].Leaf()], read.Leaves);
        Assert.Equal(18UL, read.Bytes);
    }

    [Fact]
    public void Read_NoChunks_IsEmpty() => Assert.Equal(Reason.ContributionEmpty, Contribution.Read([], Shape).Rejection?.Reason);

    [Fact]
    public void Read_GapInTheIndices_IsAMismatch()
    {
        var bytes = SampleCodec.Encode(new Sample([1, 2], 3));
        var rejection = Contribution.Read([new Chunk(0, Salt, bytes), new Chunk(2, Salt, bytes)], Shape).Rejection;
        Assert.Equal(new Rejection(Reason.LeafMismatch, 1, 2, "index"), rejection);
    }

    [Fact]
    public void Read_SampleOutOfRange_NamesChunkAndFeature()
    {
        var rejection = Contribution.Read([new Chunk(0, Salt, SampleCodec.Encode(new Sample([1, 17], 3)))], Shape).Rejection;
        Assert.Equal(new Rejection(Reason.SampleInvalid, 16, 17, "chunk 0 feature 1"), rejection);
    }
}
