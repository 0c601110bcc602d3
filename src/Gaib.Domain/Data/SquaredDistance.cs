using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Gaib.Domain.Data;

/// <summary>Squared Euclidean distances of int8[64] embeddings in int32; at most 64·254² &lt; 2^22 for lanes within ±127, and exact on every path.</summary>
internal static class SquaredDistance
{
    private const int Lanes = Projector.Lanes;
    private const int Step = 32;

    /// <summary>Writes the squared distance of one embedding to each row.</summary>
    /// <param name="rows">Row after row, 64 lanes each.</param>
    /// <param name="embedding">64 lanes.</param>
    /// <param name="distances">One a row.</param>
    public static void ToRows(ReadOnlySpan<sbyte> rows, ReadOnlySpan<sbyte> embedding, Span<int> distances)
    {
        var (a, b) = Vector256.Widen(Vector256.Create(embedding));
        var (c, d) = Vector256.Widen(Vector256.Create(embedding[Step..]));
        for (var i = 0; i < distances.Length; i++)
        {
            var row = rows.Slice(i * Lanes, Lanes);
            var (e, f) = Vector256.Widen(Vector256.Create(row));
            var (g, h) = Vector256.Widen(Vector256.Create(row[Step..]));
            distances[i] = Vector256.Sum(Square(a - e) + Square(b - f) + Square(c - g) + Square(d - h));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Square(Vector256<short> difference)
    {
        if (Avx2.IsSupported)
        {
            return Avx2.MultiplyAddAdjacent(difference, difference);
        }

        var (low, high) = Vector256.Widen(difference);
        return low * low + high * high;
    }
}
