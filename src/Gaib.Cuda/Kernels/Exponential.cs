namespace Gaib.Cuda.Kernels;

/// <summary>
/// Exponential and logarithm of our own, because every library rounds its own way. Only +, −, ·, / and bit operations, in the order
/// written, so that a GPU gives the same bits.
/// </summary>
internal static class Exponential
{
    private const float Log2E = 1.44269504f;
    private const float RoundingShift = 12582912f;
    private const float Ln2High = 0.693359375f;
    private const float Ln2Low = -2.12194440e-4f;
    private const float FloatArgumentMin = -87f;

    private const double Log2EDouble = 1.4426950408889634;
    private const double RoundingShiftDouble = 6755399441055744.0;
    private const double Ln2HighDouble = 6.93147180369123816490e-01;
    private const double Ln2LowDouble = 1.90821492927058770002e-10;
    private const double DoubleArgumentMin = -700.0;

    /// <summary>
    /// e^x in binary32 for x ≤ 0, 0 below −87. x = n·ln 2 + r by Cody and Waite's two-part ln 2, then the polynomial of the Cephes
    /// library (S. Moshier, expf), then the exponent's bits. Relative error below 2^−22.
    /// </summary>
    public static float ExpNonPositive(float x)
    {
        if (!(x >= FloatArgumentMin))
        {
            return float.IsNaN(x) ? float.NaN : 0f;
        }

        // Adding and taking away 1.5·2^23 rounds to the nearest integer, ties to even.
        var n = ((x * Log2E) + RoundingShift) - RoundingShift;
        var r = (x - (n * Ln2High)) - (n * Ln2Low);
        var p = 1.9875691500e-4f;
        p = (p * r) + 1.3981999507e-3f;
        p = (p * r) + 8.3334519073e-3f;
        p = (p * r) + 4.1665795894e-2f;
        p = (p * r) + 1.6666665459e-1f;
        p = (p * r) + 5.0000001201e-1f;
        var y = ((p * (r * r)) + r) + 1f;
        return y * BitConverter.Int32BitsToSingle(((int)n + 127) << 23);
    }

    /// <summary>e^x in binary64 for x ≤ 0, 0 below −700: the same reduction, then the Taylor polynomial of degree 13.</summary>
    public static double ExpNonPositive(double x)
    {
        if (!(x >= DoubleArgumentMin))
        {
            return double.IsNaN(x) ? double.NaN : 0.0;
        }

        var n = ((x * Log2EDouble) + RoundingShiftDouble) - RoundingShiftDouble;
        var r = (x - (n * Ln2HighDouble)) - (n * Ln2LowDouble);
        var p = 1.0 / 6227020800.0;
        p = (p * r) + (1.0 / 479001600.0);
        p = (p * r) + (1.0 / 39916800.0);
        p = (p * r) + (1.0 / 3628800.0);
        p = (p * r) + (1.0 / 362880.0);
        p = (p * r) + (1.0 / 40320.0);
        p = (p * r) + (1.0 / 5040.0);
        p = (p * r) + (1.0 / 720.0);
        p = (p * r) + (1.0 / 120.0);
        p = (p * r) + (1.0 / 24.0);
        p = (p * r) + (1.0 / 6.0);
        p = (p * r) + 0.5;
        p = (p * r) + 1.0;
        p = (p * r) + 1.0;
        return p * BitConverter.Int64BitsToDouble(((long)n + 1023) << 52);
    }

    /// <summary>
    /// ln x in binary64 for normal x ≥ 1: x = 2^e·m with √½ ≤ m &lt; √2, then 2·artanh((m − 1)/(m + 1)) by its series to the 21st power.
    /// </summary>
    public static double LogFromOne(double x)
    {
        var bits = BitConverter.DoubleToInt64Bits(x);
        var exponent = (bits >> 52) - 1023;
        var m = BitConverter.Int64BitsToDouble((bits & 0xFFFFFFFFFFFFF) | 0x3FF0000000000000);
        if (m > 1.4142135623730951)
        {
            m *= 0.5;
            exponent++;
        }

        var f = (m - 1.0) / (m + 1.0);
        var s = f * f;
        var p = 1.0 / 21.0;
        for (var odd = 19; odd >= 1; odd -= 2)
        {
            p = (p * s) + (1.0 / odd);
        }

        return (((2.0 * f) * p) + (exponent * Ln2LowDouble)) + (exponent * Ln2HighDouble);
    }
}
