using Gaib.Cuda.Kernels;

namespace Gaib.Cuda.Tests.Kernels;

/// <summary>Our own exponential and logarithm beside the library's.</summary>
public sealed class ExponentialTests
{
    [Fact]
    public void ExpNonPositive_Binary32_StaysWithinTwoToTheMinus22()
    {
        for (var x = -87f; x <= 0; x += 0.001f)
        {
            var exact = Math.Exp((double)x);
            Assert.InRange(Math.Abs(Exponential.ExpNonPositive(x) - exact) / exact, 0, Math.Pow(2, -22));
        }
    }

    [Fact]
    public void ExpNonPositive_Binary64_StaysWithinTwoToTheMinus50()
    {
        for (var x = -699.9; x <= 0; x += 0.0123)
        {
            var exact = Math.Exp(x);
            Assert.InRange(Math.Abs(Exponential.ExpNonPositive(x) - exact) / exact, 0, Math.Pow(2, -50));
        }
    }

    [Fact]
    public void ExpNonPositive_Ends_AreExact()
    {
        Assert.Equal(1f, Exponential.ExpNonPositive(0f));
        Assert.Equal(1.0, Exponential.ExpNonPositive(0.0));
        Assert.Equal(0f, Exponential.ExpNonPositive(-87.1f));
        Assert.Equal(0f, Exponential.ExpNonPositive(float.NegativeInfinity));
        Assert.Equal(0.0, Exponential.ExpNonPositive(-1e9));
        Assert.True(float.IsNaN(Exponential.ExpNonPositive(float.NaN)));
        Assert.True(double.IsNaN(Exponential.ExpNonPositive(double.NaN)));
    }

    [Fact]
    public void LogFromOne_OneToAMillion_StaysWithinTwoToTheMinus50()
    {
        Assert.Equal(0.0, Exponential.LogFromOne(1.0));
        for (var x = 1.0; x < 1e6; x *= 1.00037)
        {
            var exact = Math.Log(x);
            Assert.InRange(Math.Abs(Exponential.LogFromOne(x) - exact), 0, Math.Pow(2, -50) * Math.Max(exact, 1e-3));
        }
    }

    [Theory]
    [InlineData(0.5, 0, 0)]
    [InlineData(1.5, 0, 2)]
    [InlineData(-2.5, 0, -2)]
    [InlineData(0.25, 32, 1L << 30)]
    public void Round_Halves_GoToTheEvenNumber(double value, int bits, long expected) =>
        Assert.Equal(expected, FixedPoint.Round(value, bits));

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(1e10)]
    public void Round_OutsideTheRange_Throws(double value) =>
        Assert.Throws<ArithmeticException>(() => FixedPoint.Round(value, 32));
}
