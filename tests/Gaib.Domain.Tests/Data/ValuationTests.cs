using System.Collections.Immutable;
using Gaib.Domain.Data;

namespace Gaib.Domain.Tests.Data;

public sealed class ValuationTests
{
    private const ulong Price = 1_000_000_000_000;

    private static readonly HeldBackSplit Split =
        HeldBackSplit.Split(DigitsFile.Samples, new HeldBackSizes(150, 0, 0), Keccak.HashUtf8("valuation")).Value;

    private static readonly Scenario.Brought Alice = new("alice", Own(0, 100));
    private static readonly Scenario.Brought Bob = new("bob", Own(100, 200));

    [Fact]
    public void Run_SameInput_IsTheSameForEveryPartition()
    {
        var input = Scenario.Input([Alice, Bob], Split.Door, Price, Price);
        var whole = Valuation.Run(input).Value;
        var plan = ValuationPlan.Prepare(input).Value;
        var parts = new[] { 0..1, 1..77, 77..150 }.Select(plan.Score).Reverse().ToArray();
        parts[0].Add(parts[1]);
        parts[0].Add(parts[2]);
        Assert.Equal(whole.Chunks, plan.Conclude(parts[0]).Chunks);
        Assert.Throws<ArgumentException>(() => plan.Conclude(plan.Score(0..149)));
    }

    [Fact]
    public void Run_Digits_GivesThePinnedValues()
    {
        // Pins every step from the split to the bounty, for other machines and other implementations.
        var result = Valuation.Run(Scenario.Input([Alice, Bob], Split.Door, Price, 50 * Price / 100)).Value;
        var words = new AbiWriter();
        foreach (var chunk in result.Chunks)
        {
            words.Hash(chunk.Leaf).Int(chunk.Value).Int(chunk.DoorValue).UInt(chunk.Bounty);
        }

        Assert.Equal("0xd678d5852bbbf7ab0ce259d6291a505bd9735e54d2648a114e26c7b5abacf944", words.Hash().ToString());
    }

    [Fact]
    public void Run_Result_AddsUp()
    {
        var result = Valuation.Run(Scenario.Input([Alice, Bob], Split.Door, Price, 10 * Price)).Value;
        Assert.Equal(200, result.Chunks.Length);
        Assert.All(result.Chunks, chunk => Assert.Equal(chunk.Admitted, chunk.DoorValue > 0));
        Assert.All(result.Chunks, chunk => Assert.Equal(
            (UInt128)(Price * (System.Numerics.BigInteger)Math.Max(0, chunk.DoorValue) / ((System.Numerics.BigInteger)150 << 40)),
            chunk.Bounty));
        var paid = result.Of(Scenario.AccountOf("alice")).Bounty + result.Of(Scenario.AccountOf("bob")).Bounty;
        Assert.Equal((UInt128)(10 * Price), paid + result.Unspent);
        Assert.Equal(result.Chunks.Take(100).Count(chunk => chunk.Admitted), result.Of(Scenario.AccountOf("alice")).Admitted);
    }

    [Fact]
    public void Run_BudgetShort_SpendsItExactly()
    {
        var result = Valuation.Run(Scenario.Input([Alice, Bob], Split.Door, Price, 12345)).Value;
        Assert.Equal(UInt128.Zero, result.Unspent);
    }

    [Fact]
    public void Run_Tie_IsSettledByTheBeacon()
    {
        // Two samples as far from the only door sample, one with its label: K = 1, so that only the first in rank is the neighbour.
        var right = new Scenario.Brought("right", [At(4, 0)]);
        var wrong = new Scenario.Brought("wrong", [At(12, 1)]);
        var input = Scenario.Input([right, wrong], Split.Door, Price, Price) with { Door = [At(8, 0)] };
        var rightFirst = 0;
        for (var i = 0; i < 64; i++)
        {
            var beacon = Keccak.HashUtf8($"beacon {i}");
            var chunks = Valuation.Run(input with { Header = input.Header with { K = 1, Beacon = beacon } }).Value.Chunks;
            var first = Keccak.Hash(beacon, chunks[0].Leaf) < Keccak.Hash(beacon, chunks[1].Leaf);
            const long one = 1L << KnnShapley.FractionBits;
            Assert.Equal(first ? (one, 0) : (one / 2, -one / 2), (chunks[0].Value, chunks[1].Value));
            Assert.Equal(first, chunks[0].Admitted);
            rightFirst += first ? 1 : 0;
        }

        Assert.InRange(rightFirst, 16, 48);

        static Sample At(byte value, ushort label) => new([value, value, value, .. new byte[61]], label);
    }

    [Fact]
    public void Run_CopiesOfOnesOwnTenTimes_GainNothing()
    {
        var stream = KeccakStream.For(Keccak.HashUtf8("valuation"), "copies");
        var alone = Bounties([Alice, Bob]);
        var exact = Bounties([Alice with { Samples = [.. Enumerable.Repeat(Alice.Samples, 10).SelectMany(s => s)] }, Bob]);
        var near = Bounties([
            Alice with { Samples = [.. Alice.Samples, .. Enumerable.Range(0, 9).SelectMany(_ => Alice.Samples.Select(s => Noise.Grey(s, 1, stream)))] },
            Bob,
        ]);
        Assert.InRange(exact / alone, .98, 1.02);
        Assert.InRange(near / alone, .98, 1.10);

        double Bounties(ImmutableArray<Scenario.Brought> brought) =>
            (double)Valuation.Run(Scenario.Input(brought, Split.Door, Price, 10 * Price)).Value.Of(Scenario.AccountOf("alice")).Bounty;
    }

