namespace Gaib.Domain.Training;

/// <summary>
/// A worker's answer: local weights − global weights, one int8 a parameter and one power-of-two exponent a tensor. Bytes: version (1),
/// number of tensors T, T exponents as int8, then the values as int8 in the order of the weights blob. A parameter's delta is
/// value · 2^exponent.
/// </summary>
/// <remarks>
/// Exponents stay within 16 of each other, so that after alignment a value has at most 7 + 16 bits, and 256 workers' deltas sum
/// exactly in 32 bits: 127 · 2^16 · 256 &lt; 2^31. The least step, 2^−22, lies below the spacing of binary32 weights around 1; the
/// largest delta, 127/64, is far above what a sane round changes and saturates.
/// </remarks>
public static class DeltaFormat
{
    /// <summary>First byte of a delta.</summary>
    public const byte Version = 1;

    /// <summary>Least exponent, also that of an all-zero tensor.</summary>
    public const int ExponentMin = -22;

    /// <summary>Largest exponent.</summary>
    public const int ExponentMax = -6;

    /// <summary>Largest magnitude of a value; −128 is not used, so that a delta and its opposite are equally possible.</summary>
    public const int ValueMax = 127;

    /// <summary>Most deltas of one sum.</summary>
    public const int WorkersMax = 256;

    /// <summary>Length of a delta in bytes.</summary>
    public static int ByteLength(MlpShape shape) => checked(ValuesOffset(shape) + shape.ParameterCount);

    /// <summary>Where the values begin.</summary>
    public static int ValuesOffset(MlpShape shape) => 2 + shape.TensorCount;

    /// <summary>The exponent of one tensor.</summary>
    public static int Exponent(ReadOnlySpan<byte> delta, int tensor) => (sbyte)delta[2 + tensor];

    /// <summary>
    /// Null when the bytes are a delta of this net in its one valid form; else <see cref="Reason.FieldOutOfRange"/> naming the part.
    /// </summary>
    public static Rejection? Validate(MlpShape shape, ReadOnlySpan<byte> delta)
    {
        if (delta.Length != ByteLength(shape))
        {
            return new Rejection(Reason.FieldOutOfRange, ByteLength(shape), delta.Length, "delta.length");
        }

        if (delta[0] != Version)
        {
            return new Rejection(Reason.FieldOutOfRange, Version, delta[0], "delta.version");
        }

        if (delta[1] != shape.TensorCount)
        {
            return new Rejection(Reason.FieldOutOfRange, shape.TensorCount, delta[1], "delta.tensors");
        }

        for (var tensor = 0; tensor < shape.TensorCount; tensor++)
        {
            var exponent = Exponent(delta, tensor);
            if (exponent is < ExponentMin or > ExponentMax)
            {
                var bound = exponent < ExponentMin ? ExponentMin : ExponentMax;
                return new Rejection(Reason.FieldOutOfRange, bound, exponent, $"delta.exponents[{tensor}]");
            }
        }

        return delta[ValuesOffset(shape)..].Contains(unchecked((byte)sbyte.MinValue))
            ? new Rejection(Reason.FieldOutOfRange, -ValueMax, sbyte.MinValue, "delta.values")
            : null;
    }
}
