using Gaib.Domain.Training;

namespace Gaib.Cuda.Tests.Training;

/// <summary>The engine learns real digits with the settings that the demo uses, and values who brought them.</summary>
public sealed class DigitsTests
{
    private static readonly TrainingSettings Settings =
        new(new MlpShape([64, 128, 10], 4), 16, 4, 80, 64, 100_000, 1_000_000, 500_000);

    [Fact]
    public void Train_DigitsOfNineContributors_ReachesTheDemosAccuracy()
    {
        Assert.SkipWhen(Digits.File is null, "samples/data/digits.csv is not in this checkout.");
        var digits = Digits.Load();
        var runs = new DigitsRun[10];
        Parallel.For(0, runs.Length, new ParallelOptions { MaxDegreeOfParallelism = 2 }, seed =>
            runs[seed] = new DigitsRun(Settings, CpuDevice.Create(), digits, seed).Train());
        foreach (var run in runs)
        {
            TestContext.Current.TestOutputHelper!.WriteLine(Describe(run));
            Assert.InRange(run.Accuracy, 0.92, 1);
            Assert.True(run.Admitted[DigitsRun.Mislabeller] < run.Admitted.Take(DigitsRun.Mislabeller).Min());
        }

        // One contributor's value varies by some 12 % with what its digits show, so the mislabeller's is judged on average.
        Assert.InRange(runs.Average(run => run.Parts[DigitsRun.Mislabeller] / HonestMedian(run)), 0, 0.85);
        var ordered = runs.Select(run => run.Accuracy).Order().ToArray();
        var median = (ordered[(runs.Length - 1) / 2] + ordered[runs.Length / 2]) / 2;
        Assert.InRange(median, 0.95, 1);
    }

    private static string Describe(DigitsRun run)
    {
        var median = HonestMedian(run);
        var honest = run.Parts.Take(DigitsRun.Mislabeller).ToArray();
        return $"accuracy {run.Accuracy:P1}, test loss {Mean(run.LossBefore):F3} -> {Mean(run.LossAfter):F3}, honest " +
            $"{honest.Min() / median:F2}..{honest.Max() / median:F2} of the median, mislabeller " +
            $"{run.Parts[DigitsRun.Mislabeller] / median:F2}, unattributed " +
            $"{run.Unattributed / (double)(run.Unattributed + run.Parts.Sum()):P0}, rounds that pay {run.RoundsThatPay}, " +
            $"admitted {string.Join(' ', run.Admitted)}, weights {run.WeightsHash}";
    }

    private static double HonestMedian(DigitsRun run)
    {
        var honest = run.Parts.Take(DigitsRun.Mislabeller).Order().ToArray();
        return (honest[(honest.Length - 1) / 2] + honest[honest.Length / 2]) / 2.0;
    }

    private static double Mean(long lossQ32) => lossQ32 / Math.Pow(2, 32) / 300;
}