    [Fact]
    public void Run_CopierComesLater_EarnsNothingAndLeavesEvidence()
    {
        var copier = new Scenario.Brought("copier", Alice.Samples);
        var without = Valuation.Run(Scenario.Input([Alice, Bob], Split.Door, Price, Price)).Value;
        var with = Valuation.Run(Scenario.Input([Alice, Bob, copier], Split.Door, Price, Price)).Value;
        Assert.Equal(without.Chunks, with.Chunks[..200]);
        Assert.All(with.Chunks[200..], (chunk, i) => Assert.Equal(
            (false, i, 0L, 0L, false, UInt128.Zero),
            (chunk.Canonical, chunk.Cluster, chunk.Value, chunk.DoorValue, chunk.Admitted, chunk.Bounty)));
        Assert.Equal(100, with.Evidence.Count(pair => pair.Kind == CopyKind.Exact && pair.Original == pair.Copy - 200));
    }

    [Fact]
    public void Run_NearARevealedSample_IsWorthZeroOnlyWhenLater()
    {
        var stream = KeccakStream.For(Keccak.HashUtf8("valuation"), "revealed");
        ImmutableArray<RevealedSample> revealed = [.. Bob.Samples.Concat(Alice.Samples).Select(s => new RevealedSample(Noise.Grey(s, 1, stream), 1))];
        var result = Valuation.Run(Scenario.Input([Alice, Bob], Split.Door, Price, Price, revealed)).Value;
        Assert.All(result.Chunks[100..], chunk => Assert.Equal((true, 0L, false), (chunk.Canonical, chunk.Value, chunk.Admitted)));
        Assert.Equal(
            Enumerable.Range(100, 100),
            result.Evidence.Where(pair => pair.Kind == CopyKind.HeldBack).Select(pair => pair.Copy));

        // What counts zero is not in the game either: Alice is valued as if she had come alone.
        var alone = Valuation.Run(Scenario.Input([Alice], Split.Door, Price, Price)).Value;
        Assert.Equal(alone.Chunks, result.Chunks[..100]);
    }

    [Fact]
    public void Header_Hash_IsOverItsWordsInOrder()
    {
        var header = Scenario.Input([Alice], Split.Door, Price, 77).Header;
        var expected = new AbiWriter(9).Hash(header.TrainRoot).Hash(header.DoorRoot).UInt(5).UInt(100).UInt(1).Hash(header.Beacon)
            .UInt(1).UInt(Price).UInt(77).Hash();
        Assert.Equal(expected, header.Hash());
        Assert.Equal(expected, Valuation.Run(Scenario.Input([Alice], Split.Door, Price, 77)).Value.HeaderHash);
    }

    public static TheoryData<string, Func<ValuationInput, ValuationInput>, Reason> RefusedInputs => new()
    {
        { "K", input => input with { Header = input.Header with { K = 0 } }, Reason.FieldOutOfRange },
        { "R", input => input with { Header = input.Header with { R = 0 } }, Reason.FieldOutOfRange },
        { "embedder", input => input with { Header = input.Header with { Embedder = 2 } }, Reason.FieldOutOfRange },
        { "valuationRule", input => input with { Header = input.Header with { ValuationRule = 2 } }, Reason.FieldOutOfRange },
        { "classes", input => input with { Shape = input.Shape with { Classes = 1 } }, Reason.FieldOutOfRange },
        { "label", input => input with { Shape = input.Shape with { Classes = 5 } }, Reason.SampleInvalid },
        { "outliers", input => input with { Similarity = new SimilarityRule(2, 65) }, Reason.FieldOutOfRange },
        { "outliers", input => input with { Similarity = new SimilarityRule(2, -1) }, Reason.FieldOutOfRange },
        { "door", input => input with { Door = [] }, Reason.FieldOutOfRange },
        { "chunk 1", input => input with { Chunks = [input.Chunks[1], input.Chunks[0]] }, Reason.FieldOutOfRange },
        { "chunk 1", input => input with { Chunks = [input.Chunks[0], input.Chunks[0]] }, Reason.FieldOutOfRange },
    };

    [Theory]
    [MemberData(nameof(RefusedInputs))]
    public void Run_InputOutOfRange_IsRefusedWithTheField(string subject, Func<ValuationInput, ValuationInput> change, Reason reason)
    {
        var rejection = Valuation.Run(change(Scenario.Input([Alice], Split.Door, Price, Price))).Rejection;
        Assert.Equal((reason, subject), (rejection?.Reason, rejection?.Subject));
    }

    [Fact]
    public void Run_NoChunks_GivesEverythingBack()
    {
        var result = Valuation.Run(Scenario.Input([], Split.Door, Price, 5)).Value;
        Assert.Empty(result.Chunks);
        Assert.Equal((UInt128)5, result.Unspent);
    }

    private static ImmutableArray<Sample> Own(int from, int to) => [.. Split.Rest[from..to].Select(source => DigitsFile.Samples[source])];
}
