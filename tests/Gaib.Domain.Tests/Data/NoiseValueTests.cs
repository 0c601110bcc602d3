using Gaib.Domain.Data;

namespace Gaib.Domain.Tests.Data;

/// <summary>What images without content are worth beside honest ones, by Shapley value and by door value.</summary>
public sealed class NoiseValueTests(ITestOutputHelper output)
{
    [Fact]
    public void DoorValue_OfNoise_IsAboutZeroThoughItsShapleyValueIsNot()
    {
        var parts = DigitsFile.Seeds(small: 3, large: 20).Select(Run).ToArray();
        foreach (var (name, index) in new[] { ("uniform, Shapley", 0), ("uniform, door", 1), ("shuffled, Shapley", 2), ("shuffled, door", 3) })
        {
            var sorted = parts.Select(part => part[index]).Order().ToArray();
            output.WriteLine($"{name,-18}: least {sorted[0],7:P2} median {sorted[sorted.Length / 2],7:P2} most {sorted[^1],7:P2} of an honest sample's");
        }

        Assert.All(parts, part =>
        {
            Assert.InRange(part[0], .01, .2);
            Assert.InRange(part[1], 0, .001);
            Assert.InRange(part[3], 0, .03);
        });
    }

    // Mean over the samples that count, as a part of the honest mean; of door values only positive ones, which are what earns.
    private static double[] Run(Hash32 seed)
    {
        var split = HeldBackSplit.Split(DigitsFile.Samples, new HeldBackSizes(400, 0, 0), seed).Value;
        var stream = KeccakStream.For(seed, "noise");
        var own = split.Rest.Select(source => DigitsFile.Samples[source]).ToArray();
        var result = Valuation.Run(Scenario.Input(
            [
                new("honest", [.. own[..1000]]),
                new("uniform", [.. own[1000..1100].Select(_ => Noise.Uniform(stream))]),
                new("shuffled", [.. own[1100..1200].Select(sample => Noise.Pixels(sample, stream))]),
            ],
            split.Door,
            price: 0,
            budget: 0)).Value;
        var honest = result.Chunks[..1000];
        double Part(int from, Func<ChunkValuation, double> value) => result.Chunks[from..(from + 100)].Average(value) / honest.Average(value);
        return
        [
            Part(1000, chunk => chunk.Value),
            Part(1000, chunk => Math.Max(0, chunk.DoorValue)),
            Part(1100, chunk => chunk.Value),
            Part(1100, chunk => Math.Max(0, chunk.DoorValue)),
        ];
    }
}
