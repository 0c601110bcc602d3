using System.Numerics;
using Gaib.Domain.Data;

namespace Gaib.Domain.Tests.Data;

public sealed class KnnShapleyTests(ITestOutputHelper output)
{
    private static readonly Hash32 Beacon = Keccak.HashUtf8("beacon");

    /// <summary>1,000 games: the rational recurrence is the Shapley value, and the integers are within N·2^-40 of it.</summary>
    [Fact]
    public void Score_RandomGames_EqualsBruteForceOverAllSubsets()
    {
        var stream = KeccakStream.For(Beacon, "games");
        var (few, ties, oneClass) = (0, 0, 0);
        for (var game = 0; game < 1000; game++)
        {
            var n = 1 + stream.Next(10);
            var k = 1 + stream.Next(12);
            var classes = 1 + stream.Next(4);
            var spread = game % 10 == 0 ? 1 : 1 + stream.Next(4);
            var set = new Game(stream, n, classes, spread);
            var order = KnnReference.Rank(set.Train, set.Leaves, Beacon, set.Door);
            var matches = order.Select(i => set.Labels[i] == set.DoorLabel).ToArray();
            var exact = KnnReference.BruteForce(matches, k);
            Assert.Equal(exact, KnnReference.Recurrence(matches, k));

            var totals = set.Score(new KnnTerms(k, 100));
            var scale = KnnReference.Factorial(n) * k;
            for (var rank = 0; rank < n; rank++)
            {
                var error = BigInteger.Abs(totals.Values[order[rank]] * scale - (exact[rank] << KnnShapley.FractionBits));
                Assert.True(error <= n * scale, $"game {game} rank {rank + 1}: off by {error} / {scale}");
            }

            few += n < k ? 1 : 0;
            ties += spread == 1 ? 1 : 0;
            oneClass += classes == 1 ? 1 : 0;
        }

        output.WriteLine($"1000 games, 0 mismatches; N < K in {few}, all distances equal in {ties}, one class in {oneClass}");
        Assert.True(few > 200 && ties > 100 && oneClass > 100);
    }

    /// <summary>The integer rule exactly as the design writes it, on larger sets with ties, against the ranked and batched code.</summary>
    [Theory]
    [InlineData(1, 5, 100)]
    [InlineData(3, 5, 100)]
    [InlineData(99, 5, 100)]
    [InlineData(100, 1, 100)]
    [InlineData(101, 10, 100)]
    [InlineData(2500, 7, 100)]
    [InlineData(700, 900, 50)]
    [InlineData(700, 3, 1)]
    [InlineData(700, 3, 2)]
    public void Score_LargeSets_FollowsTheRuleToTheBit(int n, int k, int r)
    {
        var set = new Game(KeccakStream.For(Beacon, $"large {n}"), n, 3, 2);
        var order = KnnReference.Rank(set.Train, set.Leaves, Beacon, set.Door);
        var b = order.Select(i => set.Labels[i] == set.DoorLabel ? 1L : 0L).ToArray();
        var s = new long[n];
        s[n - 1] = b[n - 1] * ((1L << 40) * Math.Min(k, n) / ((long)n * k));
        for (var i = n - 1; i >= 1; i--)
        {
            s[i - 1] = s[i] + (b[i - 1] - b[i]) * ((1L << 40) / Math.Max(k, i));
        }

        var floor = s[Math.Min(n, r) - 1];
        var totals = set.Score(new KnnTerms(k, r));
        Assert.Equal(s, order.Select(i => totals.Values[i]));
        Assert.Equal(
            s.Select((value, i) => i + 1 < Math.Min(n, r) ? value - floor : 0),
            order.Select(i => totals.DoorValues[i]));
    }

    [Fact]
    public void Score_ValuesOfOneDoorSample_SumToTheUtilityOfTheWholeSet()
    {
        var set = new Game(KeccakStream.For(Beacon, "efficiency"), 500, 3, 40);
        var order = KnnReference.Rank(set.Train, set.Leaves, Beacon, set.Door);
        var hits = order.Take(5).Count(i => set.Labels[i] == set.DoorLabel);
        var sum = set.Score(KnnTerms.Default).Values.ToArray().Sum();
        Assert.InRange(sum - (hits * (1L << 40) / 5), -500 * 500, 500 * 500);
    }

