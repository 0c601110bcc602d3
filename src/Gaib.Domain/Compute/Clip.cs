namespace Gaib.Domain.Compute;

/// <summary>Unsigned 128-bit amounts as the signed numbers of a rejection.</summary>
internal static class Clip
{
    /// <summary>The value, or 2^127 − 1 for anything above: a rejection explains, and is no input of any rule.</summary>
    public static Int128 ToInt128(UInt128 value) => value > (UInt128)Int128.MaxValue ? Int128.MaxValue : (Int128)value;
}
