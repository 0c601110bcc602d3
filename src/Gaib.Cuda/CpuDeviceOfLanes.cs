using Gaib.Cuda.Kernels;
using Gaib.Cuda.Lanes;
using Gaib.Cuda.Mlp;
using Gaib.Domain;
using Gaib.Domain.Compute;
using Gaib.Domain.Training;

namespace Gaib.Cuda;

/// <summary>The CPU backend over one lane type. Holds no state but its threads, so calls may overlap.</summary>
internal sealed class CpuDevice<T>(Crew crew, LaneWidth width) : IDevice
    where T : struct, ILanes<T>
{
    public string Name => $"cpu {(int)width}-bit, {crew.Threads} thread{(crew.Threads == 1 ? "" : "s")}";

    public byte[] InitialWeights(MlpShape shape, Hash32 seed) => Mlp.InitialWeights.Draw(shape, seed);

    public InnerResult? RunInner(InnerTask task, Func<int, bool>? diesBefore = null)
    {
        Require(task.Settings.Validate());
        Require(task.Samples.Validate(task.Settings.Shape));
        return new InnerLoop<T>(task, crew).Run(diesBefore, null);
    }

    public OuterResult OuterStep(
        TrainingSettings settings,
        ReadOnlyMemory<byte> weights,
        ReadOnlyMemory<byte> momentum,
        IReadOnlyList<ReadOnlyMemory<byte>> deltas)
    {
        Require(settings.Validate());
        RequireLength(settings.Shape.BlobBytes, weights.Length);
        RequireLength(momentum.IsEmpty ? 0 : settings.Shape.BlobBytes, momentum.Length);
        var sum = DeltaSum.Of(settings.Shape, deltas);
        Require(sum.Rejection);
        return OuterNesterov.Step(settings, weights.Span, momentum.Span, sum.Value);
    }

    public long LossQ32(MlpShape shape, ReadOnlyMemory<byte> weights, SampleSet samples)
    {
        Require(samples.Validate(shape));
        return new Inference<T>(shape, weights, crew).LossQ32(samples);
    }

    /// <remarks>Slots are independent, so with more than one thread they run side by side, each on one.</remarks>
    public AttributionResult Attribute(AttributionTask task)
    {
        Require(task.Settings.Validate());
        Require(task.Samples.Validate(task.Settings.Shape));
        Require(task.Validation.Validate(task.Settings.Shape));
        RequireLength(task.Samples.Count, task.Owners.Length);
        if (task.Owners.Any(owner => owner < 0 || owner >= task.Contributors))
        {
            throw new ArgumentException($"An owner is not one of the {task.Contributors} contributors.", nameof(task));
        }

        var replays = new SlotReplay[task.Slots.Length];
        var each = crew.Threads > 1 ? Crew.Alone : crew;
        crew.Each(replays.Length, i => replays[i] = new SlotValuation<T>(task, each).Run(task.Slots[i]));
        return new AttributionResult([.. replays]);
    }

    public byte[] Predict(MlpShape shape, ReadOnlyMemory<byte> weights, ReadOnlyMemory<byte> rows)
    {
        RequireLength(0, rows.Length % shape.Features);
        return new Inference<T>(shape, weights, crew).Predict(rows);
    }

    public GemmResult RunGemm(GemmChallenge challenge) => GemmRunner<T>.Run(challenge, crew);

    private static void Require(Rejection? rejection)
    {
        if (rejection is not null)
        {
            throw new ArgumentException(rejection.ToString());
        }
    }

    private static void RequireLength(long expected, long actual)
    {
        if (expected != actual)
        {
            throw new ArgumentException($"Expected a length of {expected}, got {actual}.");
        }
    }
}
