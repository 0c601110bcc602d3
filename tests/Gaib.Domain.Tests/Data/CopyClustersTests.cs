using CsCheck;
using Gaib.Domain.Data;

namespace Gaib.Domain.Tests.Data;

public sealed class CopyClustersTests(ITestOutputHelper output)
{
    private static readonly SimilarityRule Rule = new(2, 0);

    // Few features of few values, so that exact copies, near pairs and chains of them all come up.
    private static readonly Gen<Sample[]> Crowds =
        from width in Gen.Int[1, 3]
        from samples in Gen.Select(Gen.Byte[0, 40].Array[width], Gen.UShort[0, 3]).Array[0, 40]
        select samples.Select(s => new Sample([.. s.Item1], s.Item2)).ToArray();

    [Fact]
    public void Find_AnyCrowd_SendsEverySampleToTheEarliestThatItIsNear()
    {
        var (exact, chains) = (0, 0);
        Crowds.Sample(
            samples =>
            {
                var clusters = CopyClusters.Find(samples, Rule);
                Assert.Equal(WrittenOut(samples), clusters.Canonical);
                Assert.Equal(Enumerable.Range(0, samples.Length).Where(i => !clusters.IsCanonical(i)), clusters.Evidence.Select(pair => pair.Copy));
                foreach (var pair in clusters.Evidence)
                {
                    Assert.True(pair.Original < pair.Copy);
                    Assert.Equal(clusters.Canonical[pair.Original], clusters.Canonical[pair.Copy]);
                    Assert.True(Near(samples[pair.Original], samples[pair.Copy]));
                    var same = samples[pair.Original].Features.SequenceEqual(samples[pair.Copy].Features);
                    Assert.Equal(same ? CopyKind.Exact : CopyKind.Near, pair.Kind);
                    exact += same ? 1 : 0;
                    chains += Near(samples[clusters.Canonical[pair.Copy]], samples[pair.Copy]) ? 0 : 1;
                }
            },
            threads: 1, iter: 400);
        Assert.True(exact > 20);
        Assert.True(chains > 20);
    }

    [Fact]
    public void Find_MoreSamplesLater_ChangeNothingBefore() =>
        Gen.Select(Crowds, Gen.Int[0, 40]).Sample((samples, cut) =>
        {
            cut = Math.Min(cut, samples.Length);
            var all = CopyClusters.Find(samples, Rule);
            Assert.Equal(CopyClusters.Find(samples.AsSpan(0, cut), Rule).Canonical, all.Canonical[..cut]);
        });

    [Fact]
    public void Find_Chain_LeadsBackToTheOriginal()
    {
        var clusters = CopyClusters.Find([At(20), At(0), At(2), At(4), At(30)], Rule);
        Assert.Equal([0, 1, 1, 1, 4], clusters.Canonical);
        Assert.Equal(
            [new CopyEvidence(CopyKind.Near, 2, 1, 0), new CopyEvidence(CopyKind.Near, 3, 2, 0)],
            clusters.Evidence);
    }

    [Fact]
    public void Find_LaterSampleNearTwo_DoesNotJoinThem()
    {
        var clusters = CopyClusters.Find([At(0), At(4), At(2)], Rule);
        Assert.Equal([0, 1, 0], clusters.Canonical);
    }

    [Fact]
    public void Find_ManyNearCopiesOfTheDigits_LeavesTheDigits()
    {
        var rounds = DigitsFile.Nightly ? 10 : 2;
        var stream = KeccakStream.For(Hash32.Zero, "near copies");
        Sample[] samples =
        [
            .. DigitsFile.Samples,
            .. Enumerable.Range(0, rounds).SelectMany(_ => DigitsFile.Samples.Select(sample => Noise.Grey(sample, 1, stream))),
        ];
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var clusters = CopyClusters.Find(samples, SimilarityRule.Digits);
        output.WriteLine($"{samples.Length} samples: {clusters.Canonical.Distinct().Count()} clusters in {clock.Elapsed.TotalSeconds:F2} s");

        // One pair of the digits is near by itself; no copy joins any others.
        Assert.Equal(DigitsFile.Samples.Length - 1, clusters.Canonical.Distinct().Count());
        Assert.All(clusters.Canonical, canonical => Assert.InRange(canonical, 0, DigitsFile.Samples.Length - 1));
    }

    [Fact]
    public void Find_DifferentSamples_StayApart()
    {
        var stream = KeccakStream.For(Hash32.Zero, "different");
        var samples = Enumerable.Range(0, DigitsFile.Nightly ? 20_000 : 2000).Select(_ => Noise.Uniform(stream)).ToArray();
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var clusters = CopyClusters.Find(samples, SimilarityRule.Digits);
        output.WriteLine($"{samples.Length} different samples compared in {clock.Elapsed.TotalSeconds:F2} s");
        Assert.Empty(clusters.Evidence);
    }

    [Fact]
    public void Find_SameFeaturesOtherLabel_IsAnExactCopy()
    {
        var clusters = CopyClusters.Find([new Sample([1, 9], 0), new Sample([1, 9], 1)], SimilarityRule.Digits);
        Assert.Equal([new CopyEvidence(CopyKind.Exact, 1, 0, 0)], clusters.Evidence);
        Assert.True(clusters.IsCanonical(0));
        Assert.False(clusters.IsCanonical(1));
    }

    [Fact]
    public void Find_Nothing_IsEmpty() => Assert.Empty(CopyClusters.Find([], SimilarityRule.Digits).Canonical);

    private static Sample At(byte value) => new([value], 0);

    private static bool Near(Sample left, Sample right) => Rule.Near(left.Features.AsSpan(), right.Features.AsSpan());

    private static int[] WrittenOut(Sample[] samples)
    {
        var canonical = new int[samples.Length];
        for (var i = 0; i < samples.Length; i++)
        {
            var earliest = Enumerable.Range(0, i).Cast<int?>().FirstOrDefault(j => Near(samples[j!.Value], samples[i]));
            canonical[i] = earliest is { } j ? canonical[j] : i;
        }

        return canonical;
    }
}
