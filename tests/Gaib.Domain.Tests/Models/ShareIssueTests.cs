using System.Collections.Immutable;
using System.Numerics;
using CsCheck;
using Gaib.Domain.Models;
using static Gaib.Domain.Tests.Models.Some;

namespace Gaib.Domain.Tests.Models;

public sealed class ShareIssueTests
{
    private static readonly ClassUnits Classes = new(400_000_000, 250_000_000, 250_000_000, 100_000_000);

    [Fact]
    public void Decide_AllClassesHaveWeight_DividesEachInProportion()
    {
        var inputs = Inputs(
            data: [Weight(3, 1), Weight(1, 2)], work: [Weight(2, 5), Weight(3, 20)], stakes: [Weight(9, 7), Weight(8, 0)]);

        var issue = ShareIssueRule.Decide(inputs, Classes).Value;

        Assert.Equal(
            [
                new ShareRow(ShareClass.Data, Account(1), 266_666_667),
                new ShareRow(ShareClass.Data, Account(3), 133_333_333),
                new ShareRow(ShareClass.Compute, Account(2), 50_000_000),
                new ShareRow(ShareClass.Compute, Account(3), 200_000_000),
                new ShareRow(ShareClass.Developer, Developer, 250_000_000),
            ],
            issue.People);
        Assert.Equal([new PoolShareRow(ShareClass.Holders, ShareIssueRule.HolderPool(ModelId), 100_000_000)], issue.Pools);
        Assert.Equal([Weight(9, 7)], issue.Stakes);
        Assert.Equal((UInt128)1_000_000_000, issue.TotalUnits);
        Assert.Equal(1, issue.RuleVersion);
    }

    [Fact]
    public void Decide_PersonInSeveralClasses_GetsTheSum()
    {
        var issue = ShareIssueRule.Decide(Inputs(data: [Weight(50, 1)], work: [Weight(50, 1)]), Classes).Value;

        Assert.Equal(1_000_000_000UL, Assert.Single(issue.UnitsByAccount()).Value);
        Assert.Equal(4, issue.People.Length);
    }

    [Fact]
    public void Decide_NobodyHasWeight_EveryClassGoesToTheDeveloperUnderItsName()
    {
        var issue = ShareIssueRule.Decide(Inputs(data: [Weight(1, 0)], stakes: [Weight(2, 0)]), Classes).Value;

        Assert.Equal(
            [ShareClass.Data, ShareClass.Compute, ShareClass.Developer, ShareClass.Holders], issue.People.Select(r => r.Class));
        Assert.All(issue.People, row => Assert.Equal(Developer, row.Account));
        Assert.Empty(issue.Pools);
        Assert.Empty(issue.Stakes);
    }

    [Fact]
    public void Decide_EqualWeights_TheOddUnitsFallToTheLowerAddresses()
    {
        var classes = new ClassUnits(1_000_000_000, 0, 0, 0);
        var issue = ShareIssueRule.Decide(Inputs(data: [.. Enumerable.Range(1, 7).Reverse().Select(i => Weight((ulong)i, 3))]), classes).Value;

        // 10^9 = 7·142,857,142 + 6.
        Assert.Equal(Enumerable.Range(1, 7).Select(i => Account((ulong)i)), issue.People.Select(r => r.Account));
        Assert.Equal([142_857_143, 142_857_143, 142_857_143, 142_857_143, 142_857_143, 142_857_143, 142_857_142UL], issue.People.Select(r => r.Units));
    }

    [Fact]
    public void Decide_WeightTooSmallForAUnit_GetsNoRow()
    {
        var issue = ShareIssueRule.Decide(Inputs(data: [Weight(1, UInt128.One << 100), Weight(2, 1)]), new ClassUnits(ClassUnits.Total, 0, 0, 0)).Value;

        Assert.Equal([new ShareRow(ShareClass.Data, Account(1), 1_000_000_000)], issue.People);
    }

    [Fact]
    public void Decide_Fork_ParentsGetTheirPpmFirst()
    {
        var parents = ImmutableArray.Create(new ParentShare(Hash(9), 1), new ParentShare(Hash(8), 100_000));
        var issue = ShareIssueRule.Decide(Inputs(data: [Weight(1, 1)], parents: parents), Classes).Value;

        Assert.Equal(
            [new PoolShareRow(ShareClass.Parents, Hash(8), 100_000_000), new PoolShareRow(ShareClass.Parents, Hash(9), 1_000)], issue.Pools);
        Assert.Equal(359_999_600UL, issue.People[0].Units);
        Assert.Equal((UInt128)ClassUnits.Total, issue.TotalUnits);
    }

