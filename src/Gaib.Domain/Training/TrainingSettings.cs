using System.Collections.Immutable;

namespace Gaib.Domain.Training;

/// <summary>
/// Everything about a run that decides its arithmetic. Rates are integer parts per million, so that the settings have one hash and no
/// rounding: a device turns r into the binary32 nearest to the binary64 quotient r / 10^6.
/// </summary>
/// <param name="Shape">The net.</param>
/// <param name="Rounds">DiLoCo rounds, 1 … 10,000.</param>
/// <param name="WorkerSlots">Workers a round, 1 … 256 (256 int8 deltas still sum exactly in 32 bits).</param>
/// <param name="InnerSteps">Plain SGD steps a worker makes in a round, 1 … 10,000.</param>
/// <param name="Batch">Samples a step, 1 … 4,096.</param>
/// <param name="InnerRatePpm">Learning rate of an inner step, 1 … 10,000,000 parts per million.</param>
/// <param name="OuterRatePpm">Learning rate of the outer Nesterov step, 1 … 10,000,000 parts per million.</param>
/// <param name="OuterMomentumPpm">Momentum of the outer step, 0 … 999,999 parts per million.</param>
[GenerateSerializer, Immutable]
public sealed record TrainingSettings(
    [property: Id(0)] MlpShape Shape,
    [property: Id(1)] int Rounds,
    [property: Id(2)] int WorkerSlots,
    [property: Id(3)] int InnerSteps,
    [property: Id(4)] int Batch,
    [property: Id(5)] int InnerRatePpm,
    [property: Id(6)] int OuterRatePpm,
    [property: Id(7)] int OuterMomentumPpm)
{
    /// <summary>Version of the training rule: schedule, arithmetic order, delta format and outer step.</summary>
    public const int RuleVersion = 1;

    /// <summary>Most parameters of a net: the blob stays far below 2^31 bytes.</summary>
    public const int ParameterCountMax = 100_000_000;

    /// <summary>Multiply-accumulates that one inner step is paid for: 3·batch·Σ in·out (forward, and twice that backward).</summary>
    public long MacsPerStep => checked(3L * Batch * Shape.MacsPerSample);

    /// <summary>Multiply-accumulates of one worker's round.</summary>
    public long MacsPerRound => checked(MacsPerStep * InnerSteps);

    /// <summary>
    /// Null when every field is within its range; else <see cref="Reason.JobInvalid"/> with the field and its range as subject, the
    /// bound that was passed as limit and the value as actual.
    /// </summary>
    public Rejection? Validate() =>
        CheckShape()
        ?? Check("rounds", Rounds, 1, 10_000)
        ?? Check("workerSlots", WorkerSlots, 1, DeltaFormat.WorkersMax)
        ?? Check("innerSteps", InnerSteps, 1, 10_000)
        ?? Check("batch", Batch, 1, 4_096)
        ?? Check("innerRatePpm", InnerRatePpm, 1, 10_000_000)
        ?? Check("outerRatePpm", OuterRatePpm, 1, 10_000_000)
        ?? Check("outerMomentumPpm", OuterMomentumPpm, 0, 999_999);

    /// <summary>
    /// keccak256(abi.encode(ruleVersion, shapeHash, rounds, workerSlots, innerSteps, batch, innerRatePpm, outerRatePpm,
    /// outerMomentumPpm)).
    /// </summary>
    public Hash32 Hash() => new AbiWriter(9)
        .UInt(RuleVersion).Hash(Shape.Hash()).UInt((uint)Rounds).UInt((uint)WorkerSlots).UInt((uint)InnerSteps).UInt((uint)Batch)
        .UInt((uint)InnerRatePpm).UInt((uint)OuterRatePpm).UInt((uint)OuterMomentumPpm).Hash();

    private Rejection? CheckShape()
    {
        if (Shape is null || Shape.Layers.IsDefault)
        {
            return new Rejection(Reason.JobInvalid, Subject: "shape");
        }

        var rejection = Check("inputScaleLog2", Shape.InputScaleLog2, 0, 8) ?? Check("layers", Shape.Layers.Length, 2, 16);
        for (var i = 0; rejection is null && i < Shape.Layers.Length; i++)
        {
            // A class is a 16-bit number in a prediction, and one byte in a label, so the last width is narrower.
            rejection = i == Shape.Layers.Length - 1
                ? Check("classes", Shape.Layers[i], 2, 256)
                : Check($"layers[{i}]", Shape.Layers[i], 1, 65_536);
        }

        return rejection ?? CheckParameterCount(Shape.Layers);
    }

    private static Rejection? CheckParameterCount(ImmutableArray<int> layers)
    {
        var count = 0L;
        for (var i = 1; i < layers.Length; i++)
        {
            count += (layers[i - 1] + 1L) * layers[i];
        }

        return Check("parameters", count, 1, ParameterCountMax);
    }

    private static Rejection? Check(string field, long value, long least, long most)
    {
        if (value >= least && value <= most)
        {
            return null;
        }

        return new Rejection(Reason.JobInvalid, value < least ? least : most, value, $"{field} in {least}..{most}");
    }
}
