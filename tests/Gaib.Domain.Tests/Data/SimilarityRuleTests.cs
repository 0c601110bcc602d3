using CsCheck;
using Gaib.Domain.Data;

namespace Gaib.Domain.Tests.Data;

/// <summary>The similarity rule and the figures by which its numbers were chosen.</summary>
public sealed class SimilarityRuleTests(ITestOutputHelper output)
{
    private static readonly Hash32 Seed = Keccak.HashUtf8("similarity");

    [Fact]
    public void Distance_AnyPair_EqualsTheCountWrittenOut()
    {
        var near = 0;
        Gen.Select(Gen.Int[0, 100], Gen.Int[0, 20], Gen.Int[0, 40]).SelectMany((length, tolerance, outliers) =>
            Gen.Select(Gen.Byte.Array[length], Gen.Int[-30, 30].Array[length], Gen.Const((tolerance, outliers)))).Sample(
            (left, change, numbers) =>
            {
                var right = left.Zip(change, (x, d) => (byte)Math.Clamp(x + d, 0, 255)).ToArray();
                var rule = new SimilarityRule((byte)numbers.tolerance, numbers.outliers);
                var expected = left.Zip(right).Count(pair => Math.Abs(pair.First - pair.Second) > numbers.tolerance);
                var actual = rule.Distance(left, right);
                Assert.Equal(actual, rule.Distance(right, left));
                Assert.Equal(expected <= numbers.outliers, rule.Near(left, right));
                Assert.Equal(Math.Min(expected, numbers.outliers + 1), Math.Min(actual, numbers.outliers + 1));
                near += expected > 0 && expected <= numbers.outliers ? 1 : 0;
            },
            threads: 1);
        Assert.True(near > 5);
    }

    [Fact]
    public void Distance_ExtremesOfAByte_DoNotWrap()
    {
        var rule = new SimilarityRule(254, 0);
        Assert.Equal(1, rule.Distance([0], [255]));
        Assert.Equal(0, rule.Distance([1], [255]));
        Assert.Equal(32, new SimilarityRule(2, 64).Distance(new byte[32], [.. Enumerable.Repeat((byte)255, 32)]));
    }

    [Fact]
    public void Distance_OtherLength_Throws() => Assert.Throws<ArgumentException>(() => SimilarityRule.Digits.Distance([1], [1, 2]));

    [Theory]
    [InlineData(1, 1.0, 1.0)]
    [InlineData(2, 1.0, 1.0)]
    [InlineData(3, 0.0, 0.05)]
    public void Digits_GreyNoise_IsCaughtAsDocumented(int amplitude, double least, double most)
    {
        var stream = KeccakStream.For(Seed, $"noise {amplitude}");
        var caught = DigitsFile.Samples.Count(sample => Near(sample, Noise.Grey(sample, amplitude, stream)));
        var rate = (double)caught / DigitsFile.Samples.Length;
        output.WriteLine($"noise ±{amplitude}: {caught} of {DigitsFile.Samples.Length} copies caught ({rate:P2})");
        Assert.InRange(rate, least, most);
    }

    [Fact]
    public void Digits_GreyNoiseAndTwoPixelsAtWill_IsCaught()
    {
        var stream = KeccakStream.For(Seed, "pixels");
        Assert.All(DigitsFile.Samples, sample =>
        {
            var features = Noise.Grey(sample, 2, stream).Features.ToArray();
            features[stream.Next(64)] = 16;
            features[stream.Next(64)] = 0;
            Assert.True(Near(sample, new Sample([.. features], sample.Label)));
        });
    }

    [Fact]
    public void Digits_DifferentSamples_AreHardlyEverMerged()
    {
        var samples = DigitsFile.Samples;
        var shifted = samples.Count(sample => Near(sample, Noise.Shift(sample)));
        output.WriteLine($"shift by one pixel: {shifted} of {samples.Length} caught");
        foreach (var (tolerance, outliers) in new[] { (2, 2), (1, 2), (2, 0), (2, 3), (2, 4), (3, 0), (3, 2) })
        {
            var rule = new SimilarityRule((byte)tolerance, outliers);
            var clusters = CopyClusters.Find(samples.AsSpan(), rule);
            var pairs = 0;
            for (var i = 0; i < samples.Length; i++)
            {
                for (var j = 0; j < i; j++)
                {
                    pairs += rule.Near(samples[i].Features.AsSpan(), samples[j].Features.AsSpan()) ? 1 : 0;
                }
            }

            var lost = samples.Length - clusters.Canonical.Distinct().Count();
            output.WriteLine($"tolerance {tolerance}, outliers {outliers}: {pairs} of 1613706 pairs near, {lost} honest samples lost");
            if (rule == SimilarityRule.Digits)
            {
                Assert.Equal((1, 1), (pairs, lost));
            }
        }
    }

    private static bool Near(Sample left, Sample right) => SimilarityRule.Digits.Near(left.Features.AsSpan(), right.Features.AsSpan());
}
