using System.Runtime.Intrinsics;

namespace Gaib.Cuda.Lanes;

/// <summary>Sixteen lanes in two 256-bit registers.</summary>
internal readonly struct Lanes256 : ILanes<Lanes256>
{
    private readonly Vector256<float> _low;
    private readonly Vector256<float> _high;

    private Lanes256(Vector256<float> low, Vector256<float> high) => (_low, _high) = (low, high);

    public static Lanes256 Zero => new(Vector256<float>.Zero, Vector256<float>.Zero);

    public static Lanes256 Load(ref float source) => new(Vector256.LoadUnsafe(ref source), Vector256.LoadUnsafe(ref source, 8));

    public static Lanes256 Broadcast(float value) => new(Vector256.Create(value), Vector256.Create(value));

    public static void Store(Lanes256 value, ref float target)
    {
        value._low.StoreUnsafe(ref target);
        value._high.StoreUnsafe(ref target, 8);
    }

    public static Lanes256 Add(Lanes256 a, Lanes256 b) => new(a._low + b._low, a._high + b._high);

    public static Lanes256 Subtract(Lanes256 a, Lanes256 b) => new(a._low - b._low, a._high - b._high);

    public static Lanes256 Multiply(Lanes256 a, Lanes256 b) => new(a._low * b._low, a._high * b._high);

    public static Lanes256 WherePositive(Lanes256 gate, Lanes256 value) => new(
        Vector256.GreaterThan(gate._low, Vector256<float>.Zero) & value._low,
        Vector256.GreaterThan(gate._high, Vector256<float>.Zero) & value._high);

    public static float Sum(Lanes256 value) => Tree.Of256(value._low + value._high);
}
