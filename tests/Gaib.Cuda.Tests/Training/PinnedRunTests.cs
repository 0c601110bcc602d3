using System.Collections.Immutable;
using Gaib.Domain;
using Gaib.Domain.Training;

namespace Gaib.Cuda.Tests.Training;

/// <summary>
/// A short run beside vectors/training.py, a separate program in Python that follows the documented rules; it prints these numbers.
/// A change of any of them is a new version of the training rule.
/// </summary>
public sealed class PinnedRunTests
{
    private static readonly Hash32 Run = Keccak.HashUtf8("bits");
    private static readonly TrainingSettings Settings = new(new MlpShape([12, 24, 5], 4), 2, 2, 6, 8, 200_000, 1_000_000, 500_000);

    private static readonly string[] Deltas =
    [
        "0x0daea0821b140d8f045b66b80b2e95062455104b59490c7f94eee0155e06bdb5",
        "0x295b19207fdde1ebdcc2ed054b36ebde6550297ad2f1fe5d86975af127c0153e",
        "0x6c87e45b17d0f77edf03b9921e3c3054800ab0261f9b4b053e4eb7636408d7bf",
        "0xa885562f15cc243a2c46d35a214b9396be57a3d4497acd0fc59c7276e1f13e93",
    ];

    private static readonly string[] Traces =
    [
        "0x766bcb1d502982d1e5e5586ff534941e2e746b46a0804e917f3be5e98c0bf8c4",
        "0x94f12bebcdeb620bfe4cf3cd54bcee911b0cc82a8b37b1372390929d18a69aaf",
        "0x0c8d85394deaa73bc104b7cc3b5f9539bcd95432075b270afcac027ab4d026f0",
        "0xcaa6916ebcd8b32f3411826b11c78671c7b631a2e35390270a25280c6209b1cc",
    ];

    private static readonly Int128[][] Values =
    [
        [908922700955648, 1500265047293952, 228603510915072],
        [582668820938752, 354356396294144, 1612465977688064],
        [174745555959808, 182428810608640, 301055387631616],
        [250796057034752, -275774818615296, 562788196941824],
    ];

    private static readonly long[] Losses = [188575105762, 141080607643, 126547605290];

    [Fact]
    public void Run_TwoRounds_GivesTheNumbersOfTheOtherProgram()
    {
        var device = CpuDevice.Create(2);
        var (shape, slots) = (Settings.Shape, Settings.WorkerSlots);
        var samples = Blobs.Samples(90, shape, "pinned");
        var validation = Blobs.Samples(20, shape, "pinned held back");
        ImmutableArray<int> owners = [.. Enumerable.Range(0, samples.Count).Select(i => i % 3)];
        var weights = device.InitialWeights(shape, Run);
        byte[] momentum = [];
        Assert.Equal(Losses[0], device.LossQ32(shape, weights, validation));
        for (var round = 0; round < Settings.Rounds; round++)
        {
            var replays = device.Attribute(
                new AttributionTask(Settings, Run, round, weights, samples, owners, 3, validation, [0, 1])).Slots;
            var deltas = new List<ReadOnlyMemory<byte>>();
            foreach (var replay in replays)
            {
                var at = (round * slots) + replay.Slot;
                var result = device.RunInner(new InnerTask(Settings, Run, round, replay.Slot, weights, samples))!;
                Assert.Equal((Deltas[at], Traces[at]), (result.DeltaHash.ToString(), result.Trace.ToString()));
                Assert.Equal((result.DeltaHash, result.Trace), (replay.DeltaHash, replay.Trace));
                Assert.Equal(Values[at], replay.Values);
                deltas.Add(result.Delta);
            }

            var next = device.OuterStep(Settings, weights, momentum, deltas);
            (weights, momentum) = (next.Weights, next.Momentum);
            Assert.Equal(Losses[round + 1], device.LossQ32(shape, weights, validation));
        }

        Assert.Equal("0x5947a77693fdf38fa8f2f516cb7900843824b892a30bb0d13a7df01b2b1b6dec", Keccak.Hash(weights).ToString());
    }

    [Fact]
    public void InitialWeights_KnownSeed_GivesTheBlobOfTheOtherProgram()
    {
        var blob = CpuDevice.Create().InitialWeights(new MlpShape([5, 4, 3], 2), Hash32.Zero);
        Assert.Equal("0x200923595808818c2c78592a2b5a89c35f31ef242c6720cb4fe5c982700a5e71", Keccak.Hash(blob).ToString());
    }
}
