using System.Runtime.Intrinsics;

namespace Gaib.Cuda.Lanes;

/// <summary>Sixteen lanes in one 512-bit register.</summary>
internal readonly struct Lanes512 : ILanes<Lanes512>
{
    private readonly Vector512<float> _v;

    private Lanes512(Vector512<float> v) => _v = v;

    public static Lanes512 Zero => new(Vector512<float>.Zero);

    public static Lanes512 Load(ref float source) => new(Vector512.LoadUnsafe(ref source));

    public static Lanes512 Broadcast(float value) => new(Vector512.Create(value));

    public static void Store(Lanes512 value, ref float target) => value._v.StoreUnsafe(ref target);

    public static Lanes512 Add(Lanes512 a, Lanes512 b) => new(a._v + b._v);

    public static Lanes512 Subtract(Lanes512 a, Lanes512 b) => new(a._v - b._v);

    public static Lanes512 Multiply(Lanes512 a, Lanes512 b) => new(a._v * b._v);

    public static Lanes512 WherePositive(Lanes512 gate, Lanes512 value) =>
        new(Vector512.GreaterThan(gate._v, Vector512<float>.Zero) & value._v);

    public static float Sum(Lanes512 value) => Tree.Of256(value._v.GetLower() + value._v.GetUpper());
}
