using System.Diagnostics;
using System.Runtime.InteropServices;
using Gaib.Domain.Data;

namespace Gaib.Domain.Tests.Data;

/// <summary>The size of the anchor, 60,000 × 1,000 × 64; a tenth of the door samples in CI. Prints, and asserts only that it is the same work.</summary>
public sealed class KnnSpeedTests(ITestOutputHelper output)
{
    private const int Train = 60_000;

    [Fact]
    public void Score_AnchorSize_IsTheSameOnOneAndTwoThreads()
    {
        var doors = DigitsFile.Nightly ? 1000 : 100;
        var embeddings = new sbyte[(Train + doors) * Projector.Lanes];
        new Random(1).NextBytes(MemoryMarshal.AsBytes(embeddings.AsSpan()));
        embeddings.AsSpan().Replace(sbyte.MinValue, (sbyte)0);
        var labels = Enumerable.Range(0, Train + doors).Select(i => (ushort)(i % 10)).ToArray();
        var leaves = Enumerable.Range(0, Train).Select(i => Keccak.HashUtf8($"{i}")).ToArray();
        var clock = Stopwatch.StartNew();
        var shapley = new KnnShapley(embeddings.AsSpan(0, Train * 64), labels.AsSpan(0, Train), leaves, KnnTerms.Default, Hash32.Zero);
        var prepared = clock.Elapsed;
        KnnTotals Run(int from, int to)
        {
            var totals = shapley.Start();
            for (var i = Train + from; i < Train + to; i++)
            {
                shapley.Score(totals, embeddings.AsSpan(i * Projector.Lanes, Projector.Lanes), labels[i]);
            }

            return totals;
        }

        clock.Restart();
        var one = Run(0, doors);
        var alone = clock.Elapsed;
        clock.Restart();
        var halves = new KnnTotals[2];
        Parallel.For(0, 2, half => halves[half] = Run(half * doors / 2, (half + 1) * doors / 2));
        halves[0].Add(halves[1]);
        var together = clock.Elapsed;
        output.WriteLine($"{Train} x {doors} x 64: prepare {prepared.TotalSeconds:F2} s, one thread {alone.TotalSeconds:F2} s, two {together.TotalSeconds:F2} s");
        Assert.Equal(one.Values.ToArray(), halves[0].Values.ToArray());
        Assert.Equal(one.DoorValues.ToArray(), halves[0].DoorValues.ToArray());
    }
}
