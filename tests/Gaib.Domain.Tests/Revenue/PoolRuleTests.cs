using CsCheck;
using Gaib.Domain.Revenue;
using Gaib.Domain.Tests.Compute;

namespace Gaib.Domain.Tests.Revenue;

public sealed class PoolRuleTests
{
    private static readonly int Operations = Campaign.Size(150_000, 2_000_000);

    [Fact]
    public void Identity_OverManyRandomOperationsWithWeightChanges_IsExact()
    {
        var random = new Random(20_261_122);
        var pool = new PoolState();
        var members = new PoolMember[40];
        var emptied = 0;
        for (var i = 0; i < Operations; i++)
        {
            var m = random.Next(members.Length);
            switch (random.Next(4))
            {
                case 0:
                    PoolRule.Feed(ref pool, (UInt128)random.NextInt64(1, random.Next(8) == 0 ? 1L << 40 : 1000));
                    break;
                case 1:
                    PoolRule.Settle(pool, ref members[m]);
                    break;
                case 2 when random.Next(500) == 0:
                    for (var j = 0; j < members.Length; j++)
                    {
                        PoolRule.SetWeight(ref pool, ref members[j], 0);
                    }

                    emptied++;
                    break;
                default:
                    PoolRule.SetWeight(ref pool, ref members[m], (ulong)random.NextInt64(0, random.Next(2) == 0 ? 3 : 1L << 50));
                    break;
            }

            Assert.True(PoolIdentity.Holds(pool, members), $"operation {i}");
        }

        Assert.True(emptied > Campaign.Size(10, 10), "the pool was empty of weight at times");
    }

    [Fact]
    public void Feed_OneUnitToMillionHolders_LosesNothing()
    {
        var pool = new PoolState();
        var members = new PoolMember[1000];
        for (var i = 0; i < members.Length; i++)
        {
            PoolRule.SetWeight(ref pool, ref members[i], 1_000);
        }

        for (var i = 0; i < 1000; i++)
        {
            PoolRule.Feed(ref pool, 1);
        }

        UInt128 paid = 0;
        for (var i = 0; i < members.Length; i++)
        {
            PoolRule.Settle(pool, ref members[i]);
            paid += members[i].Accrued;
        }

        // A thousand units over a thousand equal holders are one unit each, to the last fraction that the division left over.
        Assert.True(paid <= 1000);
        Assert.True(PoolIdentity.Holds(pool, members));
        PoolRule.Feed(ref pool, 1_000);
        PoolRule.Settle(pool, ref members[0]);
        Assert.Equal((UInt128)1, members[0].Accrued);
    }

    [Fact]
    public void Feed_AtLifetimeLimit_IsRefused()
    {
        var pool = new PoolState { Weight = 1 };
        PoolRule.Feed(ref pool, PoolRule.Limit - 1);
        Assert.False(PoolRule.CanFeed(pool, 1));
        Assert.Throws<OverflowException>(() => PoolRule.Feed(ref pool, 1));
    }

    [Fact]
    public void Settle_InAnyOrder_GivesTheSame() =>
        Gen.Select(Gen.ULong[1, 1000].Array[2, 8], Gen.ULong[1, 1 << 20].Array[1, 20], Gen.Int[0, 1000])
            .Sample((weights, feeds, salt) =>
            {
                var often = Run(weights, feeds, salt, settleBetween: true);
                var once = Run(weights, feeds, salt, settleBetween: false);
                Assert.Equal(once, often);
            });

    private static UInt128[] Run(ulong[] weights, ulong[] feeds, int salt, bool settleBetween)
    {
        var pool = new PoolState();
        var members = new PoolMember[weights.Length];
        for (var i = 0; i < weights.Length; i++)
        {
            PoolRule.SetWeight(ref pool, ref members[i], weights[i]);
        }

        for (var f = 0; f < feeds.Length; f++)
        {
            PoolRule.Feed(ref pool, feeds[f]);
            if (settleBetween)
            {
                PoolRule.Settle(pool, ref members[(f + salt) % members.Length]);
            }
        }

        for (var i = 0; i < members.Length; i++)
        {
            PoolRule.Settle(pool, ref members[i]);
        }

        return [.. members.Select(m => m.Accrued)];
    }
}
