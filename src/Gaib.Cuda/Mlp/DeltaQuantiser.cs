using Gaib.Domain.Training;

namespace Gaib.Cuda.Mlp;

/// <summary>Turns local − global weights into the int8 form of <see cref="DeltaFormat"/>.</summary>
internal static class DeltaQuantiser
{
    /// <summary>
    /// Per tensor the least exponent e in −22 … −6 with max|d| ≤ 127·2^e; value = d·2^−e (exact) rounded half to even, saturated at
    /// ±127.
    /// </summary>
    /// <exception cref="ArithmeticException">A weight is not finite.</exception>
    public static byte[] Quantise(MlpLayout layout, float[] local, float[] global)
    {
        var shape = layout.Shape;
        var delta = new byte[DeltaFormat.ByteLength(shape)];
        delta[0] = DeltaFormat.Version;
        delta[1] = (byte)shape.TensorCount;
        var values = delta.AsSpan(DeltaFormat.ValuesOffset(shape));
        for (var tensor = 0; tensor < shape.TensorCount; tensor++)
        {
            var differences = Differences(layout, tensor, local, global);
            var exponent = Exponent(differences);
            delta[2 + tensor] = unchecked((byte)exponent);
            var scale = PowerOfTwo(-exponent);
            for (var i = 0; i < differences.Length; i++)
            {
                var value = MathF.Round(differences[i] * scale, MidpointRounding.ToEven);
                values[i] = unchecked((byte)(sbyte)Math.Clamp(value, -DeltaFormat.ValueMax, DeltaFormat.ValueMax));
            }

            values = values[differences.Length..];
        }

        return delta;
    }

    /// <summary>2^exponent for a normal binary32.</summary>
    public static float PowerOfTwo(int exponent) => BitConverter.Int32BitsToSingle((exponent + 127) << 23);

    private static float[] Differences(MlpLayout layout, int tensor, float[] local, float[] global)
    {
        var layer = tensor / 2;
        var (from, to) = tensor % 2 == 0 ? (0, layout.In(layer)) : (layout.In(layer), layout.In(layer) + 1);
        var differences = new float[layout.Shape.TensorLength(tensor)];
        var at = 0;
        for (var row = from; row < to; row++)
        {
            var mine = layout.Row(local, layer, row);
            var theirs = layout.Row(global, layer, row);
            for (var column = 0; column < mine.Length; column++)
            {
                differences[at++] = mine[column] - theirs[column];
            }
        }

        return differences;
    }

    private static int Exponent(float[] differences)
    {
        var most = 0f;
        foreach (var difference in differences)
        {
            if (!float.IsFinite(difference))
            {
                throw new ArithmeticException("A weight left the finite numbers: training diverged.");
            }

            most = Math.Max(most, Math.Abs(difference));
        }

        var exponent = DeltaFormat.ExponentMin;
        while (exponent < DeltaFormat.ExponentMax && most > DeltaFormat.ValueMax * PowerOfTwo(exponent))
        {
            exponent++;
        }

        return exponent;
    }
}