    [Fact]
    public void Decide_WrongNumbers_AreRefusedWithThem()
    {
        Assert.Equal(
            new Rejection(Reason.FieldOutOfRange, 1_000_000_000, 1_000_000_001, "classUnits"),
            ShareIssueRule.Decide(Inputs(), Classes with { Data = 400_000_001 }).Rejection);
        Assert.Equal(
            new Rejection(Reason.FieldOutOfRange, 999_999, 1_000_000, "parents"),
            ShareIssueRule.Decide(Inputs(parents: [new ParentShare(Hash(1), 1_000_000)]), Classes).Rejection);
        Assert.Equal(
            Reason.FieldOutOfRange,
            ShareIssueRule.Decide(Inputs(parents: [new ParentShare(Hash(1), 1), new ParentShare(Hash(1), 1)]), Classes).Rejection?.Reason);
        Assert.Equal(
            new Rejection(Reason.PoolWeightFull, long.MaxValue, (Int128)long.MaxValue + 1, "stakes"),
            ShareIssueRule.Decide(Inputs(stakes: [Weight(1, long.MaxValue), Weight(2, 1)]), Classes).Rejection);
    }

    [Fact]
    public void Decide_AnyInputs_SumsToTheTotalAndStaysWithinOneUnitOfTheExactPart()
    {
        var row = Gen.Select(Gen.ULong[1, 12], Gen.OneOf(Gen.Const((UInt128)0), Gen.ULong[0, 9].Select(w => (UInt128)w), Gen.ULong.Select(w => (UInt128)w << 50)))
            .Select(r => Weight(r.Item1, r.Item2));
        var stake = Gen.Select(Gen.ULong[1, 12], Gen.ULong[0, 1UL << 58]).Select(r => Weight(r.Item1, r.Item2));
        var cuts = Gen.ULong[0, ClassUnits.Total].Array[3].Select(c => c.Order().ToArray())
            .Select(c => new ClassUnits(c[0], c[1] - c[0], c[2] - c[1], ClassUnits.Total - c[2]));
        var parents = Gen.UInt[0, 300_000].Array[0, 3].Select(ppm => ppm.Select((p, i) => new ParentShare(Hash((ulong)i), p)).ToImmutableArray());
        int empty = 0, duplicates = 0, forks = 0, pools = 0;

        Gen.Select(row.Array[0, 20], row.Array[0, 20], stake.Array[0, 8], cuts, parents).Sample(
            (data, work, stakes, classes, from) =>
            {
                var issue = ShareIssueRule.Decide(Inputs([.. data], [.. work], [.. stakes], from), classes).Value;
                var again = ShareIssueRule.Decide(Inputs([.. data.Reverse()], [.. work.Reverse()], [.. stakes.Reverse()], [.. from.Reverse()]), classes).Value;

                Assert.Equal((UInt128)ClassUnits.Total, issue.TotalUnits);
                Assert.Equal(issue.People, again.People);
                Assert.Equal(issue.Pools, again.Pools);
                Assert.Equal(issue.Stakes, again.Stakes);
                AssertProportional(issue, ShareClass.Data, data);
                AssertProportional(issue, ShareClass.Compute, work);

                empty += data.All(d => d.Weight == 0) ? 1 : 0;
                duplicates += work.Select(w => w.Account).Distinct().Count() < work.Length ? 1 : 0;
                forks += from.IsEmpty ? 0 : 1;
                pools += issue.Stakes.IsEmpty ? 0 : 1;
            },
            iter: 3_000, threads: 1);

        Assert.True(empty > 30 && duplicates > 300 && forks > 300 && pools > 300, $"{empty} {duplicates} {forks} {pools}");
    }

    private static void AssertProportional(SharesIssued issue, ShareClass name, AccountWeight[] weights)
    {
        var rows = issue.People.Where(r => r.Class == name).ToArray();
        var units = rows.Aggregate(BigInteger.Zero, (sum, r) => sum + r.Units);
        var total = weights.Aggregate(BigInteger.Zero, (sum, w) => sum + w.Weight);
        if (total.IsZero)
        {
            Assert.All(rows, r => Assert.Equal(Developer, r.Account));
            return;
        }

        foreach (var account in weights.GroupBy(w => w.Account))
        {
            var weight = account.Aggregate(BigInteger.Zero, (sum, w) => sum + w.Weight);
            var got = (BigInteger)rows.SingleOrDefault(r => r.Account == account.Key).Units;
            Assert.True(BigInteger.Abs((got * total) - (units * weight)) < total);
        }
    }
}
