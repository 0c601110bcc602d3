using System.Runtime.Intrinsics;

namespace Gaib.Cuda.Lanes;

/// <summary>Sixteen lanes in four 128-bit registers.</summary>
internal readonly struct Lanes128 : ILanes<Lanes128>
{
    private readonly Vector128<float> _a;
    private readonly Vector128<float> _b;
    private readonly Vector128<float> _c;
    private readonly Vector128<float> _d;

    private Lanes128(Vector128<float> a, Vector128<float> b, Vector128<float> c, Vector128<float> d) =>
        (_a, _b, _c, _d) = (a, b, c, d);

    public static Lanes128 Zero => Broadcast(0);

    public static Lanes128 Load(ref float source) => new(
        Vector128.LoadUnsafe(ref source),
        Vector128.LoadUnsafe(ref source, 4),
        Vector128.LoadUnsafe(ref source, 8),
        Vector128.LoadUnsafe(ref source, 12));

    public static Lanes128 Broadcast(float value)
    {
        var all = Vector128.Create(value);
        return new(all, all, all, all);
    }

    public static void Store(Lanes128 value, ref float target)
    {
        value._a.StoreUnsafe(ref target);
        value._b.StoreUnsafe(ref target, 4);
        value._c.StoreUnsafe(ref target, 8);
        value._d.StoreUnsafe(ref target, 12);
    }

    public static Lanes128 Add(Lanes128 x, Lanes128 y) => new(x._a + y._a, x._b + y._b, x._c + y._c, x._d + y._d);

    public static Lanes128 Subtract(Lanes128 x, Lanes128 y) => new(x._a - y._a, x._b - y._b, x._c - y._c, x._d - y._d);

    public static Lanes128 Multiply(Lanes128 x, Lanes128 y) => new(x._a * y._a, x._b * y._b, x._c * y._c, x._d * y._d);

    public static Lanes128 WherePositive(Lanes128 gate, Lanes128 value) => new(
        Vector128.GreaterThan(gate._a, Vector128<float>.Zero) & value._a,
        Vector128.GreaterThan(gate._b, Vector128<float>.Zero) & value._b,
        Vector128.GreaterThan(gate._c, Vector128<float>.Zero) & value._c,
        Vector128.GreaterThan(gate._d, Vector128<float>.Zero) & value._d);

    public static float Sum(Lanes128 value) => Tree.Of128((value._a + value._c) + (value._b + value._d));
}
