using Gaib.Domain;
using Gaib.Domain.Training;

namespace Gaib.Cuda.Tests.Training;

/// <summary>How a device behaves apart from its arithmetic: deaths, refusals, divergence, left-out slots.</summary>
public sealed class DeviceTests
{
    private static readonly TrainingSettings Settings = new(new MlpShape([6, 10, 3], 4), 1, 3, 5, 4, 100_000, 1_000_000, 0);
    private static readonly SampleSet Samples = Blobs.Samples(30, Settings.Shape, "device");
    private static readonly IDevice Device = CpuDevice.Create(2);
    private static readonly byte[] Weights = Device.InitialWeights(Settings.Shape, default);

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(5)]
    public void RunInner_ScriptedDeath_StopsBeforeThatStep(int death)
    {
        var asked = new List<int>();
        var result = Device.RunInner(Task(Settings), step =>
        {
            asked.Add(step);
            return step == death;
        });
        Assert.Null(result);
        Assert.Equal(Enumerable.Range(0, death + 1), asked);
    }

    [Fact]
    public void RunInner_HookThatNeverKills_ChangesNothing()
    {
        var plain = Device.RunInner(Task(Settings))!;
        var watched = Device.RunInner(Task(Settings), _ => false)!;
        Assert.Equal(plain.Delta, watched.Delta);
        Assert.Equal(plain.Trace, watched.Trace);
        Assert.Equal(Keccak.Hash(plain.Delta), plain.DeltaHash);
        Assert.Null(DeltaFormat.Validate(Settings.Shape, plain.Delta));
    }

    [Fact]
    public void RunInner_OtherSlotOrRound_GivesAnotherDelta()
    {
        var task = Task(Settings);
        var hashes = new[] { task, task with { Slot = 1 }, task with { Round = 1 } }.Select(t => Device.RunInner(t)!.DeltaHash);
        Assert.Equal(3, hashes.Distinct().Count());
    }

    [Fact]
    public void RunInner_AbsurdRate_ThrowsThatTrainingDiverged()
    {
        var deep = Settings with { InnerRatePpm = 10_000_000, InnerSteps = 200, Shape = new MlpShape([6, 64, 64, 64, 64, 3], 0) };
        var weights = Device.InitialWeights(deep.Shape, default);
        Assert.Throws<ArithmeticException>(() => Device.RunInner(Task(deep) with { Weights = weights }));
    }

    [Fact]
    public void EveryMethod_ArgumentsThatDoNotFit_Throw()
    {
        var shape = Settings.Shape;
        Assert.Throws<ArgumentException>(() => Device.RunInner(Task(Settings) with { Weights = Weights.AsMemory(4) }));
        Assert.Throws<ArgumentException>(() => Device.RunInner(Task(Settings with { Batch = 0 })));
        Assert.Throws<ArgumentException>(() => Device.LossQ32(new MlpShape([7, 3], 4), Weights, Samples));
        Assert.Throws<ArgumentException>(() => Device.Predict(shape, Weights, new byte[shape.Features + 1]));
        Assert.Throws<ArgumentException>(() => Device.OuterStep(Settings, Weights, Array.Empty<byte>(), []));
        Assert.Throws<ArgumentException>(() => Device.OuterStep(Settings, Weights, Array.Empty<byte>(), [new byte[3]]));
        Assert.Throws<ArgumentException>(() => Device.Attribute(Attribution() with { Owners = [0] }));
        Assert.Throws<ArgumentException>(() => Device.Attribute(Attribution() with { Contributors = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => CpuDevice.Create(0));
    }

    [Fact]
    public void Attribute_SlotsLeftOut_ChangeNoOtherSlotsValues()
    {
        var all = Device.Attribute(Attribution());
        var some = Device.Attribute(Attribution() with { Slots = [0, 2] });
        Assert.Equal(all.Slots[2].Values, some.Slots[1].Values);
        Assert.Equal(all.RawValues([0, 2]), some.RawValues([0, 2]));
        Assert.NotEqual(all.RawValues([0, 1, 2]), some.RawValues([0, 2]));
    }

    [Fact]
    public void OuterStep_PlainAverage_MovesByTheMeanDelta()
    {
        var delta = Device.RunInner(Task(Settings))!.Delta;
        var next = Device.OuterStep(Settings, Weights, Array.Empty<byte>(), [delta, delta]);
        var values = DeltaFormat.ValuesOffset(Settings.Shape);
        var step = (sbyte)delta[values] * MathF.Pow(2, DeltaFormat.Exponent(delta, 0));
        Assert.NotEqual(0, step);
        Assert.Equal(Blobs.Numbers(Weights)[0] + step, Blobs.Numbers(next.Weights)[0]);
        Assert.Equal(step, Blobs.Numbers(next.Momentum)[0]);
    }

    [Fact]
    public void Predict_NoRows_GivesNothing() => Assert.Empty(Device.Predict(Settings.Shape, Weights, Array.Empty<byte>()));

    private static InnerTask Task(TrainingSettings settings) => new(settings, default, 0, 0, Weights, Samples);

    private static AttributionTask Attribution() => new(
        Settings, default, 0, Weights, Samples, [.. Enumerable.Range(0, Samples.Count).Select(i => i % 2)], 2, Samples, [0, 1, 2]);
}
