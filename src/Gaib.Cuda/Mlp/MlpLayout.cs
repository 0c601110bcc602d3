using System.Runtime.InteropServices;
using Gaib.Cuda.Kernels;
using Gaib.Cuda.Lanes;
using Gaib.Domain.Training;

namespace Gaib.Cuda.Mlp;

/// <summary>
/// How a net's parameters lie in memory: per layer in + 1 rows (one an input, the biases last), each padded with zeros to a multiple
/// of 16 columns. Padding stays zero under every kernel. Gradients and directions lie alike.
/// </summary>
internal sealed class MlpLayout
{
    private readonly int[] _offsets;

    public MlpLayout(MlpShape shape)
    {
        Shape = shape;
        _offsets = new int[shape.Depth + 1];
        for (var layer = 0; layer < shape.Depth; layer++)
        {
            _offsets[layer + 1] = checked(_offsets[layer] + ((In(layer) + 1) * Stride(layer)));
        }
    }

    public MlpShape Shape { get; }

    public int Depth => Shape.Depth;

    /// <summary>Numbers in a parameter array, padding included.</summary>
    public int Length => _offsets[^1];

    public static int Pad(int count) => (count + ILanes<LanesScalar>.Count - 1) / ILanes<LanesScalar>.Count * ILanes<LanesScalar>.Count;

    public int In(int layer) => Shape.Layers[layer];

    public int Out(int layer) => Shape.Layers[layer + 1];

    /// <summary>Padded columns of a layer.</summary>
    public int Stride(int layer) => Pad(Out(layer));

    /// <summary>The weight matrix of a layer inside a parameter array.</summary>
    public Matrix Weights(float[] parameters, int layer) => new(parameters, _offsets[layer], Stride(layer));

    /// <summary>The bias row of a layer, padding included.</summary>
    public Span<float> Biases(float[] parameters, int layer) =>
        parameters.AsSpan(_offsets[layer] + (In(layer) * Stride(layer)), Stride(layer));

    /// <summary>One row of a layer without padding; row In(layer) holds the biases.</summary>
    public Span<float> Row(float[] parameters, int layer, int row) =>
        parameters.AsSpan(_offsets[layer] + (row * Stride(layer)), Out(layer));

    /// <summary>Unpacks a blob of little-endian binary32.</summary>
    /// <exception cref="ArgumentException">The blob has another length than the net's.</exception>
    public float[] Read(ReadOnlySpan<byte> blob)
    {
        if (blob.Length != Shape.BlobBytes)
        {
            throw new ArgumentException($"The net has {Shape.BlobBytes} bytes of parameters, got {blob.Length}.", nameof(blob));
        }

        var parameters = new float[Length];
        for (var layer = 0; layer < Depth; layer++)
        {
            for (var row = 0; row <= In(layer); row++)
            {
                var target = MemoryMarshal.AsBytes(Row(parameters, layer, row));
                blob[..target.Length].CopyTo(target);
                ToOrFromLittleEndian(target);
                blob = blob[target.Length..];
            }
        }

        return parameters;
    }

    /// <summary>Packs a parameter array into a blob.</summary>
    public void Write(float[] parameters, Span<byte> blob)
    {
        for (var layer = 0; layer < Depth; layer++)
        {
            for (var row = 0; row <= In(layer); row++)
            {
                var source = MemoryMarshal.AsBytes(Row(parameters, layer, row));
                source.CopyTo(blob);
                ToOrFromLittleEndian(blob[..source.Length]);
                blob = blob[source.Length..];
            }
        }
    }

    private static void ToOrFromLittleEndian(Span<byte> words)
    {
        if (!BitConverter.IsLittleEndian)
        {
            var integers = MemoryMarshal.Cast<byte, int>(words);
            System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(integers, integers);
        }
    }
}
