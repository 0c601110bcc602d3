namespace Gaib.Domain.Models;

/// <summary>Unsigned numbers for a rejection, which carries signed ones.</summary>
internal static class Saturation
{
    /// <summary>The value, or the greatest signed number when it does not fit; a rejection must not wrap around.</summary>
    internal static Int128 Saturate(this UInt128 value) => value > (UInt128)Int128.MaxValue ? Int128.MaxValue : (Int128)value;
}
