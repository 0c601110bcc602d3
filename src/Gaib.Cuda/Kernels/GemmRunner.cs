using System.Runtime.InteropServices;
using Gaib.Cuda.Lanes;
using Gaib.Domain;
using Gaib.Domain.Compute;

namespace Gaib.Cuda.Kernels;

/// <summary>
/// The int8 product of a challenge on the binary32 kernel. Over at most 1,024 terms every sum stays below 127²·1024 &lt; 2^24, where
/// binary32 counts exactly; the pieces are then added in int32.
/// </summary>
internal static class GemmRunner<T>
    where T : struct, ILanes<T>
{
    private const int DepthPiece = 1024;
    private const int ColumnPiece = 64;

    public static GemmResult Run(GemmChallenge challenge, Crew crew)
    {
        var size = challenge.Size;
        var (left, right) = (challenge.Left(), challenge.Right());
        var product = new int[checked(size * size)];
        var rows = new float[checked(size * Math.Min(size, DepthPiece))];
        for (var depthFrom = 0; depthFrom < size; depthFrom += DepthPiece)
        {
            var depth = Math.Min(DepthPiece, size - depthFrom);
            for (var row = 0; row < size; row++)
            {
                Widen(left.AsSpan((row * size) + depthFrom, depth), rows.AsSpan(row * depth));
            }

            for (var columnFrom = 0; columnFrom < size; columnFrom += ColumnPiece)
            {
                Panel(right, rows, product, size, depthFrom, depth, columnFrom, crew);
            }
        }

        var bytes = ToLittleEndian(product);
        return new GemmResult(bytes, Keccak.Hash(bytes));
    }

    private static void Panel(
        sbyte[] right, float[] rows, int[] product, int size, int depthFrom, int depth, int columnFrom, Crew crew)
    {
        var columns = Math.Min(ColumnPiece, size - columnFrom);
        var panel = new float[depth * ColumnPiece];
        for (var k = 0; k < depth; k++)
        {
            Widen(right.AsSpan(((depthFrom + k) * size) + columnFrom, columns), panel.AsSpan(k * ColumnPiece));
        }

        var sums = new float[size * ColumnPiece];
        Gemm<T>.Accumulate(
            crew, new Matrix(rows, 0, depth), new Matrix(panel, 0, ColumnPiece), new Matrix(sums, 0, ColumnPiece),
            size, ColumnPiece, depth);
        for (var row = 0; row < size; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                product[(row * size) + columnFrom + column] += (int)sums[(row * ColumnPiece) + column];
            }
        }
    }

    private static void Widen(ReadOnlySpan<sbyte> entries, Span<float> numbers)
    {
        for (var i = 0; i < entries.Length; i++)
        {
            numbers[i] = entries[i];
        }
    }

    private static byte[] ToLittleEndian(int[] product)
    {
        var bytes = MemoryMarshal.AsBytes(product.AsSpan()).ToArray();
        if (!BitConverter.IsLittleEndian)
        {
            var words = MemoryMarshal.Cast<byte, int>(bytes.AsSpan());
            System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(words, words);
        }

        return bytes;
    }
}
