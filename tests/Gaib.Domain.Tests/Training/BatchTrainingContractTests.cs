using Gaib.Domain.Training;

namespace Gaib.Domain.Tests.Training;

/// <summary>Settings, samples, slices and predictions: what crosses the device port.</summary>
public sealed class BatchTrainingContractTests
{
    private static readonly TrainingSettings Good = new(new MlpShape([64, 64, 10], 4), 16, 4, 40, 64, 100_000, 1_000_000, 500_000);

    public static TheoryData<string, TrainingSettings, int, int> OutOfRange => new()
    {
        { "rounds in 1..10000", Good with { Rounds = 0 }, 1, 0 },
        { "workerSlots in 1..256", Good with { WorkerSlots = 257 }, 256, 257 },
        { "innerSteps in 1..10000", Good with { InnerSteps = -1 }, 1, -1 },
        { "batch in 1..4096", Good with { Batch = 4097 }, 4096, 4097 },
        { "innerRatePpm in 1..10000000", Good with { InnerRatePpm = 0 }, 1, 0 },
        { "outerRatePpm in 1..10000000", Good with { OuterRatePpm = 10_000_001 }, 10_000_000, 10_000_001 },
        { "outerMomentumPpm in 0..999999", Good with { OuterMomentumPpm = 1_000_000 }, 999_999, 1_000_000 },
        { "inputScaleLog2 in 0..8", Good with { Shape = new([64, 10], 9) }, 8, 9 },
        { "layers in 2..16", Good with { Shape = new([64], 4) }, 2, 1 },
        { "layers[1] in 1..65536", Good with { Shape = new([64, 0, 10], 4) }, 1, 0 },
        { "classes in 2..256", Good with { Shape = new([64, 257], 4) }, 256, 257 },
        { "parameters in 1..100000000", Good with { Shape = new([65_536, 65_536, 2], 4) }, 100_000_000, 0 },
    };

    [Fact]
    public void Validate_SoundSettings_GivesNull()
    {
        Assert.Null(Good.Validate());
        Assert.Equal(3L * 64 * ((64 * 64) + (64 * 10)), Good.MacsPerStep);
        Assert.Equal((64 * 64) + 64 + (64 * 10) + 10, Good.Shape.ParameterCount);
        Assert.Equal(Good, Good with { Shape = new MlpShape([64, 64, 10], 4) });
    }

    [Theory]
    [MemberData(nameof(OutOfRange))]
    public void Validate_FieldOutOfRange_NamesFieldRangeAndBound(string subject, TrainingSettings settings, int limit, int actual)
    {
        var rejection = settings.Validate()!;
        Assert.Equal(Reason.JobInvalid, rejection.Reason);
        Assert.Equal(subject, rejection.Subject);
        Assert.Equal(limit, rejection.Limit);
        Assert.True(actual == 0 || rejection.Actual == actual);
    }

    [Fact]
    public void Hash_AnyFieldChanged_Changes()
    {
        TrainingSettings[] all =
        [
            Good, Good with { Rounds = 17 }, Good with { WorkerSlots = 5 }, Good with { InnerSteps = 41 }, Good with { Batch = 65 },
            Good with { InnerRatePpm = 100_001 }, Good with { OuterRatePpm = 1 }, Good with { OuterMomentumPpm = 1 },
            Good with { Shape = new([64, 64, 10], 3) }, Good with { Shape = new([64, 65, 10], 4) }, Good with { Shape = new([64, 10], 4) },
        ];
        Assert.Equal(all.Length, all.Select(settings => settings.Hash()).Distinct().Count());
    }

    [Fact]
    public void SampleSet_ThatDoesNotFit_IsRefused()
    {
        var shape = new MlpShape([2, 3], 0);
        Assert.Null(new SampleSet(2, new byte[4], new byte[] { 0, 2 }).Validate(shape));
        Assert.Equal("featureCount", new SampleSet(3, new byte[6], new byte[2]).Validate(shape)!.Subject);
        Assert.Equal("features", new SampleSet(2, new byte[5], new byte[2]).Validate(shape)!.Subject);
        Assert.Equal("features", new SampleSet(2, Array.Empty<byte>(), Array.Empty<byte>()).Validate(shape)!.Subject);
        Assert.Equal("label", new SampleSet(2, new byte[4], new byte[] { 0, 3 }).Validate(shape)!.Subject);
    }

    [Fact]
    public void Cut_UnevenLabels_UsesEachSampleOnceAndSpreadsClasses()
    {
        byte[] labels = [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 1];
        var slices = RoundSlices.Cut(labels, 4);
        Assert.Equal(Enumerable.Range(0, labels.Length), slices.SelectMany(slice => slice).Order());
        Assert.Equal([0, 4, 8], slices[0]);
        Assert.Equal([1, 5, 9], slices[1]);
        Assert.Equal([2, 6, 10], slices[2]);
        Assert.Equal([3, 7, 11, 12], slices[3]);
    }

    [Fact]
    public void Prediction_EqualLogits_NameTheLowerClass()
    {
        var row = new byte[Prediction.RowBytes(3)];
        Prediction.Write([-5, 70_000, 70_000], row);
        Assert.Equal(1, Prediction.Class(row));
        Assert.Equal([-5, 70_000, 70_000], Enumerable.Range(0, 3).Select(i => Prediction.Logit(row, i)));
        Assert.Equal(1, Prediction.CountCorrect([.. row, .. row], 3, [1, 2]));
    }
}
