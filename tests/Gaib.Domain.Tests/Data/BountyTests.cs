using CsCheck;
using Gaib.Domain.Data;

namespace Gaib.Domain.Tests.Data;

public sealed class BountyTests
{
    private const long One = 1L << KnnShapley.FractionBits;

    [Fact]
    public void Split_BudgetSuffices_PaysTheFlooredPrice() =>
        Assert.Equal(
            [(UInt128)333, 0, 0, 166],
            Bounty.Split([One, -One, 0, One / 2], doorSamples: 3, price: 1000, budget: 499));

    [Fact]
    public void Split_BudgetShort_ScalesByLargestRemainder() =>
        Assert.Equal(
            [(UInt128)332, 0, 166],
            Bounty.Split([One, -One, One / 2], doorSamples: 3, price: 1000, budget: 498));

    [Fact]
    public void Split_EqualRemainders_GoToTheEarlier() =>
        Assert.Equal([(UInt128)2, 2, 1], Bounty.Split([One, One, One], doorSamples: 1, price: 1000, budget: 5));

    [Fact]
    public void Split_Anything_NeverPassesTheBudgetAndSpendsItAllWhenShort()
    {
        var shorts = 0;
        Gen.Select(Gen.Long[-(1L << 50), 1L << 50].Array[0, 30], Gen.Int[1, 1000], Gen.ULong, Gen.ULong).Sample(
            (values, doors, price, budget) =>
            {
                var bounties = Bounty.Split(values, doors, price, budget);
                var sum = bounties.Aggregate(UInt128.Zero, (total, bounty) => total + bounty);
                var free = Bounty.Split(values, doors, price, UInt128.MaxValue);
                var wanted = free.Aggregate(UInt128.Zero, (total, bounty) => total + bounty);
                Assert.Equal(UInt128.Min(wanted, budget), sum);
                Assert.All(values.Zip(bounties), x => Assert.True(x.First > 0 || x.Second == 0));
                shorts += wanted > budget ? 1 : 0;
            },
            threads: 1);
        Assert.InRange(shorts, 10, 99);
    }

    [Fact]
    public void Split_NoDoorSamples_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => Bounty.Split([One], 0, 1, 1));
}
