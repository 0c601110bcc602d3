using CsCheck;

namespace Gaib.Domain.Tests.Primitives;

public sealed class KeccakStreamTests
{
    [Fact]
    public void NextUInt64_FirstEight_AreTwoBlocksBigEndian()
    {
        var seed = Keccak.HashUtf8("seed");
        var stream = new KeccakStream(seed);
        var expected = Block(seed, 0).Concat(Block(seed, 1)).ToArray();
        Assert.Equal(expected, Enumerable.Range(0, 8).Select(_ => stream.NextUInt64()).ToArray());
    }

    [Fact]
    public void Next_BoundAboveHalfOfTheRange_DrawsAgainInsteadOfFolding()
    {
        // With this bound a quarter of all words is refused; folding them would make the low quarter twice as likely.
        const ulong bound = 3UL << 62;
        var words = new KeccakStream(Hash32.Zero);
        var drawn = new KeccakStream(Hash32.Zero);
        var refused = 0;
        for (var i = 0; i < 1000; i++)
        {
            ulong word;
            while ((word = words.NextUInt64()) >= bound)
            {
                refused++;
            }

            Assert.Equal(word, drawn.Next(bound));
        }

        Assert.InRange(refused, 250, 450);
    }

    [Theory]
    [InlineData(1UL, 0UL)]
    [InlineData(1UL << 63, 0xBAUL)]
    public void Next_PowerOfTwo_NeverRefuses(ulong bound, ulong purpose)
    {
        var seed = KeccakStream.For(Hash32.Zero, $"{purpose}").NextUInt64();
        Assert.NotEqual(0UL, seed);
        var words = new KeccakStream(Hash32.Zero);
        var drawn = new KeccakStream(Hash32.Zero);
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(words.NextUInt64() % bound, drawn.Next(bound));
        }
    }

    [Fact]
    public void Next_SmallBound_IsUniform()
    {
        var stream = KeccakStream.For(Hash32.Zero, "uniform");
        var counts = new int[6];
        for (var i = 0; i < 60_000; i++)
        {
            counts[stream.Next(counts.Length)]++;
        }

        // Six standard deviations of a binomial count, 91 each.
        Assert.All(counts, count => Assert.InRange(count, 10_000 - 546, 10_000 + 546));
    }

    [Fact]
    public void Shuffle_AnyLength_IsAPermutationAndRepeats() =>
        Gen.Int[0, 50].Sample(length =>
        {
            var once = Enumerable.Range(0, length).ToArray();
            var again = once.ToArray();
            KeccakStream.For(Hash32.Zero, "shuffle").Shuffle<int>(once);
            KeccakStream.For(Hash32.Zero, "shuffle").Shuffle<int>(again);
            Assert.Equal(once, again);
            Assert.Equal(Enumerable.Range(0, length), once.Order());
        });

    [Fact]
    public void Shuffle_ThreeItems_GivesEveryOrderEquallyOften()
    {
        var stream = KeccakStream.For(Hash32.Zero, "orders");
        var counts = new Dictionary<string, int>();
        for (var i = 0; i < 6000; i++)
        {
            var items = "abc".ToCharArray();
            stream.Shuffle<char>(items);
            var order = new string(items);
            counts[order] = counts.GetValueOrDefault(order) + 1;
        }

        Assert.Equal(6, counts.Count);
        Assert.All(counts.Values, count => Assert.InRange(count, 827, 1173));
    }

    private static IEnumerable<ulong> Block(Hash32 seed, byte counter)
    {
        var block = Keccak.Hash([.. seed.ToArray(), 0, 0, 0, 0, 0, 0, 0, counter]).ToArray();
        return Enumerable.Range(0, 4).Select(i => System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(block.AsSpan(8 * i)));
    }
}