    [Fact]
    public void Score_SharedOutInAnyWay_GivesTheSameBits()
    {
        var stream = KeccakStream.For(Beacon, "shared");
        var set = new Game(stream, 400, 10, 30);
        var doors = Enumerable.Range(0, 60).Select(_ => new Game(stream, 1, 10, 30)).ToArray();
        var shapley = set.Prepare(KnnTerms.Default);
        var alone = shapley.Start();
        foreach (var door in doors)
        {
            shapley.Score(alone, door.Door, door.DoorLabel);
        }

        foreach (var parts in new[] { 2, 3, 7 })
        {
            var totals = new KnnTotals[parts];
            Parallel.For(0, parts, part =>
            {
                totals[part] = shapley.Start();
                foreach (var door in doors.Where((_, i) => i % parts == part))
                {
                    shapley.Score(totals[part], door.Door, door.DoorLabel);
                }
            });
            var together = shapley.Start();
            foreach (var part in totals.Reverse())
            {
                together.Add(part);
            }

            Assert.Equal(60, together.DoorSamples);
            Assert.Equal(alone.Values.ToArray(), together.Values.ToArray());
            Assert.Equal(alone.DoorValues.ToArray(), together.DoorValues.ToArray());
        }
    }

    [Fact]
    public void Score_EmptySet_HasNothingToValue()
    {
        var shapley = new KnnShapley([], [], [], KnnTerms.Default, Beacon);
        var totals = shapley.Start();
        shapley.Score(totals, new sbyte[64], 0);
        Assert.Equal((0, 1), (totals.Values.Length, totals.DoorSamples));
    }

    [Fact]
    public void New_OutOfRange_Throws()
    {
        Assert.Throws<ArgumentException>(() => new KnnShapley(new sbyte[64], new ushort[2], new Hash32[1], KnnTerms.Default, Beacon));
        Assert.Throws<ArgumentException>(() => new KnnShapley(new sbyte[63], new ushort[1], new Hash32[1], KnnTerms.Default, Beacon));
        Assert.Throws<ArgumentException>(() =>
            new KnnShapley([.. new sbyte[63], sbyte.MinValue], new ushort[1], new Hash32[1], KnnTerms.Default, Beacon));
        Assert.Throws<ArgumentOutOfRangeException>(() => new KnnShapley([], [], [], new KnnTerms(0, 100), Beacon));
        Assert.Throws<ArgumentOutOfRangeException>(() => new KnnShapley([], [], [], new KnnTerms(5, 0), Beacon));
        var shapley = new KnnShapley([], [], [], KnnTerms.Default, Beacon);
        Assert.Throws<ArgumentException>(() => shapley.Score(shapley.Start(), new sbyte[63], 0));
        Assert.Throws<ArgumentException>(() =>
            shapley.Start().Add(new KnnShapley(new sbyte[64], new ushort[1], new Hash32[1], KnnTerms.Default, Beacon).Start()));
    }

    /// <summary>A random training set with one door sample. Embeddings fill the whole range when the spread is 255.</summary>
    private sealed class Game
    {
        public Game(KeccakStream stream, int n, int classes, int spread)
        {
            Train = [.. Enumerable.Range(0, n).Select(_ => Row(stream, spread))];
            Labels = [.. Enumerable.Range(0, n).Select(_ => (ushort)stream.Next(classes))];
            Leaves = [.. Enumerable.Range(0, n).Select(i => Keccak.HashUtf8($"{stream.NextUInt64()} {i}"))];
            Door = Row(stream, spread);
            DoorLabel = (ushort)stream.Next(classes);
        }

        public sbyte[][] Train { get; }

        public ushort[] Labels { get; }

        public Hash32[] Leaves { get; }

        public sbyte[] Door { get; }

        public ushort DoorLabel { get; }

        public KnnShapley Prepare(KnnTerms terms) => new([.. Train.SelectMany(row => row)], Labels, Leaves, terms, Beacon);

        public KnnTotals Score(KnnTerms terms)
        {
            var shapley = Prepare(terms);
            var totals = shapley.Start();
            shapley.Score(totals, Door, DoorLabel);
            return totals;
        }

        // Few lanes vary when the spread is small, so that equal distances are common; all at the far ends when it is large.
        private static sbyte[] Row(KeccakStream stream, int spread) =>
        [
            .. Enumerable.Range(0, 64).Select(lane =>
                lane % 16 != 0 && spread < 40 ? (sbyte)0 : (sbyte)(spread == 40 ? 254 * stream.Next(2) - 127 : stream.Next(spread))),
        ];
    }
}
