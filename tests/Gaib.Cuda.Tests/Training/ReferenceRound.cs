using Gaib.Domain;
using Gaib.Domain.Training;

namespace Gaib.Cuda.Tests.Training;

/// <summary>A round by the reference net: inner steps, delta, trace, values, outer step.</summary>
internal sealed class ReferenceRound(TrainingSettings settings, Hash32 run, int round, byte[] global, SampleSet samples)
{
    private readonly ReferenceNet _net = new(settings.Shape);

    public (byte[] Delta, Hash32 Trace, Int128[] Values) Slot(int slot, int[] owners, int contributors, SampleSet validation)
    {
        var order = BatchSchedule.Draw(run, round, slot, samples.Count, settings.Batch, settings.InnerSteps);
        var weights = Blobs.Numbers(global);
        var trace = Keccak.Hash(global);
        var values = new Int128[contributors];
        var rate = (float)(settings.InnerRatePpm / 1e6);
        for (var step = 0; step < settings.InnerSteps; step++)
        {
            var indices = order[(step * settings.Batch)..((step + 1) * settings.Batch)];
            var (activations, deltas, gradient) = _net.Differentiate(weights, samples.Select(indices), settings.Batch);
            var slope = _net.Differentiate(weights, validation, 1f).Gradient;
            var bend = _net.HessianProduct(weights, validation, gradient);
            var direction = new float[slope.Length];
            for (var i = 0; i < direction.Length; i++)
            {
                var first = rate * slope[i];
                var second = rate * rate * 0.5f * bend[i];
                direction[i] = first - second;
                var change = rate * gradient[i];
                weights[i] -= change;
            }

            for (var row = 0; row < indices.Length; row++)
            {
                var dot = _net.GradientDot(direction, activations[row], deltas[row]);
                values[owners[indices[row]]] += (Int128)Math.Round(dot * Math.Pow(2, 48), MidpointRounding.ToEven);
            }

            trace = Keccak.Hash(trace, Keccak.Hash(Blobs.Bytes(weights)));
        }

        return (Delta(weights), trace, values);
    }

    public (float[] Weights, float[] Momentum) Outer(byte[] momentum, byte[][] deltas)
    {
        var weights = Blobs.Numbers(global);
        var before = momentum.Length == 0 ? new float[weights.Length] : Blobs.Numbers(momentum);
        var (rate, decay) = ((float)(settings.OuterRatePpm / 1e6), (float)(settings.OuterMomentumPpm / 1e6));
        for (var i = 0; i < weights.Length; i++)
        {
            // The exact mean is a multiple of 2^-22 over the workers; the sum has at most 31 bits above the least exponent.
            var tensor = Tensor(i);
            var least = deltas.Min(delta => (int)(sbyte)delta[2 + tensor]);
            var sum = deltas.Sum(delta => (sbyte)delta[2 + settings.Shape.TensorCount + i] * (1 << ((sbyte)delta[2 + tensor] - least)));
            var mean = sum * (float)Math.Pow(2, least) / deltas.Length;
            var kept = decay * before[i];
            before[i] = kept + mean;
            var ahead = decay * before[i];
            var step = rate * (mean + ahead);
            weights[i] += step;
        }

        return (weights, before);
    }

    private byte[] Delta(float[] local)
    {
        var start = Blobs.Numbers(global);
        var differences = local.Zip(start, (mine, theirs) => mine - theirs).ToArray();
        var exponents = new int[settings.Shape.TensorCount];
        for (var tensor = 0; tensor < exponents.Length; tensor++)
        {
            var most = differences.Where((_, i) => Tensor(i) == tensor).Max(Math.Abs);
            exponents[tensor] = Enumerable.Range(-22, 17).FirstOrDefault(e => most <= 127 * Math.Pow(2, e), -6);
        }

        var values = differences.Select((d, i) => Math.Round(d / Math.Pow(2, exponents[Tensor(i)]), MidpointRounding.ToEven));
        return
        [
            1, (byte)exponents.Length, .. exponents.Select(e => unchecked((byte)e)),
            .. values.Select(value => unchecked((byte)(sbyte)Math.Clamp(value, -127, 127))),
        ];
    }

    private int Tensor(int parameter)
    {
        var tensor = 0;
        for (; parameter >= settings.Shape.TensorLength(tensor); tensor++)
        {
            parameter -= settings.Shape.TensorLength(tensor);
        }

        return tensor;
    }
}
