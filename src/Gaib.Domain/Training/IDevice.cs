using Gaib.Domain.Compute;

namespace Gaib.Domain.Training;

/// <summary>
/// What computes: a CPU or a GPU. Every method is a pure function of its arguments, and two devices answer the same bytes, on any
/// machine, with any number of threads; src/Gaib.Cuda/NUMERICS.md fixes the order of every operation. Weights, momentum and deltas
/// cross this port as little-endian bytes. Calls block until done, may come from several threads at once, and hold no state.
/// </summary>
/// <remarks>
/// Arguments that a caller should have validated (a set that does not fit the net, a blob of the wrong length) give
/// <see cref="ArgumentException"/>; arithmetic that left the finite numbers gives <see cref="ArithmeticException"/>.
/// </remarks>
public interface IDevice
{
    /// <summary>What people call this device, such as "cpu 512-bit, 2 threads".</summary>
    string Name { get; }

    /// <summary>
    /// The weights that a run starts from: uniform over ±√(6/in) per layer (He et al., 2015), drawn in integers from the
    /// seed; biases zero.
    /// </summary>
    /// <param name="shape">The net.</param>
    /// <param name="seed">The hash that fixes the draws.</param>
    byte[] InitialWeights(MlpShape shape, Hash32 seed);

    /// <summary>H plain SGD steps from the global weights.</summary>
    /// <param name="task">What to train on.</param>
    /// <param name="diesBefore">
    /// Asked before each step, from 0, and once more with the number of steps before the answer is given; true makes the worker die
    /// there. Null: it lives.
    /// </param>
    /// <returns>The answer; null when the worker died.</returns>
    InnerResult? RunInner(InnerTask task, Func<int, bool>? diesBefore = null);

    /// <summary>
    /// d = mean of the deltas (summed as integers), m' = μ·m + d, w' = w + r·(d + μ·m'): Nesterov's step as DiLoCo takes it
    /// (Douillard et al., 2023).
    /// </summary>
    /// <param name="settings">The run's settings.</param>
    /// <param name="weights">Global weights.</param>
    /// <param name="momentum">Outer momentum; empty before the first round, which means zeros.</param>
    /// <param name="deltas">The deltas that count, in the order of their slots, at least one.</param>
    OuterResult OuterStep(
        TrainingSettings settings,
        ReadOnlyMemory<byte> weights,
        ReadOnlyMemory<byte> momentum,
        IReadOnlyList<ReadOnlyMemory<byte>> deltas);

    /// <summary>Σ over the samples of the cross-entropy (natural logarithm), each rounded half to even to Q32.</summary>
    /// <param name="shape">The net.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="samples">What to judge by.</param>
    long LossQ32(MlpShape shape, ReadOnlyMemory<byte> weights, SampleSet samples);

    /// <summary>Replays a round and values every contributor's samples in it. Checks nothing: the caller compares the hashes.</summary>
    AttributionResult Attribute(AttributionTask task);

    /// <summary>One answer a row, in the form of <see cref="Prediction"/>. A row's bytes do not depend on the rows beside it.</summary>
    /// <param name="shape">The net.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="rows">Feature bytes, row after row.</param>
    byte[] Predict(MlpShape shape, ReadOnlyMemory<byte> weights, ReadOnlyMemory<byte> rows);

    /// <summary>The product that a GEMM challenge asks for.</summary>
    GemmResult RunGemm(GemmChallenge challenge);
}
