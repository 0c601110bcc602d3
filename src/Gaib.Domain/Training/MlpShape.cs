using System.Collections.Immutable;

namespace Gaib.Domain.Training;

/// <summary>
/// A multilayer perceptron over byte features: input = byte · 2^−<see cref="InputScaleLog2"/> (exact in binary), ReLU between layers,
/// softmax cross-entropy at the end. The parameters travel as one blob of little-endian IEEE 754 binary32 numbers, layer by layer:
/// the weight matrix row by row (one row an input, one column an output), then the biases. Each matrix and each bias vector is one
/// tensor.
/// </summary>
/// <param name="Layers">Widths from the features to the classes, such as 64, 64, 10.</param>
/// <param name="InputScaleLog2">The features' denominator as a power of two: 4 for grey levels 0 … 16.</param>
[GenerateSerializer, Immutable]
public sealed record MlpShape(
    [property: Id(0)] ImmutableArray<int> Layers,
    [property: Id(1)] int InputScaleLog2)
{
    /// <summary>Bytes of one parameter.</summary>
    public const int ParameterBytes = 4;

    /// <summary>Bytes of one input row.</summary>
    public int Features => Layers[0];

    /// <summary>Width of the last layer.</summary>
    public int Classes => Layers[^1];

    /// <summary>Number of weight matrices.</summary>
    public int Depth => Layers.Length - 1;

    /// <summary>Number of tensors: a matrix and a bias vector a layer.</summary>
    public int TensorCount => 2 * Depth;

    /// <summary>Σ (in + 1)·out.</summary>
    public int ParameterCount
    {
        get
        {
            var count = 0;
            for (var tensor = 0; tensor < TensorCount; tensor++)
            {
                count = checked(count + TensorLength(tensor));
            }

            return count;
        }
    }

    /// <summary>Length of the parameter blob in bytes.</summary>
    public int BlobBytes => checked(ParameterCount * ParameterBytes);

    /// <summary>Σ in·out: multiply-accumulates of one sample's forward pass, biases not counted.</summary>
    public long MacsPerSample
    {
        get
        {
            var macs = 0L;
            for (var layer = 0; layer < Depth; layer++)
            {
                macs = checked(macs + ((long)Layers[layer] * Layers[layer + 1]));
            }

            return macs;
        }
    }

    /// <summary>Number of parameters of one tensor: even tensors are matrices, odd ones biases.</summary>
    public int TensorLength(int tensor)
    {
        var layer = tensor / 2;
        return tensor % 2 == 0 ? checked(Layers[layer] * Layers[layer + 1]) : Layers[layer + 1];
    }

    /// <summary>keccak256(abi.encode(inputScaleLog2, layers.length, layers…)).</summary>
    public Hash32 Hash()
    {
        var writer = new AbiWriter(2 + Layers.Length).Int(InputScaleLog2).UInt((uint)Layers.Length);
        foreach (var width in Layers)
        {
            writer.UInt((uint)width);
        }

        return writer.Hash();
    }

    /// <inheritdoc/>
    public bool Equals(MlpShape? other) =>
        other is not null && InputScaleLog2 == other.InputScaleLog2 && Layers.AsSpan().SequenceEqual(other.Layers.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(InputScaleLog2, Layers.Length, Features, Classes);
}
