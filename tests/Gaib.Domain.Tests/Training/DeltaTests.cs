using System.Numerics;
using CsCheck;
using Gaib.Domain.Training;

namespace Gaib.Domain.Tests.Training;

/// <summary>The form of a delta, and the exact sum.</summary>
public sealed class DeltaTests
{
    private static readonly MlpShape Shape = new([3, 2, 2], 0);

    private static readonly Gen<byte[]> AnyDelta = Gen.Select(
        Gen.Int[DeltaFormat.ExponentMin, DeltaFormat.ExponentMax].Array[Shape.TensorCount],
        Gen.Int[-DeltaFormat.ValueMax, DeltaFormat.ValueMax].Array[Shape.ParameterCount],
        Encode);

    [Fact]
    public void Of_AnyDeltas_EqualsTheSumOfBigIntegers()
    {
        var shifted = 0;
        AnyDelta.Array[1, 9].Sample(deltas =>
        {
            var sum = DeltaSum.Of(Shape, [.. deltas.Select(d => (ReadOnlyMemory<byte>)d)]).Value;
            Assert.Equal(deltas.Length, sum.Workers);
            for (var i = 0; i < Shape.ParameterCount; i++)
            {
                var exact = deltas.Aggregate(BigInteger.Zero, (total, delta) => total + Value(delta, i));
                Assert.Equal(exact, (BigInteger)sum.Values[i] << (sum.Exponents[Tensor(i)] - DeltaFormat.ExponentMin));
            }

            Interlocked.Add(ref shifted, sum.Exponents[0] < DeltaFormat.Exponent(deltas[0], 0) ? 1 : 0);
        });
        Assert.True(shifted > 0);
    }

    [Theory]
    [InlineData(DeltaFormat.ValueMax)]
    [InlineData(-DeltaFormat.ValueMax)]
    public void Of_WorstCaseOf256Workers_StillFits32Bits(int value)
    {
        var large = Encode(Enumerable.Repeat(DeltaFormat.ExponentMax, 4).ToArray(), Enumerable.Repeat(value, 14).ToArray());
        var small = Encode(Enumerable.Repeat(DeltaFormat.ExponentMin, 4).ToArray(), Enumerable.Repeat(value, 14).ToArray());
        var deltas = Enumerable.Repeat((ReadOnlyMemory<byte>)large, DeltaFormat.WorkersMax - 1).Append(small).ToArray();
        var sum = DeltaSum.Of(Shape, deltas).Value;
        Assert.All(sum.Values, v => Assert.Equal((255 * (value << 16)) + value, v));
        Assert.Equal(Reason.FieldOutOfRange, DeltaSum.Of(Shape, [.. deltas, small]).Rejection!.Reason);
        Assert.Equal(Reason.FieldOutOfRange, DeltaSum.Of(Shape, []).Rejection!.Reason);
    }

    [Fact]
    public void Validate_EveryMalformation_IsNamed()
    {
        var good = Encode([-10, -10, -10, -10], new int[14]);
        Assert.Null(DeltaFormat.Validate(Shape, good));
        Assert.Equal("delta.length", DeltaFormat.Validate(Shape, good.AsSpan(1))!.Subject);
        Assert.Equal("delta.version", DeltaFormat.Validate(Shape, With(good, 0, 2))!.Subject);
        Assert.Equal("delta.tensors", DeltaFormat.Validate(Shape, With(good, 1, 3))!.Subject);
        Assert.Equal("delta.exponents[1]", DeltaFormat.Validate(Shape, With(good, 3, DeltaFormat.ExponentMax + 1))!.Subject);
        Assert.Equal("delta.exponents[3]", DeltaFormat.Validate(Shape, With(good, 5, DeltaFormat.ExponentMin - 1))!.Subject);
        Assert.Equal("delta.values", DeltaFormat.Validate(Shape, With(good, 19, sbyte.MinValue))!.Subject);
    }

    private static byte[] Encode(int[] exponents, int[] values) =>
        [DeltaFormat.Version, (byte)exponents.Length, .. exponents.Select(e => unchecked((byte)e)), .. values.Select(v => unchecked((byte)v))];

    private static byte[] With(byte[] delta, int at, int value)
    {
        var copy = (byte[])delta.Clone();
        copy[at] = unchecked((byte)value);
        return copy;
    }

    // Tensors of the shape: 6 weights, 2 biases, 4 weights, 2 biases.
    private static int Tensor(int parameter) => parameter < 6 ? 0 : parameter < 8 ? 1 : parameter < 12 ? 2 : 3;

    private static BigInteger Value(byte[] delta, int parameter)
    {
        var value = (BigInteger)unchecked((sbyte)delta[DeltaFormat.ValuesOffset(Shape) + parameter]);
        return value << (DeltaFormat.Exponent(delta, Tensor(parameter)) - DeltaFormat.ExponentMin);
    }
}
