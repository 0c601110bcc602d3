using Gaib.Cuda.Kernels;
using Gaib.Domain.Training;

namespace Gaib.Cuda.Tests.Training;

/// <summary>
/// NUMERICS.md in plain loops over the unpadded blob, written apart from the kernels: one sample, one output, one term at a time. Only
/// the exponential is shared. Tests hold the engine to these bits.
/// </summary>
internal sealed class ReferenceNet(MlpShape shape)
{
    public MlpShape Shape => shape;

    /// <summary>Activations of every layer for every row; the last are the logits.</summary>
    public float[][][] Forward(float[] weights, SampleSet samples) => [.. Enumerable.Range(0, samples.Count).Select(row =>
    {
        var inputs = samples.Row(row).ToArray().Select(value => value * (1f / (1 << shape.InputScaleLog2))).ToArray();
        var activations = new List<float[]> { inputs };
        for (var layer = 0; layer < shape.Depth; layer++)
        {
            var sums = Affine(weights, layer, activations[layer]);
            activations.Add(layer + 1 < shape.Depth ? [.. sums.Select(sum => sum > 0 ? sum : 0f)] : sums);
        }

        return activations.ToArray();
    })];

    /// <summary>Biases, then plus input·weight, inputs ascending.</summary>
    public float[] Affine(float[] weights, int layer, float[] inputs)
    {
        var sums = new float[shape.Layers[layer + 1]];
        for (var j = 0; j < sums.Length; j++)
        {
            sums[j] = weights[Bias(layer, j)];
            for (var i = 0; i < inputs.Length; i++)
            {
                var term = inputs[i] * weights[Weight(layer, i, j)];
                sums[j] += term;
            }
        }

        return sums;
    }

    public static float[] Probabilities(float[] logits)
    {
        var most = logits.Max();
        var e = Array.ConvertAll(logits, logit => Exponential.ExpNonPositive(logit - most));
        var sum = SumBySixteen(e);
        return Array.ConvertAll(e, value => value / sum);
    }

    /// <summary>Deltas of every layer for one row from the last layer's.</summary>
    public float[][] Backward(float[] weights, float[][] activations, float[] last)
    {
        var deltas = new float[shape.Depth][];
        deltas[^1] = last;
        for (var layer = shape.Depth - 1; layer > 0; layer--)
        {
            deltas[layer - 1] = new float[shape.Layers[layer]];
            AddBackward(weights, layer, deltas[layer], deltas[layer - 1]);
            Gate(activations[layer], deltas[layer - 1]);
        }

        return deltas;
    }

    /// <summary>target(i) plus delta·weight, outputs ascending.</summary>
    public void AddBackward(float[] weights, int layer, float[] deltas, float[] target)
    {
        for (var i = 0; i < target.Length; i++)
        {
            for (var j = 0; j < deltas.Length; j++)
            {
                var term = deltas[j] * weights[Weight(layer, i, j)];
                target[i] += term;
            }
        }
    }

    /// <summary>gradient plus activation·delta of one row.</summary>
    public void AddWeightGradient(float[] gradient, int layer, float[] activations, float[] deltas)
    {
        for (var i = 0; i < activations.Length; i++)
        {
            for (var j = 0; j < deltas.Length; j++)
            {
                var term = activations[i] * deltas[j];
                gradient[Weight(layer, i, j)] += term;
            }
        }
    }

    public void AddBiasGradient(float[] gradient, int layer, float[] deltas)
    {
        for (var j = 0; j < deltas.Length; j++)
        {
            gradient[Bias(layer, j)] += deltas[j];
        }
    }

    public (float[][][] Activations, float[][][] Deltas, float[] Gradient) Differentiate(
        float[] weights, SampleSet samples, float divisor)
    {
        var activations = Forward(weights, samples);
        var deltas = new float[samples.Count][][];
        var gradient = new float[shape.ParameterCount];
        for (var row = 0; row < samples.Count; row++)
        {
            var last = Probabilities(activations[row][^1]);
            for (var j = 0; j < last.Length; j++)
            {
                last[j] = (last[j] - (j == samples.Labels.Span[row] ? 1f : 0f)) / divisor;
            }

            deltas[row] = Backward(weights, activations[row], last);
            for (var layer = 0; layer < shape.Depth; layer++)
            {
                AddWeightGradient(gradient, layer, activations[row][layer], deltas[row][layer]);
                AddBiasGradient(gradient, layer, deltas[row][layer]);
            }
        }

        return (activations, deltas, gradient);
    }

