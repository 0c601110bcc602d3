using Gaib.Abstractions;
using Gaib.Abstractions.Data;
using Gaib.Domain;
using Gaib.Domain.Data;
using Gaib.Domain.Money;
using Gaib.Grains.Tests.Cluster;

namespace Gaib.Grains.Tests.Data;

/// <summary>A job from its posting to its bounties.</summary>
public sealed class JobTests
{
    [Theory]
    [InlineData("other terms", Reason.CommitmentMismatch)]
    [InlineData("other parts", Reason.CommitmentMismatch)]
    [InlineData("budget beyond funds", Reason.InsufficientFunds)]
    [InlineData("no budget", Reason.AmountZero)]
    [InlineData("window in the past", Reason.FieldOutOfRange)]
    [InlineData("deadline passed", Reason.DeadlinePassed)]
    [InlineData("signed by another", Reason.SignerNotAuthorised)]
    [InlineData("at another's job", Reason.NotFound)]
    public async Task Post_WhatMayNotBe_IsRefusedAndChangesNothing(string what, Reason reason)
    {
        await using var cluster = await GrainCluster.StartAsync();
        var economy = new Economy(cluster);
        var (command, terms, parts) = economy.JobToPost();
        var (key, job) = (economy.Developer, economy.Job);
        switch (what)
        {
            case "other terms": terms = terms with { BountyPrice = terms.BountyPrice + 1 }; break;
            case "other parts": parts = parts.SetItem(2, SmallData.Part(HeldBackKind.Test, 11)); break;
            case "budget beyond funds": command = command with { Budget = 1_001UL * TestNetwork.Unit }; break;
            case "no budget": command = command with { Budget = 0 }; break;
            case "window in the past":
                terms = terms with { ClosesAt = TestNetwork.Start };
                command = command with { Terms = terms.Hash() };
                break;
            case "deadline passed": command = command with { Deadline = TestNetwork.Start - 1 }; break;
            case "signed by another": key = economy.App; break;
            default: job = cluster.Grains.Get<IJobGrain>(Keccak.HashUtf8("another job")); break;
        }

        var sequence = await cluster.Book.GetSequence();
        var refused = await job.Post(cluster.Client.Sign(command, key), terms, parts);

        Assert.Equal(reason, refused.Rejection!.Reason);
        Assert.Equal(sequence, await cluster.Book.GetSequence());
        Assert.Null(await job.Get());
        Assert.Equal(JobPhase.Open, (await economy.PostJobAsync()).Phase);
    }

    [Fact]
    public async Task Post_AnyWriteFails_RepeatingFundsItOnce()
    {
        await using var cluster = await GrainCluster.StartAsync();

        var points = await Repeating.FailEachPointAsync(
            cluster.Disk,
            number => Task.FromResult(new Economy(cluster, number: number)),
            economy => economy.PostJobAsync(),
            async (economy, job) =>
            {
                Assert.Equal(job.Id, (await economy.Job.Get())!.Id);
                Assert.Equal(900 * (Int128)TestNetwork.Unit, await PostedAsync(cluster, AccountId.Person(economy.Developer.Address)));
                Assert.Equal(100 * (Int128)TestNetwork.Unit, await PostedAsync(cluster, AccountId.Of(AccountKind.Bounty, job.Id)));
            });

        // Three held-back parts, the command, the state: each has three points at which it may fail.
        Assert.Equal(15, points.Count);
    }

    [Fact]
    public async Task Post_KeepingFailsAndTheWindowPasses_IsStillKept()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var economy = new Economy(cluster);
        cluster.Disk.FailNext("gaib.job BeforeWrite");

        await Assert.ThrowsAnyAsync<Exception>(economy.PostJobAsync);
        economy.At(2);
        var job = await economy.PostJobAsync();
        await Repeating.UntilAnsweredAsync(async () => Economy.Must(await economy.Job.Value()));

        Assert.Equal(JobPhase.Open, job.Phase);
        Assert.Equal(1_000 * (Int128)TestNetwork.Unit, await PostedAsync(cluster, AccountId.Person(economy.Developer.Address)));
    }

    [Fact]
    public async Task Value_BeforeTheWindowEnds_IsRefused()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var economy = new Economy(cluster);
        await economy.PostJobAsync();
        await economy.ContributeAsync(0);

        var early = await economy.Job.Value();

        Assert.Equal(Reason.WrongState, early.Rejection!.Reason);
        Assert.Equal((TestNetwork.Start + TestNetwork.Day, TestNetwork.Start), (early.Rejection.Limit, early.Rejection.Actual));
        Assert.Equal(JobPhase.Open, (await economy.Job.Get())!.Phase);
    }

    [Fact]
    public async Task Value_AnyWriteFails_RepeatingPaysTheSameBountiesOnce()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var bounties = new HashSet<string>();

        var points = await Repeating.FailEachPointAsync(
            cluster.Disk,
            async number =>
            {
                // Jobs are valued under different beacons, which breaks ties only: all are worth the same here.
                var economy = new Economy(cluster, number: number);
                await PostForAsync(economy, number);
                return economy;
            },
            async economy => Economy.Must(await economy.Job.Value()),
            async (economy, job) =>
            {
                Assert.Equal(JobPhase.Paid, job.Phase);
                Assert.Equal(0, await PostedAsync(cluster, AccountId.Of(AccountKind.Bounty, job.Id)));
                var paid = new List<UInt128>();
                for (var i = 0; i < Economy.ContributorCount; i++)
                {
                    paid.Add((await economy.Dataset(i).Get())!.Dataset.Value!.Bounty);
                }

                var left = 1_000 * (Int128)TestNetwork.Unit - await PostedAsync(cluster, AccountId.Person(economy.Developer.Address));
                Assert.Equal(paid.Aggregate(Int128.Zero, (sum, bounty) => sum + (Int128)bounty), left);
                bounties.Add(string.Join(' ', paid));
            },
            every: Repeating.Sparsely);

        Assert.Single(bounties);
        Assert.InRange(points.Count * Repeating.Sparsely, 25, 60);
        Assert.Null(await cluster.Book.Audit());
    }

    private static async Task PostForAsync(Economy economy, int number)
    {
        economy.Days = number - 1;
        economy.At(0);
        await economy.PostJobAsync();
        for (var i = 0; i < Economy.ContributorCount; i++)
        {
            await economy.ContributeAsync(i);
        }

        economy.At(1);
    }

    private static async Task<Int128> PostedAsync(GrainCluster cluster, AccountId account) =>
        (await cluster.Book.GetBalance(account, AssetId.Gaib)).Posted;
}
