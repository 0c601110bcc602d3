using CsCheck;
using Gaib.Domain.Data;

namespace Gaib.Domain.Tests.Data;

public sealed class HeldBackSplitTests
{
    private static readonly Hash32 Seed = Keccak.HashUtf8("split");

    [Fact]
    public void Split_AnySizes_ArePartsDisjointAndWhole() =>
        Gen.Select(Gen.Int[0, 60], Gen.Int[0, 60], Gen.Int[0, 60], Gen.Int[0, 60]).Sample((door, round, test, rest) =>
        {
            var samples = DigitsFile.Samples[..(door + round + test + rest)];
            var split = HeldBackSplit.Split(samples, new HeldBackSizes(door, round, test), Seed).Value;
            Assert.Equal(
                (door, round, test, rest),
                (split.Door.Samples.Length, split.Round.Samples.Length, split.Test.Samples.Length, split.Rest.Length));
            Assert.Equal(
                Enumerable.Range(0, samples.Length),
                split.Door.Sources.Concat(split.Round.Sources).Concat(split.Test.Sources).Concat(split.Rest).Order());
            foreach (var part in new[] { split.Door, split.Round, split.Test })
            {
                Assert.Equal(part.Sources.Select(source => samples[source]), part.Samples);
            }
        });

    [Fact]
    public void Split_AnotherSeed_GivesOtherPartsAndSalts()
    {
        var one = HeldBackSplit.Split(DigitsFile.Samples, new HeldBackSizes(300, 200, 300), Seed).Value;
        var same = HeldBackSplit.Split(DigitsFile.Samples, new HeldBackSizes(300, 200, 300), Seed).Value;
        var other = HeldBackSplit.Split(DigitsFile.Samples, new HeldBackSizes(300, 200, 300), Keccak.HashUtf8("other")).Value;
        Assert.Equal(one.Door.Leaves(), same.Door.Leaves());
        Assert.Empty(one.Door.Leaves().Intersect(other.Door.Leaves()));
        Assert.Equal(800, one.Door.Salts.Concat(one.Round.Salts).Concat(one.Test.Salts).Distinct().Count());
    }

    [Theory]
    [InlineData(-1, 0, 0)]
    [InlineData(4, 4, 3)]
    [InlineData(int.MaxValue, int.MaxValue, 2)]
    public void Split_SizesOutOfRange_AreRefused(int door, int round, int test) =>
        Assert.Equal(
            Reason.FieldOutOfRange,
            HeldBackSplit.Split(DigitsFile.Samples[..10], new HeldBackSizes(door, round, test), Seed).Rejection?.Reason);

    [Fact]
    public void Leaves_OfAPart_AreSaltedChunksOfItsSamples()
    {
        var part = HeldBackSplit.Split(DigitsFile.Samples, new HeldBackSizes(3, 2, 1), Seed).Value.Round;
        var salt = new AbiWriter(3).Hash(Seed).UInt(2).UInt(1).Hash();
        Assert.Equal(Chunk.Leaf(1, salt, SampleCodec.Encode(part.Samples[1]).AsSpan()), part.Leaves()[1]);
    }
}
