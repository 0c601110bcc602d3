using System.Numerics;
using CsCheck;
using Gaib.Domain.Revenue;
using Gaib.Domain.Tests.Compute;

namespace Gaib.Domain.Tests.Revenue;

/// <summary>The cases in which a pool might lose, double or misdirect a unit.</summary>
public sealed class PoolCaseTests
{
    [Fact]
    public void OneUnitFees_ToAMillionMembers_AreExactAndNobodyGetsMoreThanItsPart()
    {
        var members = Campaign.Size(1_000_000, 1_000_000);
        var fees = members;
        var pool = new PoolState();
        var all = new PoolMember[members];
        var weights = BigInteger.Zero;
        for (var i = 0; i < members; i++)
        {
            PoolRule.SetWeight(ref pool, ref all[i], 1 + ((ulong)i * 7_919 % 1_000));
            weights += all[i].Weight;
        }

        for (var i = 0; i < fees; i++)
        {
            PoolRule.Feed(ref pool, 1);

            // Some members settle while the fees come, at different times.
            PoolRule.Settle(pool, ref all[(int)(i * 331L % members)]);
        }

        Assert.Equal(weights, pool.Weight);
        var (sum, most) = (BigInteger.Zero, BigInteger.Zero);
        for (var i = 0; i < members; i++)
        {
            PoolRule.Settle(pool, ref all[i]);
            var got = ((BigInteger)all[i].Accrued << 64) + all[i].Fraction;
            Assert.True(got * weights <= ((BigInteger)fees << 64) * all[i].Weight, $"member {i} got more than its part");
            (sum, most) = (sum + got, BigInteger.Max(most, got));
        }

        Assert.Equal((BigInteger)fees << 64, sum + pool.Rem);
        Assert.True(pool.Rem < pool.Weight);

        // The heaviest part, a thousand of 500,500,000, is 1.998 units, exact to what the one carried remainder holds back.
        Assert.Equal(((BigInteger)fees << 64) / weights * 1_000, most);
        Assert.True(PoolIdentity.Holds(pool, all));
    }

    [Fact]
    public void Unallocated_KeptFromManyFeeds_GoesWholeToTheFirstMember()
    {
        var (pool, first, second) = (new PoolState(), new PoolMember(), new PoolMember());
        PoolRule.Feed(ref pool, 5);
        PoolRule.Feed(ref pool, 6);
        Assert.Equal(new PoolState { Fed = 11, Unallocated = 11 }, pool);
        PoolRule.SetWeight(ref pool, ref first, 1);
        PoolRule.Feed(ref pool, 1);
        PoolRule.SetWeight(ref pool, ref second, 1UL << 62);
        PoolRule.Settle(pool, ref first);
        PoolRule.Settle(pool, ref second);
        Assert.Equal(((UInt128)12, 0UL, (UInt128)0), (first.Accrued, first.Fraction, second.Accrued));
        Assert.Equal((0UL, (UInt128)0, (UInt128)12), (pool.Rem, pool.Unallocated, pool.Fed));
    }

    [Fact]
    public void LastMember_Leaving_LeavesTheRemainderForTheNext()
    {
        var (pool, first, next) = (new PoolState(), new PoolMember(), new PoolMember());
        PoolRule.SetWeight(ref pool, ref first, 3);
        PoolRule.Feed(ref pool, 1);
        Assert.Equal(1UL, pool.Rem);
        PoolRule.SetWeight(ref pool, ref first, 0);
        Assert.Equal((0UL, 1UL), (pool.Weight, pool.Rem));
        PoolRule.Feed(ref pool, 1);
        PoolRule.SetWeight(ref pool, ref next, 1);
        PoolRule.Feed(ref pool, 1);
        PoolRule.Settle(pool, ref next);
        Assert.Equal(((UInt128)2, 1UL), (next.Accrued, next.Fraction));
        Assert.True(PoolIdentity.Holds(pool, [first, next]));
    }

    [Fact]
    public void Limits_AtTheirEdges_HoldInEveryProduct()
    {
        var (pool, member) = (new PoolState(), new PoolMember());
        PoolRule.SetWeight(ref pool, ref member, 1);
        PoolRule.Feed(ref pool, PoolRule.Limit - 1);
        PoolRule.Settle(pool, ref member);
        Assert.Equal((UInt128)PoolRule.Limit - 1, PoolRule.Due(member));
        Assert.False(PoolRule.CanFeed(pool, 1));
        Assert.False(PoolRule.CanFeed(default, PoolRule.Limit));
        Assert.False(PoolRule.CanFeed(default, UInt128.MaxValue));
        Assert.False(PoolRule.CanFeed(pool, UInt128.MaxValue - PoolRule.Limit + 2));
        Assert.True(PoolRule.CanFeed(default, PoolRule.Limit - 1));
        Assert.Equal("The pool has taken its lifetime limit.", Assert.Throws<OverflowException>(() => PoolRule.Feed(ref pool, 1)).Message);

        // The heaviest member of all, paid all that can ever come, in one settle.
        var (heavy, whole) = (new PoolState(), new PoolMember());
        PoolRule.SetWeight(ref heavy, ref whole, PoolRule.Limit - 1);
        PoolRule.Feed(ref heavy, PoolRule.Limit - 1);
        PoolRule.Settle(heavy, ref whole);
        Assert.Equal(((UInt128)PoolRule.Limit - 1, 0UL), (whole.Accrued, whole.Fraction));
        var one = new PoolMember();
        var thrown = Assert.Throws<OverflowException>(() => PoolRule.SetWeight(ref heavy, ref one, 1));
        Assert.Equal("The pool's weight limit is passed.", thrown.Message);
        PoolRule.SetWeight(ref heavy, ref whole, 5);
        PoolRule.SetWeight(ref heavy, ref one, PoolRule.Limit - 6);
        Assert.Equal(PoolRule.Limit - 1, heavy.Weight);
    }

