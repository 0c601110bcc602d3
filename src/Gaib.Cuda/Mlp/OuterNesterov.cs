using System.Buffers.Binary;
using Gaib.Cuda.Kernels;
using Gaib.Domain.Training;

namespace Gaib.Cuda.Mlp;

/// <summary>The outer step over the exact sum of the deltas, parameter by parameter in blob order.</summary>
internal static class OuterNesterov
{
    /// <summary>
    /// d = ((binary32)sum · 2^e) / (binary32)workers; m' = (μ·m) + d; w' = w + (r·(d + (μ·m'))). Each operation rounds once.
    /// </summary>
    public static OuterResult Step(
        TrainingSettings settings, ReadOnlySpan<byte> weights, ReadOnlySpan<byte> momentum, DeltaSum sum)
    {
        var shape = settings.Shape;
        var (rate, decay) = (FixedPoint.FromPpm(settings.OuterRatePpm), FixedPoint.FromPpm(settings.OuterMomentumPpm));
        var result = new OuterResult(new byte[weights.Length], new byte[weights.Length]);
        var at = 0;
        for (var tensor = 0; tensor < shape.TensorCount; tensor++)
        {
            var unit = DeltaQuantiser.PowerOfTwo(sum.Exponents[tensor]);
            for (var end = at + shape.TensorLength(tensor); at < end; at++)
            {
                var offset = at * MlpShape.ParameterBytes;
                var weight = BinaryPrimitives.ReadSingleLittleEndian(weights[offset..]);
                var before = momentum.IsEmpty ? 0f : BinaryPrimitives.ReadSingleLittleEndian(momentum[offset..]);
                var mean = sum.Values[at] * unit / sum.Workers;
                var after = (decay * before) + mean;
                var next = weight + (rate * (mean + (decay * after)));
                if (!float.IsFinite(next))
                {
                    throw new ArithmeticException("A weight left the finite numbers: training diverged.");
                }

                BinaryPrimitives.WriteSingleLittleEndian(result.Momentum.AsSpan(offset), after);
                BinaryPrimitives.WriteSingleLittleEndian(result.Weights.AsSpan(offset), next);
            }
        }

        return result;
    }
}
