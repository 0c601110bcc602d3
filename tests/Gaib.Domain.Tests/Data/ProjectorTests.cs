using CsCheck;
using Gaib.Domain.Data;

namespace Gaib.Domain.Tests.Data;

public sealed class ProjectorTests
{
    [Fact]
    public void Embed_Digits_KeepsEverySquaredDistanceTimes225()
    {
        var projector = new Projector(DataShape.Digits);
        var samples = DigitsFile.Samples;
        Gen.Select(Gen.Int[0, samples.Length - 1], Gen.Int[0, samples.Length - 1]).Sample((i, j) =>
        {
            var (a, b) = (samples[i].Features, samples[j].Features);
            var (p, q) = (projector.Embed(a.AsSpan()), projector.Embed(b.AsSpan()));
            Assert.Equal(225 * Squared(a.Select(x => (int)x), b.Select(x => (int)x)), Squared(p.Select(x => (int)x), q.Select(x => (int)x)));
        });
    }

    // Written out a second time from the documentation, for shapes on both sides of 64 features.
    [Fact]
    public void Embed_AnyShape_FollowsTheDocumentedRule()
    {
        var clamped = 0;
        var wide = 0;
        Gen.Select(Gen.Int[1, 448], Gen.Int[1, 255], Gen.Int[0, 1000]).Sample(
            (features, max, seed) =>
            {
                var signs = new KeccakStream(Keccak.HashUtf8("gaib.embedder.1"));
                var words = Enumerable.Range(0, 7).Select(_ => signs.NextUInt64()).ToArray();
                var stream = KeccakStream.For(Hash32.Zero, $"{seed}");
                bool Positive(int j) => (words[j / 64] >> (j % 64) & 1) == 1;

                // Half of the samples push every lane as far up as it goes, so that wide ones clamp.
                var values = Enumerable.Range(0, features)
                    .Select(j => (byte)(seed % 2 == 0 ? stream.Next(max + 1) : Positive(j) ? max : 0)).ToArray();
                var middle = (max + 1) / 2;
                var sums = new long[64];
                for (var j = 0; j < features; j++)
                {
                    sums[j % 64] += Positive(j) ? values[j] - middle : middle - values[j];
                }

                var perLane = (features + 63) / 64;
                var root = (int)Math.Ceiling(Math.Sqrt(perLane));
                var expected = sums.Select(y => perLane == 1 ? y * Math.Max(1, 127 / middle) : y * 127 / (2 * root * middle)).ToArray();
                clamped += expected.Any(y => Math.Abs(y) > 127) ? 1 : 0;
                wide += perLane > 1 ? 1 : 0;
                var actual = new Projector(new DataShape(features, (byte)max, 2)).Embed(values);
                Assert.Equal(expected.Select(y => (sbyte)Math.Clamp(y, -127, 127)), actual);
            },
            iter: 300, threads: 1);
        Assert.True(clamped > 0);
        Assert.True(wide > 20);
    }

    [Fact]
    public void Embed_FirstDigit_IsPinned()
    {
        // Pins signs and scale for every other implementation.
        var embedding = new Projector(DataShape.Digits).Embed(DigitsFile.Samples[0].Features.AsSpan());
        Assert.Equal("0x09ed8ad9198dd5caaacfcc43bfa1bc864ce3571f44ef3d8af1e79db4c1814d59", Keccak.Hash(System.Runtime.InteropServices.MemoryMarshal.AsBytes(embedding.AsSpan())).ToString());
    }

    [Fact]
    public void Embed_WrongLength_Throws()
    {
        var projector = new Projector(DataShape.Digits);
        Assert.Throws<ArgumentException>(() => projector.Embed(new byte[63]));
        Assert.Throws<ArgumentException>(() => projector.Embed(new byte[64], new sbyte[63]));
    }

    private static long Squared(IEnumerable<int> left, IEnumerable<int> right) => left.Zip(right, (x, y) => (long)(x - y) * (x - y)).Sum();
}
