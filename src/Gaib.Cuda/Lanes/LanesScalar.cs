using System.Runtime.CompilerServices;

namespace Gaib.Cuda.Lanes;

/// <summary>Sixteen lanes one after the other: the reference that the registers must agree with, and the path without SIMD.</summary>
internal struct LanesScalar : ILanes<LanesScalar>
{
    private Sixteen _lanes;

    public static LanesScalar Zero => default;

    public static LanesScalar Load(ref float source)
    {
        LanesScalar loaded = default;
        for (var i = 0; i < ILanes<LanesScalar>.Count; i++)
        {
            loaded._lanes[i] = Unsafe.Add(ref source, i);
        }

        return loaded;
    }

    public static LanesScalar Broadcast(float value)
    {
        LanesScalar all = default;
        ((Span<float>)all._lanes).Fill(value);
        return all;
    }

    public static void Store(LanesScalar value, ref float target)
    {
        for (var i = 0; i < ILanes<LanesScalar>.Count; i++)
        {
            Unsafe.Add(ref target, i) = value._lanes[i];
        }
    }

    public static LanesScalar Add(LanesScalar a, LanesScalar b)
    {
        for (var i = 0; i < ILanes<LanesScalar>.Count; i++)
        {
            a._lanes[i] += b._lanes[i];
        }

        return a;
    }

    public static LanesScalar Subtract(LanesScalar a, LanesScalar b)
    {
        for (var i = 0; i < ILanes<LanesScalar>.Count; i++)
        {
            a._lanes[i] -= b._lanes[i];
        }

        return a;
    }

    public static LanesScalar Multiply(LanesScalar a, LanesScalar b)
    {
        for (var i = 0; i < ILanes<LanesScalar>.Count; i++)
        {
            a._lanes[i] *= b._lanes[i];
        }

        return a;
    }

    public static LanesScalar WherePositive(LanesScalar gate, LanesScalar value)
    {
        for (var i = 0; i < ILanes<LanesScalar>.Count; i++)
        {
            value._lanes[i] = gate._lanes[i] > 0 ? value._lanes[i] : 0;
        }

        return value;
    }

    public static float Sum(LanesScalar value)
    {
        for (var half = ILanes<LanesScalar>.Count / 2; half > 0; half /= 2)
        {
            for (var i = 0; i < half; i++)
            {
                value._lanes[i] += value._lanes[i + half];
            }
        }

        return value._lanes[0];
    }

    [InlineArray(ILanes<LanesScalar>.Count)]
    private struct Sixteen
    {
        private float _first;
    }
}
