using Gaib.Domain;
using Gaib.Domain.Compute;
using Gaib.Domain.Training;

namespace Gaib.Verify.Tests.Training;

/// <summary>A device whose answers somebody spoils.</summary>
internal sealed class SpoiltDevice(IDevice inner) : IDevice
{
    public string Name => inner.Name;

    /// <summary>What it makes of a worker's steps; null makes it die there.</summary>
    public Func<InnerTask, InnerResult, InnerResult?> Inner { get; init; } = (_, result) => result;

    /// <summary>What it makes of an outer step.</summary>
    public Func<OuterResult, OuterResult> Outer { get; init; } = result => result;

    /// <summary>What it makes of an answer to rows; null makes it die there.</summary>
    public Func<byte[], byte[]?> Answer { get; init; } = answer => answer;

    public byte[] InitialWeights(MlpShape shape, Hash32 seed) => inner.InitialWeights(shape, seed);

    public InnerResult? RunInner(InnerTask task, Func<int, bool>? diesBefore = null) => Inner(task, inner.RunInner(task, diesBefore)!);

    public OuterResult OuterStep(
        TrainingSettings settings,
        ReadOnlyMemory<byte> weights,
        ReadOnlyMemory<byte> momentum,
        IReadOnlyList<ReadOnlyMemory<byte>> deltas) => Outer(inner.OuterStep(settings, weights, momentum, deltas));

    public long LossQ32(MlpShape shape, ReadOnlyMemory<byte> weights, SampleSet samples) => inner.LossQ32(shape, weights, samples);

    public AttributionResult Attribute(AttributionTask task) => inner.Attribute(task);

    public byte[] Predict(MlpShape shape, ReadOnlyMemory<byte> weights, ReadOnlyMemory<byte> rows) =>
        Answer(inner.Predict(shape, weights, rows))!;

    public GemmResult RunGemm(GemmChallenge challenge) => inner.RunGemm(challenge);

    /// <summary>The delta with its last value changed: its form is right, its content is not what the steps gave.</summary>
    public static InnerResult Bent(InnerResult result)
    {
        var delta = result.Delta.ToArray();
        delta[^1] = delta[^1] == 1 ? (byte)2 : (byte)1;
        return result with { Delta = delta, DeltaHash = Keccak.Hash(delta) };
    }

    /// <summary>The step with one bit of the weights changed.</summary>
    public static OuterResult Bent(OuterResult result)
    {
        var weights = result.Weights.ToArray();
        weights[0] ^= 1;
        return result with { Weights = weights };
    }
}