    [Fact]
    public void Settle_OfNumbersThatNoHistoryGives_IsRefused()
    {
        var pool = new PoolState { Acc = UInt128.MaxValue };
        var member = new PoolMember { Weight = 2 };
        Assert.Throws<OverflowException>(() => PoolRule.Settle(pool, ref member));
        var behind = new PoolMember { Weight = 1, PaidAcc = 1 };
        Assert.Throws<OverflowException>(() => PoolRule.Settle(default, ref behind));
        var full = new PoolMember { Weight = 1, Fraction = 1 };
        Assert.Throws<OverflowException>(() => PoolRule.Settle(pool, ref full));
    }

    [Fact]
    public void Settles_InAnyOrderAndAnySubset_GiveTheSameMembers() => Gen.Select(
        Gen.ULong[0, 1_000].Array[4, 4], Gen.Select(Gen.ULong[1, 1 << 30], Gen.Int[0, 3], Gen.ULong[0, 50], Gen.Bool).Array[1, 20], Gen.Shuffle(Enumerable.Range(0, 4).ToArray()))
        .Sample((weights, steps, order) =>
        {
            var often = Run(weights, steps, settles: true, order);
            var once = Run(weights, steps, settles: false, [3, 2, 1, 0]);
            Assert.Equal(once, often);
        });

    [Fact]
    public void Identity_OfAStateThatIsOffByOne_DoesNotHold()
    {
        var (pool, member) = (new PoolState(), new PoolMember());
        PoolRule.Feed(ref pool, 4);
        PoolRule.SetWeight(ref pool, ref member, 3);
        Assert.True(PoolIdentity.Holds(pool, [member]));
        Assert.False(PoolIdentity.Holds(pool with { Unallocated = 3 }, [member]));
        PoolRule.Feed(ref pool, 9);
        PoolRule.SetWeight(ref pool, ref member, 5);
        PoolRule.Feed(ref pool, 11);
        Assert.True(PoolIdentity.Holds(pool, [member]));
        Assert.False(PoolIdentity.Holds(pool, []));
        Assert.False(PoolIdentity.Holds(pool with { Rem = pool.Rem + 1 }, [member]));
        Assert.False(PoolIdentity.Holds(pool with { Fed = pool.Fed + 1 }, [member]));
        Assert.False(PoolIdentity.Holds(pool with { Acc = pool.Acc + 1 }, [member]));
        Assert.False(PoolIdentity.Holds(pool with { Weight = 4 }, [member]));
        Assert.False(PoolIdentity.Holds(pool, [member with { Accrued = member.Accrued + 1 }]));
        Assert.False(PoolIdentity.Holds(pool, [member with { Fraction = member.Fraction + 1 }]));
        Assert.False(PoolIdentity.Holds(pool, [member with { PaidAcc = member.PaidAcc + 1 }]));
        Assert.False(PoolIdentity.Holds(pool, [member, new PoolMember { Weight = 1, PaidAcc = pool.Acc }]));
    }

    private static (PoolState Pool, string Members) Run(ulong[] weights, (ulong Amount, int Member, ulong Weight, bool Feeds)[] steps, bool settles, int[] order)
    {
        var (pool, members) = (new PoolState(), new PoolMember[4]);
        for (var i = 0; i < 4; i++)
        {
            PoolRule.SetWeight(ref pool, ref members[i], weights[i]);
        }

        foreach (var (amount, member, weight, feeds) in steps)
        {
            if (feeds)
            {
                PoolRule.Feed(ref pool, amount);
            }
            else
            {
                PoolRule.SetWeight(ref pool, ref members[member], weight);
            }

            if (settles)
            {
                PoolRule.Settle(pool, ref members[order[member]]);
            }
        }

        foreach (var i in order)
        {
            PoolRule.Settle(pool, ref members[i]);
        }

        Assert.True(PoolIdentity.Holds(pool, members));
        return (pool, string.Join('\n', members.Select(m => m.ToString())));
    }
}
