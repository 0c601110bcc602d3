using System.Numerics;
using Gaib.Abstractions.Money;
using Gaib.Domain;
using Gaib.Domain.Models;
using Gaib.Domain.Money;
using Gaib.Domain.Revenue;
using Gaib.Grains.Tests.Cluster;
using static Gaib.Grains.Tests.Cluster.Economy;

namespace Gaib.Grains.Tests.Models;

/// <summary>Shares: issued once, changing hands in the middle of the revenue, and exact to the last fraction.</summary>
public sealed class RevenueShareTests
{
    private static readonly BigInteger S = BigInteger.One << 64;

    [Fact]
    public async Task Shares_ChangeHandsBetweenFeeds_EverybodyGetsExactlyItsPart()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var economy = new Economy(cluster);
        await economy.StakeAsync();
        await economy.PrepareModelAsync();
        await economy.OpenAsync(window: 100 * UnitPrice);
        var expected = new Dictionary<AccountId, BigInteger>();

        await FeedAsync(economy, expected, 1, 3);
        await economy.PayAsync(economy.Developer, economy.Investor, economy.Shares, 123_456_789, 4);
        await FeedAsync(economy, expected, 4, 5);
        await economy.PayAsync(economy.Investor, TestNetwork.Key("person3"), economy.Shares, 456_789, 5);
        await economy.PayAsync(economy.Developer, Contributor(2), economy.Shares, 1, 5);
        await FeedAsync(economy, expected, 6, 9);

        // Accrued plus fraction is the exact rational, but for what each division left in the pool for the next feed.
        var pool = await cluster.Book.GetPool(AccountId.Of(AccountKind.Pool, economy.ModelId));
        Assert.True(PoolIdentity.Holds(pool.State, pool.Members.Select(member => member.Value)));
        foreach (var (member, state) in pool.Members)
        {
            var exact = (state.Accrued * S) + state.Fraction;
            var wanted = expected[member];
            Assert.InRange(wanted - exact, BigInteger.Zero, (BigInteger)state.Weight + pool.State.Weight);
        }

        var all = pool.Members.Aggregate(BigInteger.Zero, (sum, member) => sum + (member.Value.Accrued * S) + member.Value.Fraction);
        Assert.Equal(S * pool.State.Fed, all + pool.State.Rem);
        Assert.Null(await cluster.Book.Audit());
    }

    [Fact]
    public async Task Issue_AnyWriteFails_IssuesAThousandMillionOnce()
    {
        var points = 0;
        for (var point = 1; ; point += Repeating.Sparsely)
        {
            await using var cluster = await GrainCluster.StartAsync();
            var economy = new Economy(cluster);
            await economy.StakeAsync();
            await economy.PrepareRunAsync();
            Must(await economy.Run.AdvanceTo(economy.Rounds));
            Must(await economy.Run.Finish());
            cluster.Disk.FailAt(point);

            var view = Must(await Repeating.UntilAnsweredAsync(() => economy.Model.IssueFromRun(economy.RunId)));
            var again = Must(await economy.Model.IssueFromRun(economy.RunId));
            var struck = cluster.Disk.Struck.IsCompleted;
            cluster.Disk.Heal();

            var pool = await cluster.Book.GetPool(AccountId.Of(AccountKind.Pool, economy.ModelId));
            Assert.Equal(1_000_000_000UL, pool.State.Weight);
            Assert.Equal(1_000_000_000UL, pool.Members.Aggregate(0UL, (sum, member) => sum + member.Value.Weight));
            Assert.Equal(view.State.Issue!.People, again.State.Issue!.People);
            if (!struck)
            {
                break;
            }

            points++;
        }

        // The state, the first asset with the writer, the second one, the shares, the state again: each has three points at which it may fail.
        Assert.InRange(points * Repeating.Sparsely, 15, 18);
    }

    [Fact]
    public async Task Issue_OfAnotherModelsRun_IsRefused()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var economy = new Economy(cluster);
        await economy.PrepareRunAsync();

        var early = await economy.Model.IssueFromRun(economy.RunId);
        Must(await economy.Run.AdvanceTo(economy.Rounds));
        Must(await economy.Run.Finish());
        var other = cluster.Grains.GetGrain<Abstractions.Models.IModelGrain>(Keccak.HashUtf8("another model").ToString());
        var foreign = await other.IssueFromRun(economy.RunId);

        Assert.Equal(Reason.WrongState, early.Rejection!.Reason);
        Assert.Equal(Reason.NotFound, foreign.Rejection!.Reason);
        Assert.Null(await other.Get());
    }

    [Fact]
    public async Task Issue_MoreStakersThanOneRequestTakes_AllGetTheirUnits()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var economy = new Economy(cluster);
        var writer = await cluster.Book.OpenWriter(Keccak.HashUtf8("many stakers"));
        const int Stakers = 9_000;
        var stakes = Enumerable.Range(0, Stakers).Select(i => new Transfer
        {
            Id = Transfer.IdOf(writer, (ulong)i),
            Debit = AccountId.Issuance,
            Credit = new AccountId(AccountKind.Stake, Address.FromHash(Keccak.HashUtf8($"staker {i}"))),
            Amount = TestNetwork.Unit + (UInt128)i,
            Cause = cluster.Network.Id,
        });
        foreach (var batch in stakes.Chunk(5_000))
        {
            Assert.True((await cluster.Book.Submit(new BookRequest { Writer = writer, Transfers = [.. batch] })).Applied);
        }

        await economy.PrepareModelAsync();

        var holders = await cluster.Book.GetPool(AccountId.Of(AccountKind.Pool, ShareIssueRule.HolderPool(economy.ModelId)));
        Assert.Equal(Stakers, holders.Members.Length);
        Assert.Equal(
            ((ulong)Stakers * TestNetwork.Unit) + ((ulong)Stakers * (Stakers - 1) / 2), holders.State.Weight);
        Assert.Equal(100_000_000UL, (await cluster.Book.GetPool(AccountId.Of(AccountKind.Pool, economy.ModelId)))
            .Members.Single(member => member.Key.Kind == AccountKind.Pool).Value.Weight);
    }

    /// <summary>Sells calls, and adds to what each holder must get: R·w/W of each feed, in 2^-64 of a base unit.</summary>
    private static async Task FeedAsync(Economy economy, Dictionary<AccountId, BigInteger> expected, ulong first, ulong last)
    {
        for (var call = first; call <= last; call++)
        {
            await economy.InferAsync(call);
            var pool = await economy.Cluster.Book.GetPool(AccountId.Of(AccountKind.Pool, economy.ModelId));
            foreach (var (member, state) in pool.Members)
            {
                // Rounded up: never less than what is due.
                var part = ((S * 775_000 * state.Weight) + pool.State.Weight - 1) / pool.State.Weight;
                expected[member] = expected.GetValueOrDefault(member) + part;
            }
        }
    }
}
