using Gaib.Abstractions;
using Gaib.Abstractions.Money;
using Gaib.Domain;
using Gaib.Domain.Money;
using Gaib.Domain.Settlement;
using Gaib.Grains.Tests.Cluster;
using Gaib.Grains.Tests.Revenue;
using static Gaib.Grains.Tests.Cluster.Economy;

namespace Gaib.Grains.Tests.Settlement;

/// <summary>Withdrawals by a standing order: exactly when it is due, and all that is there.</summary>
public sealed class PolicyTests(ITestOutputHelper output)
{
    private const long Day = TestNetwork.Day;

    [Fact]
    public async Task SettleIfDue_DueAndNotDue_WithdrawsAllOrTellsTheNumbers()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var person = new Settling(cluster);

        // No policy; then a threshold one unit above what is there.
        AssertRefused(await person.SettleAsync(), Reason.PolicyExpired, 0, 0, "policy");
        Must(await person.SetPolicyAsync(person.Policy(Settling.Genesis + 1, nonce: 1)));
        AssertRefused(await person.SettleAsync(), Reason.PolicyNotDue, Settling.Genesis + 1, Settling.Genesis, "threshold");
        Assert.Equal((Settling.Genesis, 0), (await person.HeldAsync(), await person.WithdrawnAsync()));

        // The first withdrawal waits for the threshold only; the next one for a period too, to the millisecond.
        await person.EarnAsync(1);
        Assert.Equal(Settling.Genesis + 1, Must(await person.SettleAsync()).Voucher.Cumulative);
        await person.EarnAsync(Settling.Genesis + 5);
        cluster.Clock.AdvanceTo(TestNetwork.Start + Day - 1);
        AssertRefused(await person.SettleAsync(), Reason.PolicyNotDue, TestNetwork.Start + Day, TestNetwork.Start + Day - 1, "period");
        cluster.Clock.AdvanceTo(TestNetwork.Start + Day);
        Assert.Equal((2 * Settling.Genesis) + 6, Must(await person.SettleAsync()).Voucher.Cumulative);
        Assert.Equal((0, (2 * Settling.Genesis) + 6), (await person.HeldAsync(), await person.WithdrawnAsync()));

