namespace Gaib.Cuda.Kernels;

/// <summary>A window on an array: entry (i, k) lies at Offset + i·RowStride + k·ColumnStride.</summary>
/// <param name="Data">The array.</param>
/// <param name="Offset">Where entry (0, 0) lies.</param>
/// <param name="RowStride">Distance of rows.</param>
/// <param name="ColumnStride">Distance of columns.</param>
internal readonly record struct Matrix(float[] Data, int Offset, int RowStride, int ColumnStride = 1)
{
    /// <summary>The same numbers with rows and columns exchanged.</summary>
    public Matrix Transposed => new(Data, Offset, ColumnStride, RowStride);

    /// <summary>Refuses a window that passes the array's end, once for a whole kernel.</summary>
    public void Require(int rows, int columns)
    {
        var last = Offset + ((rows - 1L) * RowStride) + ((columns - 1L) * ColumnStride);
        if (Offset < 0 || rows < 1 || columns < 1 || last >= Data.Length)
        {
            throw new ArgumentOutOfRangeException(nameof(columns), $"A window of {rows} × {columns} ends at {last} of {Data.Length}.");
        }
    }
}
