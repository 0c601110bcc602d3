using Gaib.Domain.Data;

namespace Gaib.Domain.Tests.Data;

/// <summary>How well a low value finds the wrong labels among the digits, 10 % of them wrong.</summary>
public sealed class MislabelDetectionTests(ITestOutputHelper output)
{
    private static readonly HeldBackSizes Sizes = new(400, 0, 0);

    [Fact]
    public void Values_TenPercentWrongLabels_RankThemLowest()
    {
        var seeds = DigitsFile.Seeds(small: 3, large: 20).ToArray();
        var areas = seeds.Select(seed => Area(seed)).Order().ToArray();
        var median = (areas[(areas.Length - 1) / 2] + areas[areas.Length / 2]) / 2;
        output.WriteLine($"AUC over {areas.Length} seeds: worst {areas[0]:F4}, median {median:F4}, best {areas[^1]:F4}");
        output.WriteLine(string.Join(' ', areas.Select(area => area.ToString("F4", null))));
        Assert.True(median >= .995);
        Assert.True(areas[0] >= .990);
    }

    // Area under the ROC curve: the chance that a wrong label has a lower value than a right one, ties counting half.
    private static double Area(Hash32 seed)
    {
        var split = HeldBackSplit.Split(DigitsFile.Samples, Sizes, seed).Value;
        var stream = KeccakStream.For(seed, "labels");
        var wrong = split.Rest.Select(_ => stream.Next(10) == 0).ToArray();
        var samples = split.Rest.Select((source, i) => wrong[i]
            ? Noise.Mislabel(DigitsFile.Samples[source], stream)
            : DigitsFile.Samples[source]);
        var result = Valuation.Run(Scenario.Input([new Scenario.Brought("all", [.. samples])], split.Door, price: 0, budget: 0)).Value;
        var low = result.Chunks.Where((_, i) => wrong[i]).Select(chunk => chunk.Value).ToArray();
        var high = result.Chunks.Where((_, i) => !wrong[i]).Select(chunk => chunk.Value).ToArray();
        return low.Sum(a => high.Sum(b => a < b ? 1.0 : a == b ? .5 : 0)) / low.Length / high.Length;
    }
}
