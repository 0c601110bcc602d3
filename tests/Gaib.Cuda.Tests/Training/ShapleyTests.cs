using System.Collections.Immutable;
using System.Numerics;
using Gaib.Domain;
using Gaib.Domain.Training;

namespace Gaib.Cuda.Tests.Training;

/// <summary>The engine's values beside Shapley values over all subsets of contributors, of one step on a small net.</summary>
public sealed class ShapleyTests
{
    private const int Players = 8;
    private const int Games = 100;

    private static readonly MlpShape Shape = new([8, 16, 4], 4);

    // The error of the sum grows with the rate: the design normalises to the measured drop for that reason.
    [Theory]
    [InlineData(50_000, 0.9999, 0.999, 0.005)]
    [InlineData(200_000, 0.999, 0.98, 0.03)]
    public void Attribute_OneStep_FollowsBruteForceShapley(int ratePpm, double correlationMedian, double correlationMin, double errorMax)
    {
        var correlations = new List<double>();
        var (second, first, drops) = (0.0, 0.0, 0.0);
        for (var game = 0; game < Games; game++)
        {
            var (values, exact, drop, firstOrder) = Play(game, ratePpm);
            correlations.Add(Correlation(values, exact));
            second += Math.Abs(values.Sum() - drop);
            first += Math.Abs(firstOrder - drop);
            drops += drop;
        }

        var median = correlations.Order().ElementAt(Games / 2);
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"rate {ratePpm / 1e6}: correlation with brute-force Shapley median {median:F6}, min {correlations.Min():F6}; error of the sum against the " +
            $"true drop: second order {second / drops:P2}, first order {first / drops:P2}");
        Assert.InRange(median, correlationMedian, 1);
        Assert.InRange(correlations.Min(), correlationMin, 1);
        Assert.InRange(second / drops, 0, errorMax);
        Assert.True(first > 3 * second, "The second-order term must earn its keep.");
    }

    private static (double[] Values, double[] Exact, double Drop, double FirstOrder) Play(int game, int ratePpm)
    {
        var settings = new TrainingSettings(Shape, 1, 1, 1, 64, ratePpm, 1_000_000, 0);
        var run = Keccak.HashUtf8($"game {game}");
        var device = CpuDevice.Create();
        var samples = Blobs.Samples(64, Shape, $"train {game}");
        var validation = Blobs.Samples(40, Shape, $"validation {game}");
        var blob = device.InitialWeights(Shape, run);
        ImmutableArray<int> owners = [.. Enumerable.Range(0, samples.Count).Select(i => i % Players)];
        var replay = device.Attribute(new AttributionTask(settings, run, 0, blob, samples, owners, Players, validation, [0]));
        var values = replay.RawValues([0]).Select(v => v / Math.Pow(2, 32)).ToArray();

        // The batch is the whole set once, so a contributor's gradient is that of its samples' sum over the batch size.
        var net = new DoubleNet(Shape);
        var weights = Blobs.Numbers(blob).Select(w => (double)w).ToArray();
        var gradients = Enumerable.Range(0, Players).Select(c =>
        {
            int[] own = [.. Enumerable.Range(0, samples.Count).Where(i => owners[i] == c)];
            return net.Gradient(weights, samples.Select(own)).Select(g => g * own.Length / samples.Count).ToArray();
        }).ToArray();
        var rate = ratePpm / 1e6;
        var before = net.Loss(weights, validation);
        var worth = Enumerable.Range(0, 1 << Players).Select(set => validation.Count * (before - net.Loss(
            Enumerable.Range(0, Players).Where(c => (set >> c & 1) == 1)
                .Aggregate(weights, (moved, c) => DoubleNet.Plus(moved, -rate, gradients[c])), validation))).ToArray();
        var slope = net.Gradient(weights, validation);
        var firstOrder = rate * validation.Count * gradients.Sum(gradient => DoubleNet.Dot(slope, gradient));
        return (values, Shapley(worth), worth[^1], firstOrder);
    }

    private static double[] Shapley(double[] worth)
    {
        var values = new double[Players];
        for (var set = 0; set < worth.Length; set++)
        {
            var size = BitOperations.PopCount((uint)set);
            for (var c = 0; c < Players; c++)
            {
                if ((set >> c & 1) == 0)
                {
                    var weight = Factorial(size) * Factorial(Players - size - 1) / Factorial(Players);
                    values[c] += weight * (worth[set | (1 << c)] - worth[set]);
                }
            }
        }

        return values;
    }

    private static double Factorial(int n) => n <= 1 ? 1 : n * Factorial(n - 1);

    private static double Correlation(double[] x, double[] y)
    {
        var (mx, my) = (x.Average(), y.Average());
        var (dx, dy) = (x.Select(v => v - mx).ToArray(), y.Select(v => v - my).ToArray());
        return DoubleNet.Dot(dx, dy) / Math.Sqrt(DoubleNet.Dot(dx, dx) * DoubleNet.Dot(dy, dy));
    }
}
