using System.Collections.Immutable;
using CsCheck;
using Gaib.Domain.Training;

namespace Gaib.Domain.Tests.Training;

/// <summary>From raw values to attributed parts.</summary>
public sealed class AttributionTests
{
    private static readonly Address[] People =
        [.. Enumerable.Range(0, 8).Select(i => Address.FromHash(new AbiWriter(1).Int(i).Hash()))];

    [Fact]
    public void Normalise_AnyValues_SumsToTheDropExactly()
    {
        int scaled = 0, left = 0, none = 0;
        Gen.Select(Gen.Long[-1_000, 4_000], Gen.Long[-900, 1_200].Array[8]).Sample((drop, values) =>
        {
            var result = Attribution.Normalise(drop, values, People);
            var positive = values.Sum(v => Math.Max(0, v));
            Assert.Equal(Math.Max(0, drop), result.Parts.Sum() + result.Unattributed);
            Assert.All(result.Parts, part => Assert.True(part >= 0));
            for (var i = 0; i < values.Length; i++)
            {
                Assert.True(values[i] > 0 || result.Parts[i] == 0);
                Assert.True(drop <= 0 || positive > drop || result.Parts[i] == Math.Max(0, values[i]));
            }

            Interlocked.Add(ref none, drop <= 0 ? 1 : 0);
            Interlocked.Add(ref scaled, drop > 0 && positive > drop ? 1 : 0);
            Interlocked.Add(ref left, drop > 0 && positive < drop ? 1 : 0);
        });
        Assert.True(scaled > 0 && left > 0 && none > 0);
    }

    [Fact]
    public void Normalise_TiedRemainders_FallToTheLowerAddress()
    {
        // Three equal values and a drop of 2: the two lowest addresses get one unit each, wherever they stand in the list.
        var people = People.OrderDescending().Take(3).ToArray();
        Assert.Equal([0, 1, 1], Attribution.Normalise(2, [5, 5, 5], people).Parts);
        Assert.Equal([1, 1, 0], Attribution.Normalise(2, [5, 5, 5], [.. people.Order()]).Parts);
    }

    [Fact]
    public void Normalise_LargeValues_ScaleWithoutOverflow()
    {
        var result = Attribution.Normalise(long.MaxValue, [long.MaxValue, long.MaxValue, -1], People[..3]);
        Assert.Equal(long.MaxValue, result.Parts.Sum());
        Assert.Equal(0, result.Unattributed);
        Assert.InRange(result.Parts[0] - result.Parts[1], -1, 1);
    }

    [Theory]
    [InlineData(0x8000, 0)]
    [InlineData(0x8001, 1)]
    [InlineData(0x18000, 2)]
    [InlineData(0x28000, 2)]
    [InlineData(-0x8000, 0)]
    [InlineData(-0x8001, -1)]
    [InlineData(-0x18000, -2)]
    public void Average_OneSlot_RoundsHalfToEven(long q48, long q32) => Assert.Equal([q32], Attribution.Average([[q48]]));

    [Fact]
    public void Average_Slots_AreSummedBeforeRounding()
    {
        ImmutableArray<Int128> half = [0x8000];
        Assert.Equal([1L], Attribution.Average([half, half, [0x20000]]));
    }

    [Fact]
    public void RawValues_SomeSlotsLeftOut_AveragesOverTheOthers()
    {
        var result = new AttributionResult(
            [new SlotReplay(0, default, default, [2 << 16]), new SlotReplay(2, default, default, [6 << 16])]);
        Assert.Equal([4L], result.RawValues([0, 2]));
        Assert.Equal([6L], result.RawValues([2]));
        Assert.NotEqual(result.Hash(), (result with { Slots = [.. result.Slots.Reverse()] }).Hash());
    }
}
