using Gaib.Domain.Training;

namespace Gaib.Cuda.Tests.Training;

/// <summary>The mean cross-entropy in binary64 and its gradient, as textbooks write it: the yardstick for derivatives.</summary>
internal sealed class DoubleNet(MlpShape shape)
{
    public double Loss(double[] weights, SampleSet samples)
    {
        var total = 0.0;
        for (var row = 0; row < samples.Count; row++)
        {
            var logits = Forward(weights, samples.Row(row).ToArray())[^1];
            var most = logits.Max();
            total += Math.Log(logits.Sum(z => Math.Exp(z - most))) + most - logits[samples.Labels.Span[row]];
        }

        return total / samples.Count;
    }

    public double[] Gradient(double[] weights, SampleSet samples)
    {
        var gradient = new double[weights.Length];
        for (var row = 0; row < samples.Count; row++)
        {
            var activations = Forward(weights, samples.Row(row).ToArray());
            var e = activations[^1].Select(z => Math.Exp(z - activations[^1].Max())).ToArray();
            var delta = e.Select((value, j) => (value / e.Sum()) - (j == samples.Labels.Span[row] ? 1 : 0)).ToArray();
            var end = weights.Length;
            for (var layer = shape.Depth - 1; layer >= 0; layer--)
            {
                var (inputs, outputs) = (shape.Layers[layer], shape.Layers[layer + 1]);
                var start = end - ((inputs + 1) * outputs);
                var before = new double[inputs];
                for (var i = 0; i <= inputs; i++)
                {
                    for (var j = 0; j < outputs; j++)
                    {
                        gradient[start + (i * outputs) + j] += delta[j] * (i < inputs ? activations[layer][i] : 1) / samples.Count;
                        if (i < inputs && activations[layer][i] > 0)
                        {
                            before[i] += delta[j] * weights[start + (i * outputs) + j];
                        }
                    }
                }

                (delta, end) = (before, start);
            }
        }

        return gradient;
    }

    public static double Dot(double[] x, double[] y) => x.Zip(y, (a, b) => a * b).Sum();

    public static double[] Plus(double[] x, double factor, double[] y) => [.. x.Zip(y, (a, b) => a + (factor * b))];

    private double[][] Forward(double[] weights, byte[] features)
    {
        var activations = new double[shape.Layers.Length][];
        activations[0] = [.. features.Select(value => value / Math.Pow(2, shape.InputScaleLog2))];
        var start = 0;
        for (var layer = 0; layer < shape.Depth; layer++)
        {
            var (inputs, outputs) = (shape.Layers[layer], shape.Layers[layer + 1]);
            activations[layer + 1] = [.. Enumerable.Range(0, outputs).Select(j =>
            {
                var sum = weights[start + (inputs * outputs) + j];
                for (var i = 0; i < inputs; i++)
                {
                    sum += activations[layer][i] * weights[start + (i * outputs) + j];
                }

                return layer + 1 < shape.Depth ? Math.Max(0, sum) : sum;
            })];
            start += (inputs + 1) * outputs;
        }

        return activations;
    }
}
