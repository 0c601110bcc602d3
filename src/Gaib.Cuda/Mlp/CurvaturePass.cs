using Gaib.Cuda.Kernels;
using Gaib.Cuda.Lanes;

namespace Gaib.Cuda.Mlp;

/// <summary>
/// The Hessian of a pass's summed loss times a direction, exactly, by the R-operator (B. Pearlmutter, "Fast exact multiplication by
/// the Hessian", 1994): each quantity of the pass gets its derivative along the direction.
/// </summary>
/// <param name="pass">A pass after Forward, Softmax with divisor 1, and Backward.</param>
internal sealed class CurvaturePass<T>(MlpPass<T> pass)
    where T : struct, ILanes<T>
{
    private readonly MlpLayout _layout = pass.Layout;
    private readonly float[][] _activations = Buffers(pass);
    private readonly float[][] _deltas = Buffers(pass);

    /// <summary>product = H·direction at the parameters of the pass.</summary>
    public void Multiply(Crew crew, float[] parameters, float[] direction, float[] product)
    {
        for (var layer = 0; layer < _layout.Depth; layer++)
        {
            Forward(crew, parameters, direction, layer);
        }

        Softmax();
        for (var layer = _layout.Depth - 1; layer > 0; layer--)
        {
            Array.Clear(_deltas[layer - 1]);
            pass.AddBackward(direction, layer, pass.Deltas(layer), _deltas[layer - 1]);
            pass.AddBackward(parameters, layer, Window(_deltas, layer), _deltas[layer - 1]);
            pass.Gate(layer, _deltas[layer - 1]);
        }

        Array.Clear(product);
        for (var layer = 0; layer < _layout.Depth; layer++)
        {
            pass.AddGradient(product, layer, pass.Activations(layer), Window(_deltas, layer));
            if (layer > 0)
            {
                pass.AddGradient(product, layer, Window(_activations, layer - 1), pass.Deltas(layer));
            }

            pass.AddBiasGradient(product, layer, _deltas[layer]);
        }
    }

    /// <summary>R{z} = v_b + a·V + R{a}·W: the direction's share first, then the earlier layers'.</summary>
    private void Forward(Crew crew, float[] parameters, float[] direction, int layer)
    {
        pass.Affine(direction, layer, _activations[layer]);
        if (layer > 0)
        {
            Gemm<T>.Accumulate(
                crew, Window(_activations, layer - 1), _layout.Weights(parameters, layer), Window(_activations, layer),
                pass.Rows, _layout.Stride(layer), _layout.In(layer));
        }

        if (layer + 1 < _layout.Depth)
        {
            pass.Gate(layer + 1, _activations[layer]);
        }
    }

    /// <summary>R{p}_j = p_j·(R{z}_j − Σ p·R{z}), the sum by lanes and tree.</summary>
    private void Softmax()
    {
        var last = _layout.Depth - 1;
        var stride = _layout.Stride(last);
        for (var row = 0; row < pass.Rows; row++)
        {
            var probabilities = pass.Probabilities.Data.AsSpan(row * stride, stride);
            var tangents = _activations[last].AsSpan(row * stride, stride);
            var mean = Elementwise<T>.Dot(probabilities, tangents);
            for (var j = 0; j < stride; j++)
            {
                _deltas[last][(row * stride) + j] = probabilities[j] * (tangents[j] - mean);
            }
        }
    }

    private Matrix Window(float[][] buffers, int layer) => new(buffers[layer], 0, _layout.Stride(layer));

    private static float[][] Buffers(MlpPass<T> pass)
    {
        var buffers = new float[pass.Layout.Depth][];
        for (var layer = 0; layer < buffers.Length; layer++)
        {
            buffers[layer] = new float[checked(pass.Capacity * pass.Layout.Stride(layer))];
        }

        return buffers;
    }
}
