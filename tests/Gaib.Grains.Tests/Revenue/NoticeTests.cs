using System.Collections.Concurrent;
using System.Collections.Immutable;
using Gaib.Abstractions;
using Gaib.Abstractions.Revenue;
using Gaib.Domain;
using Gaib.Domain.Money;
using Gaib.Grains.Tests.Cluster;
using Orleans.Streams;

namespace Gaib.Grains.Tests.Revenue;

/// <summary>Notices of revenue: whatever becomes of them on their way, what a contributor can ask for is exact.</summary>
public sealed class NoticeTests(ITestOutputHelper output)
{
    private const string Kept = "gaib.contributor AfterWrite";

    /// <summary>A notice of nothing real that always tells more: what was sent before it on the stream has been heard.</summary>
    private static readonly AccountId Mark = AccountId.Of(AccountKind.Pool, Keccak.HashUtf8("mark"));

    private ulong _marks;

    [Fact]
    public async Task Publish_AfterEachFeed_TellsEverybodyExactlyWhatTheBookHas()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var pool = new FedPool(cluster);
        await pool.IssueAsync();

        // The first feed is too small for the holder of one share in ten, whose first notice then tells of nothing.
        foreach (var (amount, heard) in (IEnumerable<(ulong, int)>)[(9, 2), (1, 3), (1_000_003, 3), (7, 3)])
        {
            var told = cluster.Disk.AwaitAsync(Kept, heard);
            await pool.FeedAsync(amount);
            await pool.Grain.Publish();
            await told;
            for (var holder = 0; holder < 3; holder++)
            {
                await AssertKnowsAsync(cluster, pool, holder);
            }
        }

