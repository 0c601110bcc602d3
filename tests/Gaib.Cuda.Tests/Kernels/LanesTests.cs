using Gaib.Cuda.Kernels;
using Gaib.Cuda.Lanes;

namespace Gaib.Cuda.Tests.Kernels;

/// <summary>Every register width does the same to every bit.</summary>
public sealed class LanesTests
{
    private static readonly float[] Odd =
    [
        1e8f, -1e8f, 1f, 1e-8f, -0f, 0f, 3.3e38f, -3.3e38f, float.Epsilon, -1f, 0.1f, 1e20f, -1e20f, 7f, -7f, 0.333f,
    ];

    [Fact]
    public void Sum_NumbersThatDoNotAssociate_FollowsTheTree()
    {
        var lanes = (float[])Odd.Clone();
        for (var half = 8; half > 0; half /= 2)
        {
            for (var i = 0; i < half; i++)
            {
                lanes[i] = lanes[i] + lanes[i + half];
            }
        }

        Assert.Equal(lanes[0], LanesScalar.Sum(LanesScalar.Load(ref Odd[0])));
        Assert.Equal(lanes[0], Lanes128.Sum(Lanes128.Load(ref Odd[0])));
        Assert.Equal(lanes[0], Lanes256.Sum(Lanes256.Load(ref Odd[0])));
        Assert.Equal(lanes[0], Lanes512.Sum(Lanes512.Load(ref Odd[0])));
        Assert.NotEqual(Odd.Sum(), lanes[0]);
    }

    [Fact]
    public void Operations_EveryWidth_GiveTheReferenceBits()
    {
        Assert.Equal(Results<LanesScalar>(), Results<Lanes128>());
        Assert.Equal(Results<LanesScalar>(), Results<Lanes256>());
        Assert.Equal(Results<LanesScalar>(), Results<Lanes512>());
    }

    [Fact]
    public void WherePositive_ZeroesAndNaN_GivePlusZero()
    {
        float[] gate = [0f, -0f, float.NaN, -1f, 1f, float.Epsilon, float.PositiveInfinity, float.NegativeInfinity, 0, 0, 0, 0, 0, 0, 0, 0];
        var values = Enumerable.Repeat(-5f, 16).ToArray();
        Elementwise<Lanes512>.WherePositive(gate, values);
        Assert.Equal([0, 0, 0, 0, -5f, -5f, -5f, 0], values[..8]);
        Assert.All(values.Where(value => value == 0), value => Assert.False(float.IsNegative(value)));
    }

    private static int[] Results<T>()
        where T : struct, ILanes<T>
    {
        var other = Odd.Reverse().Select(value => value * 1.7f).ToArray();
        var (x, y) = (T.Load(ref Odd[0]), T.Load(ref other[0]));
        var target = new float[16];
        var bits = new List<int>();
        foreach (var result in new[]
        {
            T.Add(x, y), T.Subtract(x, y), T.Multiply(x, y), T.WherePositive(x, y), T.Broadcast(0.1f), T.Zero,
        })
        {
            T.Store(result, ref target[0]);
            bits.AddRange(target.Select(BitConverter.SingleToInt32Bits));
        }

        return [.. bits];
    }
}
