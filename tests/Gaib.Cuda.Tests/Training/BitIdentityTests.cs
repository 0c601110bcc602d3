using System.Collections.Immutable;
using Gaib.Cuda.Kernels;
using Gaib.Domain;
using Gaib.Domain.Training;

namespace Gaib.Cuda.Tests.Training;

/// <summary>Every width and thread count gives the bytes of the reference written in plain loops.</summary>
public sealed class BitIdentityTests
{
    private const int Contributors = 3;

    private static readonly Hash32 Run = Keccak.HashUtf8("bits");

    public static TheoryData<int[], int, int> Nets => new()
    {
        { [7, 5, 3], 3, 5 },
        { [16, 17, 4], 4, 8 },
        { [5, 33, 18, 2], 2, 6 },
        { [9, 20], 1, 4 },
    };

    [Theory]
    [MemberData(nameof(Nets))]
    public void Round_EveryWidthAndThreadCount_EqualsTheReference(int[] layers, int slots, int batch)
    {
        var settings = new TrainingSettings(new MlpShape([.. layers], 4), 2, slots, 4, batch, 300_000, 900_000, 700_000);
        var samples = Blobs.Samples(37, settings.Shape, "train");
        var validation = Blobs.Samples(11, settings.Shape, "validation");
        ImmutableArray<int> owners = [.. Enumerable.Range(0, samples.Count).Select(i => i * 7 % Contributors)];
        var weights = CpuDevice.Create().InitialWeights(settings.Shape, Run);
        byte[] momentum = [];
        for (var round = 0; round < settings.Rounds; round++)
        {
            var reference = new ReferenceRound(settings, Run, round, weights, samples);
            var expected = Enumerable.Range(0, slots)
                .Select(slot => reference.Slot(slot, [.. owners], Contributors, validation)).ToArray();
            var outer = reference.Outer(momentum, [.. expected.Select(slot => slot.Delta)]);
            var task = new AttributionTask(
                settings, Run, round, weights, samples, owners, Contributors, validation, [.. Enumerable.Range(0, slots)]);
            foreach (var device in Devices())
            {
                CheckSlots(device, task, expected);
                var next = device.OuterStep(
                    settings, weights, momentum, [.. expected.Select(slot => (ReadOnlyMemory<byte>)slot.Delta)]);
                Assert.Equal(Blobs.Bytes(outer.Weights), next.Weights);
                Assert.Equal(Blobs.Bytes(outer.Momentum), next.Momentum);
            }

            (weights, momentum) = (Blobs.Bytes(outer.Weights), Blobs.Bytes(outer.Momentum));
        }
    }

    [Fact]
    public void LossAndPredict_EveryWidthAndThreadCount_AgreeWithEachOther()
    {
        var shape = new MlpShape([11, 19, 6], 4);
        var samples = Blobs.Samples(600, shape, "rows");
        var weights = CpuDevice.Create().InitialWeights(shape, Run);
        var first = Devices()[0];
        var (loss, answers) = (first.LossQ32(shape, weights, samples), first.Predict(shape, weights, samples.Features));
        Assert.All(Devices(), device =>
        {
            Assert.Equal(loss, device.LossQ32(shape, weights, samples));
            Assert.Equal(answers, device.Predict(shape, weights, samples.Features));
        });

        var size = Prediction.RowBytes(shape.Classes);
        for (var row = 0; row < samples.Count; row++)
        {
            var one = first.Predict(shape, weights, samples.Features.Slice(row * shape.Features, shape.Features));
            Assert.Equal(answers[(row * size)..((row + 1) * size)], one);
        }
    }

    private static void CheckSlots(IDevice device, AttributionTask task, (byte[] Delta, Hash32 Trace, Int128[] Values)[] expected)
    {
        var replay = device.Attribute(task);
        for (var slot = 0; slot < expected.Length; slot++)
        {
            var result = device.RunInner(
                new InnerTask(task.Settings, task.RunHash, task.Round, slot, task.Weights, task.Samples))!;
            Assert.Equal(expected[slot].Delta, result.Delta);
            Assert.Equal(expected[slot].Trace, result.Trace);
            Assert.Equal(task.Settings.MacsPerRound, result.Macs);
            Assert.Equal((slot, result.DeltaHash, result.Trace), (replay.Slots[slot].Slot, replay.Slots[slot].DeltaHash, replay.Slots[slot].Trace));
            Assert.Equal(expected[slot].Values, replay.Slots[slot].Values);
        }
    }

    // A least part of 0 splits every kernel among all threads, however small it is.
    private static IDevice[] Devices() =>
    [
        .. Enum.GetValues<LaneWidth>().Select(width => CpuDevice.Create(new Crew(1), width)),
        CpuDevice.Create(new Crew(2, 0), CpuDevice.Widest),
        CpuDevice.Create(new Crew(4, 0), CpuDevice.Widest),
        CpuDevice.Create(new Crew(4, 0), LaneWidth.Scalar),
    ];
}
