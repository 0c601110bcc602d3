using Gaib.Cuda.Lanes;

namespace Gaib.Cuda.Kernels;

/// <summary>Kernels without an order to fix: one result a number. Lengths are multiples of 16.</summary>
internal static class Elementwise<T>
    where T : struct, ILanes<T>
{
    /// <summary>values = values where gate &gt; 0, else +0. The gate may be the values themselves (ReLU).</summary>
    public static void WherePositive(Span<float> gate, Span<float> values)
    {
        for (var i = 0; i < values.Length; i += ILanes<T>.Count)
        {
            T.Store(T.WherePositive(T.Load(ref gate[i]), T.Load(ref values[i])), ref values[i]);
        }
    }

    /// <summary>sum = sum + values.</summary>
    public static void Add(Span<float> sum, Span<float> values)
    {
        for (var i = 0; i < sum.Length; i += ILanes<T>.Count)
        {
            T.Store(T.Add(T.Load(ref sum[i]), T.Load(ref values[i])), ref sum[i]);
        }
    }

    /// <summary>weights = weights − (rate · gradient): one product, one difference.</summary>
    public static void Descend(Span<float> weights, Span<float> gradient, float rate)
    {
        var factor = T.Broadcast(rate);
        for (var i = 0; i < weights.Length; i += ILanes<T>.Count)
        {
            var step = T.Multiply(factor, T.Load(ref gradient[i]));
            T.Store(T.Subtract(T.Load(ref weights[i]), step), ref weights[i]);
        }
    }

    /// <summary>target = (a · x) − (b · y).</summary>
    public static void Combine(Span<float> target, float a, Span<float> x, float b, Span<float> y)
    {
        var (first, second) = (T.Broadcast(a), T.Broadcast(b));
        for (var i = 0; i < target.Length; i += ILanes<T>.Count)
        {
            var difference = T.Subtract(T.Multiply(first, T.Load(ref x[i])), T.Multiply(second, T.Load(ref y[i])));
            T.Store(difference, ref target[i]);
        }
    }

    /// <summary>Σ x·y: lane l sums the products l, l + 16, … in ascending order from +0, then the tree adds the lanes.</summary>
    public static float Dot(Span<float> x, Span<float> y)
    {
        var sum = T.Zero;
        for (var i = 0; i < x.Length; i += ILanes<T>.Count)
        {
            sum = T.Add(sum, T.Multiply(T.Load(ref x[i]), T.Load(ref y[i])));
        }

        return T.Sum(sum);
    }

    /// <summary>Σ x in the order of <see cref="Dot"/>.</summary>
    public static float Sum(Span<float> x)
    {
        var sum = T.Zero;
        for (var i = 0; i < x.Length; i += ILanes<T>.Count)
        {
            sum = T.Add(sum, T.Load(ref x[i]));
        }

        return T.Sum(sum);
    }
}
