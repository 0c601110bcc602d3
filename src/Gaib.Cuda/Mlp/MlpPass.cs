using Gaib.Cuda.Kernels;
using Gaib.Cuda.Lanes;
using Gaib.Domain.Training;

namespace Gaib.Cuda.Mlp;

/// <summary>
/// Forward and backward passes over a number of rows, with the buffers they fill. Activations(0) are the inputs, Activations(l + 1)
/// the outputs of layer l after ReLU (the last layer's are the logits); Deltas(l) is the loss's derivative by layer l's sums.
/// </summary>
internal sealed class MlpPass<T>
    where T : struct, ILanes<T>
{
    private readonly Crew _crew;
    private readonly float[][] _activations;
    private readonly float[][] _deltas;
    private readonly float[] _probabilities;
    private readonly float[] _transposed;
    private readonly float[] _scratch;

    /// <summary>Buffers for up to <paramref name="capacity"/> rows.</summary>
    public MlpPass(MlpLayout layout, Crew crew, int capacity)
    {
        (Layout, _crew, Capacity) = (layout, crew, capacity);
        _activations = new float[layout.Depth + 1][];
        _deltas = new float[layout.Depth][];
        _activations[0] = new float[checked(capacity * MlpLayout.Pad(layout.In(0)))];
        var widest = 0;
        var largest = 0;
        for (var layer = 0; layer < layout.Depth; layer++)
        {
            _activations[layer + 1] = new float[checked(capacity * layout.Stride(layer))];
            _deltas[layer] = new float[_activations[layer + 1].Length];
            widest = Math.Max(widest, layout.Stride(layer));
            largest = Math.Max(largest, checked(layout.Out(layer) * MlpLayout.Pad(layout.In(layer))));
        }

        _probabilities = new float[_deltas[^1].Length];
        _transposed = new float[largest];
        _scratch = new float[checked(capacity * widest)];
    }

    public MlpLayout Layout { get; }

    public int Capacity { get; }

    public int Rows { get; private set; }

    public Matrix Activations(int index) => new(_activations[index], 0, index == 0 ? MlpLayout.Pad(Layout.In(0)) : Layout.Stride(index - 1));

    public Matrix Deltas(int layer) => new(_deltas[layer], 0, Layout.Stride(layer));

    public Matrix Probabilities => new(_probabilities, 0, Layout.Stride(Layout.Depth - 1));

    public Span<float> Logits(int row) => _activations[^1].AsSpan(row * Layout.Stride(Layout.Depth - 1), Layout.Shape.Classes);

    /// <summary>Takes the next rows: input = byte · 2^−scale.</summary>
    public void Load(ReadOnlySpan<byte> features, int row)
    {
        var scale = 1f / (1 << Layout.Shape.InputScaleLog2);
        var inputs = _activations[0].AsSpan(row * MlpLayout.Pad(Layout.In(0)), features.Length);
        for (var i = 0; i < features.Length; i++)
        {
            inputs[i] = features[i] * scale;
        }

        Rows = row + 1;
    }

    /// <summary>Takes the samples named by the indices.</summary>
    public void Load(SampleSet samples, ReadOnlySpan<int> indices)
    {
        for (var row = 0; row < indices.Length; row++)
        {
            Load(samples.Row(indices[row]), row);
        }
    }

    /// <summary>Each layer: the biases, then plus input·weight in ascending order of inputs; ReLU but after the last.</summary>
    public void Forward(float[] parameters)
    {
        for (var layer = 0; layer < Layout.Depth; layer++)
        {
            Affine(parameters, layer, _activations[layer + 1]);
            if (layer + 1 < Layout.Depth)
            {
                Elementwise<T>.WherePositive(Used(_activations[layer + 1], layer), Used(_activations[layer + 1], layer));
            }
        }
    }

    /// <summary>biases + activations·weights of one layer, for any parameter-like array, into <paramref name="target"/>.</summary>
    public void Affine(float[] parameters, int layer, float[] target)
    {
        var biases = Layout.Biases(parameters, layer);
        for (var row = 0; row < Rows; row++)
        {
            biases.CopyTo(target.AsSpan(row * biases.Length));
        }

        var product = new Matrix(target, 0, Layout.Stride(layer));
        Gemm<T>.Accumulate(
            _crew, Activations(layer), Layout.Weights(parameters, layer), product, Rows, Layout.Stride(layer), Layout.In(layer));
    }

    /// <summary>
    /// Probabilities of the logits, and the last delta (p − y) / divisor: e_j = exp(z_j − max z), p_j = e_j / Σ e by lanes and tree.
    /// </summary>
    public void Softmax(ReadOnlySpan<byte> labels, float divisor)
    {
        var stride = Layout.Stride(Layout.Depth - 1);
        for (var row = 0; row < Rows; row++)
        {
            var logits = Logits(row);
            var probabilities = _probabilities.AsSpan(row * stride, stride);
            var deltas = _deltas[^1].AsSpan(row * stride, stride);
            var most = Max(logits);
            for (var j = 0; j < logits.Length; j++)
            {
                probabilities[j] = Exponential.ExpNonPositive(logits[j] - most);
            }

            var sum = Elementwise<T>.Sum(probabilities);
            for (var j = 0; j < logits.Length; j++)
            {
                probabilities[j] /= sum;
                deltas[j] = (probabilities[j] - (j == labels[row] ? 1f : 0f)) / divisor;
            }
        }
    }

    /// <summary>Deltas of all layers but the last: Σ over outputs ascending of delta·weight, where the activation is positive.</summary>
    public void Backward(float[] parameters)
    {
        for (var layer = Layout.Depth - 1; layer > 0; layer--)
        {
            Used(_deltas[layer - 1], layer - 1).Clear();
            AddBackward(parameters, layer, Deltas(layer), _deltas[layer - 1]);
            Gate(layer, _deltas[layer - 1]);
        }
    }

    /// <summary>target += deltas · weightsᵀ of one layer, for any parameter-like array.</summary>
    public void AddBackward(float[] parameters, int layer, Matrix deltas, float[] target)
    {
        var stride = MlpLayout.Pad(Layout.In(layer));
        for (var row = 0; row < Layout.In(layer); row++)
        {
            var weights = Layout.Row(parameters, layer, row);
            for (var column = 0; column < weights.Length; column++)
            {
                _transposed[(column * stride) + row] = weights[column];
            }
        }

        Gemm<T>.Accumulate(
            _crew, deltas, new Matrix(_transposed, 0, stride), new Matrix(target, 0, stride), Rows, stride, Layout.Out(layer));
    }

    /// <summary>Zeroes what ReLU did not let through into layer <paramref name="layer"/>.</summary>
    public void Gate(int layer, float[] values) =>
        Elementwise<T>.WherePositive(Used(_activations[layer], layer - 1), Used(values, layer - 1));

    /// <summary>The gradient: per weight and bias the sum over rows ascending, from +0.</summary>
    public void Gradient(float[] gradient)
    {
        Array.Clear(gradient);
        for (var layer = 0; layer < Layout.Depth; layer++)
        {
            AddGradient(gradient, layer, Activations(layer), Deltas(layer));
            AddBiasGradient(gradient, layer, _deltas[layer]);
        }
    }

    /// <summary>gradient += activationsᵀ · deltas of one layer's weights.</summary>
    public void AddGradient(float[] gradient, int layer, Matrix activations, Matrix deltas) => Gemm<T>.Accumulate(
        _crew, activations.Transposed, deltas, Layout.Weights(gradient, layer), Layout.In(layer), Layout.Stride(layer), Rows);

    /// <summary>gradient += Σ over rows of deltas, of one layer's biases.</summary>
    public void AddBiasGradient(float[] gradient, int layer, float[] deltas)
    {
        var biases = Layout.Biases(gradient, layer);
        for (var row = 0; row < Rows; row++)
        {
            Elementwise<T>.Add(biases, deltas.AsSpan(row * biases.Length, biases.Length));
        }
    }

    /// <summary>
    /// ⟨direction, gradient of one row's loss⟩ for each row, without making the gradients: per layer the row's activations times the
    /// direction, dotted with its delta (the ghost dot product); the layers' binary32 results are added in binary64, first layer first.
    /// </summary>
    public void GradientDots(float[] direction, Span<double> dots)
    {
        dots[..Rows].Clear();
        for (var layer = 0; layer < Layout.Depth; layer++)
        {
            Affine(direction, layer, _scratch);
            var stride = Layout.Stride(layer);
            for (var row = 0; row < Rows; row++)
            {
                dots[row] += Elementwise<T>.Dot(
                    _scratch.AsSpan(row * stride, stride), _deltas[layer].AsSpan(row * stride, stride));
            }
        }
    }

    private static float Max(ReadOnlySpan<float> values)
    {
        var most = values[0];
        foreach (var value in values)
        {
            most = value > most ? value : most;
        }

        return most;
    }

    private Span<float> Used(float[] buffer, int layer) => buffer.AsSpan(0, Rows * Layout.Stride(layer));
}
