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
        "0xe77547a7daa6758cc43d599b1374036f04a508f96313a244f27e77c662d74aa0",
        "0xb18d7fc7e53e1dc6a456dbbe33aa842fc7b9e87634f4cd9c45eedde4bf32fbb7",
        "0x0fc3bd3def7fdcc85b5c9be5867ce5440ee6fabbd750c26e1eb5d627c714c12b",
        "0xc9f3bdd32b947b9be36de6d19846b294717aaa2e128a93bbce588cd2efd2d9a1",
    ];

    private static readonly string[] Traces =
    [
        "0x373a0405765bee4189503ec8f692d2edf081e925b29932c184e52765f496acf2",
        "0x3aa8a73165681b9e097df59c4959395b6dcfe13459a0f90067869cba4704f587",
        "0x42a532a219c65d78b25d3e4d09c393f47ff602ca599f722c588b7492945b3c7d",
        "0xf73f2f1e8107ea189a2c68b08f57b918ed2ed400ff8d17866763a76d2f9a7605",
    ];

    private static readonly Int128[][] Values =
    [
        [134522918141952, 771674558955520, 301669431640064],
        [90763252727808, 677053091807232, 345552133816320],
        [248793656721408, 550927208546304, 13585106927616],
        [116463742484480, 310301347676160, 365183516934144],
    ];

    private static readonly long[] Losses = [159312704766, 138890092268, 120377062153];

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

        Assert.Equal("0x1ac641e0231c9f3d883e1d5e87c7574619f237026903a66d9dfbb891b1a5ecbe", Keccak.Hash(weights).ToString());
    }

    [Fact]
    public void InitialWeights_KnownSeed_GivesTheBlobOfTheOtherProgram()
    {
        var blob = CpuDevice.Create().InitialWeights(new MlpShape([5, 4, 3], 2), Hash32.Zero);
        Assert.Equal("0xbcb55f65fe7ad8d02791e633608eb53fe55695d6bffda41b45c4733ca565c51f", Keccak.Hash(blob).ToString());
    }
}
