namespace Gaib.Cuda.Kernels;

/// <summary>Where floating point ends: numbers become integers by one exact scaling and one rounding, half to even.</summary>
internal static class FixedPoint
{
    /// <summary>value · 2^bits, rounded half to even.</summary>
    /// <exception cref="ArithmeticException">The value is not finite, or the result passes 2^62.</exception>
    public static long Round(double value, int bits)
    {
        var scaled = Math.Round(value * (1L << bits), MidpointRounding.ToEven);
        return Math.Abs(scaled) <= 1L << 62
            ? (long)scaled
            : throw new ArithmeticException($"{value} does not fit a number with {bits} fraction bits: training diverged.");
    }

    /// <summary>The binary32 nearest to the binary64 quotient ppm / 10^6.</summary>
    public static float FromPpm(int ppm) => (float)(ppm / 1_000_000.0);
}
