using System.Collections.Immutable;

namespace Gaib.Domain.Training;

/// <summary>The exact sum of the workers' int8 deltas.</summary>
/// <param name="Values">One int32 a parameter, in the order of the weights blob: the sum is value · 2^exponent of its tensor.</param>
/// <param name="Exponents">One exponent a tensor: the least of the summed deltas'.</param>
/// <param name="Workers">How many deltas were summed.</param>
public sealed record DeltaSum(ImmutableArray<int> Values, ImmutableArray<int> Exponents, int Workers)
{
    /// <summary>
    /// Sums deltas in the order given (any order gives the same integers): each value is shifted left by its tensor's exponent minus
    /// the least exponent of that tensor, then added in int32.
    /// </summary>
    /// <param name="shape">The net.</param>
    /// <param name="deltas">1 … 256 valid deltas.</param>
    /// <returns>The sum; or <see cref="Reason.FieldOutOfRange"/> when a delta is malformed or there are too few or too many.</returns>
    public static Outcome<DeltaSum> Of(MlpShape shape, IReadOnlyList<ReadOnlyMemory<byte>> deltas)
    {
        if (deltas.Count is < 1 or > DeltaFormat.WorkersMax)
        {
            var bound = deltas.Count < 1 ? 1 : DeltaFormat.WorkersMax;
            return new Rejection(Reason.FieldOutOfRange, bound, deltas.Count, "deltas.count");
        }

        foreach (var delta in deltas)
        {
            if (DeltaFormat.Validate(shape, delta.Span) is { } rejection)
            {
                return rejection;
            }
        }

        var exponents = LeastExponents(shape, deltas);
        var values = new int[shape.ParameterCount];
        foreach (var delta in deltas)
        {
            Add(shape, delta.Span, exponents, values);
        }

        return new DeltaSum([.. values], exponents, deltas.Count);
    }

    private static ImmutableArray<int> LeastExponents(MlpShape shape, IReadOnlyList<ReadOnlyMemory<byte>> deltas)
    {
        var exponents = ImmutableArray.CreateBuilder<int>(shape.TensorCount);
        for (var tensor = 0; tensor < shape.TensorCount; tensor++)
        {
            var least = DeltaFormat.ExponentMax;
            foreach (var delta in deltas)
            {
                least = Math.Min(least, DeltaFormat.Exponent(delta.Span, tensor));
            }

            exponents.Add(least);
        }

        return exponents.MoveToImmutable();
    }

    private static void Add(MlpShape shape, ReadOnlySpan<byte> delta, ImmutableArray<int> exponents, Span<int> sum)
    {
        var values = delta[DeltaFormat.ValuesOffset(shape)..];
        var at = 0;
        for (var tensor = 0; tensor < shape.TensorCount; tensor++)
        {
            var shift = DeltaFormat.Exponent(delta, tensor) - exponents[tensor];
            for (var end = at + shape.TensorLength(tensor); at < end; at++)
            {
                var value = unchecked((sbyte)values[at]) << shift;
                sum[at] = checked(sum[at] + value);
            }
        }
    }
}