        Assert.Equal([700_014, 200_004, 100_002], await Task.WhenAll(Enumerable.Range(0, 3).Select(pool.InBookAsync)));
        Assert.Null(await cluster.Book.Audit());
    }

    [Fact]
    public async Task Notices_LostDoubledAndReordered_LeaveTheGreatestTotalHeard()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var pool = new FedPool(cluster);
        await pool.IssueAsync();
        var told = new List<RevenueNotice>[] { [], [], [] };
        for (var feed = 1; feed <= 12; feed++)
        {
            await pool.FeedAsync((ulong)(feed * 1_234_567));
            for (var holder = 0; holder < 3; holder++)
            {
                told[holder].Add(new RevenueNotice(pool.Account, await pool.InBookAsync(holder), cluster.Clock.Now + feed));
            }
        }

        var (lost, doubled, late, writes) = (0, 0, 0, 0);
        var written = 0;
        cluster.Disk.Watch += point => written += point == Kept ? 1 : 0;
        var known = new UInt128[3];
        foreach (var order in Orders(12))
        {
            var holder = order[0] % 3;
            var before = known[holder];
            foreach (var feed in order)
            {
                await cluster.Notices(FedPool.Holders[holder].Address).OnNextAsync(told[holder][feed]);
                var accrued = told[holder][feed].Accrued;
                (late, writes) = (late + (accrued < known[holder] ? 1 : 0), writes + (accrued > known[holder] ? 1 : 0));
                known[holder] = UInt128.Max(known[holder], accrued);
            }

            (lost, doubled) = (lost + 12 - order.Distinct().Count(), doubled + order.Length - order.Distinct().Count());
            await HearAllAsync(cluster, holder);
            writes++;
            var earnings = await FedPool.Person(cluster, holder).GetEarnings();
            Assert.Equal(known[holder], earnings.Noticed[pool.Account]);
            Assert.Equal(pool.Earned(holder), earnings.Pools[pool.Account]);
            Assert.True(known[holder] >= before);
        }

        // Every kind of misfortune befell, and only what told more was stored.
        output.WriteLine($"{lost} lost, {doubled} doubled, {late} late, {writes} stored");
        Assert.True(lost > 20 && doubled > 20 && late > 20, $"{lost} lost, {doubled} doubled, {late} late");
        Assert.Equal(writes, written);

        // The next notices that arrive make good all that was lost.
        await pool.FeedAsync(1);
        await pool.Grain.Publish();
        for (var holder = 0; holder < 3; holder++)
        {
            await HearAllAsync(cluster, holder);
            await AssertKnowsAsync(cluster, pool, holder);
        }
    }

    [Fact]
    public async Task Notice_OfAnOlderOrTheSameTotal_IsIgnored()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var pool = new FedPool(cluster);
        await pool.IssueAsync();
        await pool.FeedAsync(1_000);
        var stream = cluster.Notices(FedPool.Holders[0].Address);
        await stream.OnNextAsync(new RevenueNotice(pool.Account, 700, 5));
        await HearAllAsync(cluster, 0);
        var written = 0;
        cluster.Disk.Watch += point => written += point == Kept ? 1 : 0;

        foreach (var older in (ulong[])[699, 700, 0, 1])
        {
            await stream.OnNextAsync(new RevenueNotice(pool.Account, older, 6));
        }

        await HearAllAsync(cluster, 0);
        await cluster.DeactivateAsync(FedPool.Person(cluster, 0));

        Assert.Equal(1, written);
        await AssertKnowsAsync(cluster, pool, 0);
        Assert.Equal(700U, (await FedPool.Person(cluster, 0).GetEarnings()).Noticed[pool.Account]);
    }

    [Fact]
    public async Task Publish_ToAContributorThatIsNotActive_IsHeard()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var pool = new FedPool(cluster);
        await pool.IssueAsync();
        for (var time = 1; time <= 3; time++)
        {
            Assert.False(cluster.IsActive(FedPool.Person(cluster, 0)));
            var told = cluster.Disk.AwaitAsync(Kept, 3);
            await pool.FeedAsync(1_003);
            await pool.Grain.Publish();
            await told;
            for (var holder = 0; holder < 3; holder++)
            {
                await AssertKnowsAsync(cluster, pool, holder);
                await cluster.DeactivateAsync(FedPool.Person(cluster, holder));
            }
        }
    }

    [Fact]
    public async Task GetEarnings_WhenEveryNoticeWasLostForEver_TellsTheWholeTotal()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var pool = new FedPool(cluster);
        await pool.IssueAsync();
        await pool.FeedAsync(1_000);
        await pool.Grain.Publish();
        await HearAllAsync(cluster, 0);

        // What is on its way when a silo goes is gone: nothing but memory carries notices.
        cluster.Disk.FailAlways("gaib.contributor BeforeWrite");
        await pool.FeedAsync(5_001);
        await pool.Grain.Publish();
        await cluster.Disk.Struck.WaitAsync(DiskFaults.Patience);
        await cluster.RestartAsync();
        cluster.Disk.Heal();

        var earnings = await FedPool.Person(cluster, 0).GetEarnings();
        Assert.Equal(700U, earnings.Noticed[pool.Account]);
        Assert.Equal(4_200U, earnings.Pools[pool.Account]);
        Assert.Equal(4_200U, await pool.InBookAsync(0));

        await pool.Grain.Publish();
        await HearAllAsync(cluster, 0);
        await AssertKnowsAsync(cluster, pool, 0);
    }

    [Theory]
    [InlineData("gaib.contributor BeforeWrite")]
    [InlineData("gaib.contributor BeforeRename")]
    [InlineData("gaib.contributor AfterWrite")]
    public async Task Notice_ItsWriteFails_IsHeardAllTheSame(string point)
    {
        await using var cluster = await GrainCluster.StartAsync();
        var pool = new FedPool(cluster);
        await pool.IssueAsync();
        await pool.FeedAsync(1_009);
        cluster.Disk.FailNext(point);

        await pool.Grain.Publish();
        await cluster.Disk.Struck.WaitAsync(DiskFaults.Patience);
        for (var holder = 0; holder < 3; holder++)
        {
            await HearAllAsync(cluster, holder);
            await AssertKnowsAsync(cluster, pool, holder);
        }
    }

    [Fact]
    public async Task Fed_ManyTimesInAMoment_PublishesByItself()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var pool = new FedPool(cluster);
        await pool.IssueAsync();
        for (var feed = 0; feed < 20; feed++)
        {
            await pool.FeedAsync(33);
        }

        var heard = new ConcurrentQueue<RevenueNotice>();
        var complete = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await cluster.Notices(FedPool.Holders[1].Address).SubscribeAsync((notice, _) =>
        {
            heard.Enqueue(notice);
            complete.TrySetResult();
            return Task.CompletedTask;
        });
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => pool.Grain.Fed()));
        await complete.Task.WaitAsync(DiskFaults.Patience);

        // Two of ten shares in 660.
        Assert.All(heard, notice => Assert.Equal(new RevenueNotice(pool.Account, 132, cluster.Clock.Now), notice));
    }

    [Fact]
    public async Task Publish_OfAPoolInAPool_TellsTheInnerMembersOfTheInnerPool()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var (inner, outer) = (new FedPool(cluster, "inner"), new FedPool(cluster, "outer"));
        await inner.IssueAsync();
        await outer.IssueAsync((inner.Account, 10));
        await outer.FeedAsync(1_000);

        // Ten of twenty shares are the inner pool's; it takes them in when one of its members collects.
        var first = Economy.Must(await new Settlement.Settling(cluster, 0).WithdrawAsync(1, nonce: 1));
        await outer.Grain.Publish();
        await HearAllAsync(cluster, 1);
        var earnings = await FedPool.Person(cluster, 1).GetEarnings();

        Assert.Equal(1U, first.Voucher.Cumulative);
        foreach (var known in (ImmutableSortedDictionary<AccountId, UInt128>[])[earnings.Pools, earnings.Noticed])
        {
            Assert.Equal((100U, 100U), (known[inner.Account], known[outer.Account]));
        }

        Assert.Equal(500U, (await inner.Grain.Get()).State.Fed);
        Assert.Null(await cluster.Book.Audit());
    }

    /// <summary>Orders in which a stream may bring twelve notices: some never, some twice, some after later ones.</summary>
    private static IEnumerable<int[]> Orders(int count)
    {
        var random = new Random(7);
        return Enumerable.Range(0, 12).Select(_ => Enumerable.Range(0, random.Next(4, 17)).Select(_ => random.Next(count)).ToArray());
    }

    /// <summary>Returns when the contributor has heard all that was sent to it so far.</summary>
    private async Task HearAllAsync(GrainCluster cluster, int holder)
    {
        var mark = new RevenueNotice(Mark, ++_marks, cluster.Clock.Now);
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.Disk.Watch += point =>
        {
            if (point == Kept && !heard.Task.IsCompleted)
            {
                _ = AskAsync();
            }
        };
        await cluster.Notices(FedPool.Holders[holder].Address).OnNextAsync(mark);
        await heard.Task.WaitAsync(DiskFaults.Patience);

        // The answer waits for the turn in which the notice was written.
        async Task AskAsync()
        {
            if ((await FedPool.Person(cluster, holder).GetEarnings()).Noticed.GetValueOrDefault(Mark) == mark.Accrued)
            {
                heard.TrySetResult();
            }
        }
    }

    private static async Task AssertKnowsAsync(GrainCluster cluster, FedPool pool, int holder)
    {
        var earnings = await FedPool.Person(cluster, holder).GetEarnings();
        Assert.Equal(pool.Earned(holder), await pool.InBookAsync(holder));
        Assert.Equal(pool.Earned(holder), earnings.Pools[pool.Account]);
        Assert.Equal(pool.Earned(holder), earnings.Noticed.GetValueOrDefault(pool.Account));
    }
}