    /// <summary>The Hessian of the summed loss times a direction.</summary>
    public float[] HessianProduct(float[] weights, SampleSet samples, float[] direction)
    {
        var (activations, deltas, _) = Differentiate(weights, samples, 1f);
        var product = new float[weights.Length];
        var tangents = new float[samples.Count][][];
        var bends = new float[samples.Count][][];
        for (var row = 0; row < samples.Count; row++)
        {
            (tangents[row], bends[row]) = Tangents(weights, direction, activations[row], deltas[row]);
        }

        for (var layer = 0; layer < shape.Depth; layer++)
        {
            // All rows of the first product come before all rows of the second one.
            for (var row = 0; row < samples.Count; row++)
            {
                AddWeightGradient(product, layer, activations[row][layer], bends[row][layer]);
                AddBiasGradient(product, layer, bends[row][layer]);
            }

            for (var row = 0; layer > 0 && row < samples.Count; row++)
            {
                AddWeightGradient(product, layer, tangents[row][layer - 1], deltas[row][layer]);
            }
        }

        return product;
    }

    /// <summary>Per row the layers' dot products of (direction's output) and delta, lanes and tree; layers added in binary64.</summary>
    public double GradientDot(float[] direction, float[][] activations, float[][] deltas)
    {
        var dot = 0.0;
        for (var layer = 0; layer < shape.Depth; layer++)
        {
            dot += DotBySixteen(Affine(direction, layer, activations[layer]), deltas[layer]);
        }

        return dot;
    }

    public static float DotBySixteen(float[] x, float[] y)
    {
        var lanes = new float[16];
        for (var i = 0; i < x.Length; i++)
        {
            var term = x[i] * y[i];
            lanes[i % 16] += term;
        }

        return Tree(lanes);
    }

    private (float[][] Tangents, float[][] Bends) Tangents(
        float[] weights, float[] direction, float[][] activations, float[][] deltas)
    {
        var tangents = new float[shape.Depth][];
        for (var layer = 0; layer < shape.Depth; layer++)
        {
            tangents[layer] = Affine(direction, layer, activations[layer]);
            for (var j = 0; layer > 0 && j < tangents[layer].Length; j++)
            {
                for (var i = 0; i < tangents[layer - 1].Length; i++)
                {
                    var term = tangents[layer - 1][i] * weights[Weight(layer, i, j)];
                    tangents[layer][j] += term;
                }
            }

            if (layer + 1 < shape.Depth)
            {
                Gate(activations[layer + 1], tangents[layer]);
            }
        }

        var probabilities = Probabilities(activations[^1]);
        var mean = DotBySixteen(probabilities, tangents[^1]);
        var bends = new float[shape.Depth][];
        bends[^1] = [.. probabilities.Zip(tangents[^1], (p, t) => p * (t - mean))];
        for (var layer = shape.Depth - 1; layer > 0; layer--)
        {
            bends[layer - 1] = new float[shape.Layers[layer]];
            AddBackward(direction, layer, deltas[layer], bends[layer - 1]);
            AddBackward(weights, layer, bends[layer], bends[layer - 1]);
            Gate(activations[layer], bends[layer - 1]);
        }

        return (tangents, bends);
    }

    private static void Gate(float[] gate, float[] values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = gate[i] > 0 ? values[i] : 0f;
        }
    }

    private static float SumBySixteen(float[] x) => DotBySixteen(x, [.. x.Select(_ => 1f)]);

    private static float Tree(float[] lanes)
    {
        for (var half = 8; half > 0; half /= 2)
        {
            for (var i = 0; i < half; i++)
            {
                lanes[i] += lanes[i + half];
            }
        }

        return lanes[0];
    }

    private int Weight(int layer, int input, int output) => Start(layer) + (input * shape.Layers[layer + 1]) + output;

    private int Bias(int layer, int output) => Weight(layer, shape.Layers[layer], output);

    private int Start(int layer) => Enumerable.Range(0, layer).Sum(l => (shape.Layers[l] + 1) * shape.Layers[l + 1]);
}
