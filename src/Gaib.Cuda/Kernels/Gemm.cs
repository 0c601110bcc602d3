using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Gaib.Cuda.Lanes;

namespace Gaib.Cuda.Kernels;

/// <summary>
/// The one matrix kernel: C(i, j) = (…((C(i, j) + A(i, 0)·B(0, j)) + A(i, 1)·B(1, j)) + …). The sum over k ascends and is never split,
/// so neither tiles nor lanes (which run along j) nor threads (which share out i) show in the result.
/// </summary>
internal static class Gemm<T>
    where T : struct, ILanes<T>
{
    private const int TileRows = 4;

    /// <summary>Adds A·B to C.</summary>
    /// <param name="crew">Threads to share out the rows.</param>
    /// <param name="a">rows × depth, any strides.</param>
    /// <param name="b">depth × columns, columns adjacent.</param>
    /// <param name="c">rows × columns, columns adjacent.</param>
    /// <param name="rows">Rows of A and C.</param>
    /// <param name="columns">Columns of B and C, a multiple of 16.</param>
    /// <param name="depth">Columns of A and rows of B.</param>
    public static void Accumulate(Crew crew, Matrix a, Matrix b, Matrix c, int rows, int columns, int depth)
    {
        a.Require(rows, depth);
        b.Require(depth, columns);
        c.Require(rows, columns);
        if (columns % ILanes<T>.Count != 0 || b.ColumnStride != 1 || c.ColumnStride != 1)
        {
            throw new ArgumentException("Columns must be adjacent and come in sixteens.", nameof(columns));
        }

        var parts = crew.Parts(rows, (long)rows * columns * depth);
        if (parts == 1)
        {
            Rows(a, b, c, 0, rows, columns, depth);
        }
        else
        {
            Crew.Split(rows, parts, (from, to) => Rows(a, b, c, from, to, columns, depth));
        }
    }

    private static void Rows(Matrix a, Matrix b, Matrix c, int from, int to, int columns, int depth)
    {
        ref var aStart = ref At(a);
        ref var bStart = ref At(b);
        ref var cStart = ref At(c);
        for (var j = 0; j < columns; j += ILanes<T>.Count)
        {
            var i = from;
            for (; i + TileRows <= to; i += TileRows)
            {
                Tile(
                    ref Unsafe.Add(ref aStart, (nint)i * a.RowStride), a.RowStride, a.ColumnStride,
                    ref Unsafe.Add(ref bStart, j), b.RowStride,
                    ref Unsafe.Add(ref cStart, ((nint)i * c.RowStride) + j), c.RowStride, depth);
            }

            for (; i < to; i++)
            {
                Row(
                    ref Unsafe.Add(ref aStart, (nint)i * a.RowStride), a.ColumnStride,
                    ref Unsafe.Add(ref bStart, j), b.RowStride,
                    ref Unsafe.Add(ref cStart, ((nint)i * c.RowStride) + j), depth);
            }
        }
    }

    private static void Tile(
        ref float a, nint aRow, nint aStep, ref float b, nint bStep, ref float c, nint cRow, int depth)
    {
        var c0 = T.Load(ref c);
        var c1 = T.Load(ref Unsafe.Add(ref c, cRow));
        var c2 = T.Load(ref Unsafe.Add(ref c, 2 * cRow));
        var c3 = T.Load(ref Unsafe.Add(ref c, 3 * cRow));
        for (var k = 0; k < depth; k++)
        {
            var row = T.Load(ref b);
            c0 = T.Add(c0, T.Multiply(T.Broadcast(a), row));
            c1 = T.Add(c1, T.Multiply(T.Broadcast(Unsafe.Add(ref a, aRow)), row));
            c2 = T.Add(c2, T.Multiply(T.Broadcast(Unsafe.Add(ref a, 2 * aRow)), row));
            c3 = T.Add(c3, T.Multiply(T.Broadcast(Unsafe.Add(ref a, 3 * aRow)), row));
            a = ref Unsafe.Add(ref a, aStep);
            b = ref Unsafe.Add(ref b, bStep);
        }

        T.Store(c0, ref c);
        T.Store(c1, ref Unsafe.Add(ref c, cRow));
        T.Store(c2, ref Unsafe.Add(ref c, 2 * cRow));
        T.Store(c3, ref Unsafe.Add(ref c, 3 * cRow));
    }

    private static void Row(ref float a, nint aStep, ref float b, nint bStep, ref float c, int depth)
    {
        var sum = T.Load(ref c);
        for (var k = 0; k < depth; k++)
        {
            sum = T.Add(sum, T.Multiply(T.Broadcast(a), T.Load(ref b)));
            a = ref Unsafe.Add(ref a, aStep);
            b = ref Unsafe.Add(ref b, bStep);
        }

        T.Store(sum, ref c);
    }

    private static ref float At(Matrix matrix) =>
        ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(matrix.Data), matrix.Offset);
}