        // Another chain has no policy; the last moment of this one is inside, the next one is not.
        AssertRefused(await person.SettleAsync(chain: 7), Reason.PolicyExpired, 0, 0, "policy");
        await person.EarnAsync(Settling.Genesis + 1);
        cluster.Clock.AdvanceTo(TestNetwork.Start + (30 * Day));
        Assert.Equal((3 * Settling.Genesis) + 7, Must(await person.SettleAsync()).Voucher.Cumulative);
        await person.EarnAsync(Settling.Genesis + 1);
        cluster.Clock.AdvanceTo(TestNetwork.Start + (60 * Day));
        AssertRefused(
            await person.SettleAsync(), Reason.PolicyExpired, TestNetwork.Start + (30 * Day), TestNetwork.Start + (60 * Day), "validUntil");
        Assert.Equal(Settling.Genesis + 1, await person.HeldAsync());
        Assert.Null(await cluster.Book.Audit());
    }

    [Fact]
    public async Task SettleIfDue_OfPoolsIncome_CollectsItFirst()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var person = new Settling(cluster, 1);
        var pool = new FedPool(cluster);
        await pool.IssueAsync();
        Must(await person.SetPolicyAsync(person.Policy(Settling.Genesis + 200, nonce: 1)));

        // Two of ten shares: 199.8 and then 200 of the income.
        await pool.FeedAsync(999);
        AssertRefused(await person.SettleAsync(), Reason.PolicyNotDue, Settling.Genesis + 200, Settling.Genesis + 199, "threshold");
        await pool.FeedAsync(1);
        var voucher = Must(await person.SettleAsync());

        Assert.Equal(Settling.Genesis + 200, voucher.Voucher.Cumulative);
        Assert.Equal(800, (await cluster.Book.GetBalance(pool.Account, AssetId.Gaib)).Posted);
        Assert.Equal(200U, (await person.Grain.GetEarnings()).Pools[pool.Account]);
        Assert.Null(await cluster.Book.Audit());
    }

    [Fact]
    public async Task SettleIfDue_AnyWriteFails_WithdrawsEachIncomeOnce()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var person = new Settling(cluster);
        Must(await person.SetPolicyAsync(person.Policy(1, nonce: 1)));
        var total = (UInt128)Settling.Genesis;
        Must(await person.SettleAsync());

        var points = await Repeating.FailEachPointAsync(
            cluster.Disk,
            async number =>
            {
                cluster.Clock.AdvanceTo(TestNetwork.Start + (number * Day));
                await person.EarnAsync((UInt128)(100 + number));
                total += (UInt128)(100 + number);
                return number;
            },
            async _ => await RestartingAsync(cluster, person, () => person.SettleAsync()),
            async (number, answer) =>
            {
                // Whoever was not answered and asks again may be told that nothing is due: it was withdrawn, or is by now.
                Assert.True(answer.Accepted || answer.Rejection.Reason == Reason.PolicyNotDue, $"{answer.Rejection}");
                var cumulatives = await person.CumulativesAsync();
                Assert.Equal((number + 1, total), (cumulatives.Length, cumulatives[^1]));
                Assert.Equal((0, (Int128)total), (await person.HeldAsync(), await person.WithdrawnAsync()));
            });

        output.WriteLine(string.Join(", ", points));

        // The decision, a debit, the slot and the voucher, and what came of it: each has three points at which it may fail.
        Assert.Equal(
            ["gaib.contributor", "book", "gaib.settlement", "gaib.contributor"],
            points.Select(point => point[..point.IndexOf(' ', StringComparison.Ordinal)]).Where((_, i) => i % 3 == 0));
        Assert.Equal(12, points.Count);
        Assert.Null(await cluster.Book.Audit());
    }

    [Fact]
    public async Task SettleIfDue_TheBalanceLeavesMeanwhile_IsRefusedAndTheNextOneIsMade()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var (person, friend) = (new Settling(cluster), new Settling(cluster, 1));
        Must(await person.SetPolicyAsync(person.Policy(1, nonce: 1)));

        // Between the look at the balance and the debit the owner pays most of it to somebody else.
        var asking = cluster.Calls.Hold("ISettlementGrain.GetEpoch", from: "gaib.contributor");
        var settle = person.SettleAsync();
        await asking.Reached;
        Must(await cluster.Grains.Get<IAccountGrain>(person.Key.Address).Pay(cluster.Client.Sign(
            new Pay(person.Key.Address, friend.Key.Address, 0, Settling.Genesis - 5, 2, TestNetwork.Deadline), person.Key)));
        asking.Release();
        var refused = await settle;
        var again = Must(await person.SettleAsync());
        await cluster.DeactivateAsync(person.Grain);
        await person.EarnAsync(8);
        cluster.Clock.AdvanceTo(TestNetwork.Start + Day);

        Assert.Equal(Reason.InsufficientFunds, refused.Rejection!.Reason);
        Assert.Equal(5U, again.Voucher.Cumulative);
        Assert.Equal(13U, Must(await person.SettleAsync()).Voucher.Cumulative);
        Assert.Equal((0, 13), (await person.HeldAsync(), await person.WithdrawnAsync()));
        Assert.Null(await cluster.Book.Audit());
    }

    [Fact]
    public async Task SetPolicy_OfAnotherTooLateOrOutOfRange_IsRefusedAndNothingHasChanged()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var (person, other) = (new Settling(cluster), new Settling(cluster, 1));
        var good = person.Policy(Settling.Genesis + 1, nonce: 1);
        Must(await person.SetPolicyAsync(good));
        var before = await person.StateAsync();
        (string What, Signed<SettlementPolicy> Command, Reason Reason)[] refusals =
        [
            ("garbage", cluster.Client.Sign(good with { Nonce = 2 }, person.Key) with { Signature = default }, Reason.SignatureInvalid),
            ("another's key", cluster.Client.Sign(good with { Nonce = 2 }, other.Key), Reason.SignerNotAuthorised),
            ("another's policy", cluster.Client.Sign(other.Policy(1, nonce: 1), other.Key), Reason.SignerNotAuthorised),
            ("changed", cluster.Client.Sign(good with { Nonce = 2 }, person.Key) with { Command = good with { Nonce = 3 } },
                Reason.SignerNotAuthorised),
            ("too late", cluster.Client.Sign(good with { Nonce = 2, Deadline = TestNetwork.Start - 1 }, person.Key), Reason.DeadlinePassed),
            ("no chain", cluster.Client.Sign(good with { Nonce = 2, Chain = 0 }, person.Key), Reason.FieldOutOfRange),
            ("no threshold", cluster.Client.Sign(good with { Nonce = 2, Threshold = 0 }, person.Key), Reason.FieldOutOfRange),
            ("over", cluster.Client.Sign(good with { Nonce = 2, ValidUntil = TestNetwork.Start - 1 }, person.Key), Reason.PolicyExpired),
            ("used nonce", cluster.Client.Sign(good with { Threshold = 1 }, person.Key), Reason.NonceUsed),
        ];

        foreach (var (what, command, reason) in refusals)
        {
            Assert.Equal((what, reason), (what, (await person.Grain.SetPolicy(command)).Rejection?.Reason));
            AssertRefused(await person.SettleAsync(), Reason.PolicyNotDue, Settling.Genesis + 1, Settling.Genesis, "threshold");
            Assert.Equal(before, await person.StateAsync());
        }
    }

    [Fact]
    public async Task SetPolicy_AReplacedOneIsSentAgain_StaysReplaced()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var person = new Settling(cluster);
        var (old, next) = (person.Policy(1, nonce: 1), person.Policy(Settling.Genesis + 1, nonce: 2));
        Must(await person.SetPolicyAsync(old));
        var set = Must(await person.SetPolicyAsync(next));

        // Anybody may have kept the old one.
        var replayed = Must(await person.SetPolicyAsync(old));
        await cluster.DeactivateAsync(person.Grain);
        var again = Must(await person.SetPolicyAsync(next));

        Assert.All([set, replayed, again], state => Assert.Equal(next, state.Policies[TestNetwork.ChainId]));
        AssertRefused(await person.SettleAsync(), Reason.PolicyNotDue, Settling.Genesis + 1, Settling.Genesis, "threshold");
    }

    [Fact]
    public async Task SetPolicy_AnyWriteFails_IsInForceOnceAndTheCauseOfWhatItWithdraws()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var points = await Repeating.FailEachPointAsync(
            cluster.Disk,
            number => Task.FromResult((Person: new Settling(cluster, number), Policy: new Settling(cluster, number).Policy(1, nonce: 1))),
            subject => RestartingAsync(cluster, subject.Person, () => subject.Person.SetPolicyAsync(subject.Policy)),
            async (subject, answer) =>
            {
                var digest = cluster.Client.Digest(subject.Policy);
                Assert.Equal(subject.Policy, Must(answer).Policies[TestNetwork.ChainId]);
                Must(await subject.Person.SettleAsync());
                Assert.Equal([(Settling.Genesis, digest)], subject.Person.Debits());
            });

        output.WriteLine(string.Join(", ", points));

        // What was signed, the command in the book, and the policy in force: each has three points at which it may fail.
        Assert.Equal(9, points.Count);
    }

    [Fact]
    public async Task SetPolicy_WithAPeriodBeyondAllTimes_IsSetAndSettlesOnce()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var person = new Settling(cluster);

        Must(await person.SetPolicyAsync(person.Policy(1, nonce: 1, period: ulong.MaxValue)));
        Assert.Equal(Settling.Genesis, Must(await person.SettleAsync()).Voucher.Cumulative);
        await person.EarnAsync(1);

        AssertRefused(
            await person.SettleAsync(), Reason.PolicyNotDue, TestNetwork.Start + (Int128)ulong.MaxValue, TestNetwork.Start, "period");
    }

    /// <summary>Ends the contributor's activation before whatever failed is tried again: it goes on from what it stored.</summary>
    internal static async Task<T> RestartingAsync<T>(GrainCluster cluster, Settling person, Func<Task<T>> operate)
    {
        try
        {
            return await operate();
        }
        catch (Exception fault) when (fault is not RefusedException)
        {
            if (cluster.IsActive(person.Grain))
            {
                await cluster.DeactivateAsync(person.Grain);
            }

            throw;
        }
    }

    private static void AssertRefused<T>(Outcome<T> outcome, Reason reason, Int128 limit, Int128 actual, string subject)
        where T : notnull => Assert.Equal(new Rejection(reason, limit, actual, subject), outcome.Rejection);
}
