using Gaib.Abstractions;
using Gaib.Domain;
using Gaib.Domain.Settlement;
using Gaib.Evm;
using Gaib.Grains.Tests.Cluster;
using static Gaib.Grains.Tests.Cluster.Economy;

namespace Gaib.Grains.Tests.Settlement;

/// <summary>Single withdrawals: one signature moves one amount once, and its voucher is the same for ever.</summary>
public sealed class WithdrawalTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Withdraw_AskedAgainAtAnyTime_GetsTheSameBytesAndMovesNothing()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var person = new Settling(cluster);
        var command = cluster.Client.Sign(person.Withdrawal(40, nonce: 1), person.Key);
        var first = Must(await person.Grain.Withdraw(command));
        var second = Must(await person.WithdrawAsync(2, nonce: 2));
        await Settling.Chain(cluster).CloseEpoch(1);
        cluster.Clock.AdvanceTo(TestNetwork.Deadline + 1);

        var later = Must(await person.Grain.Withdraw(command));
        await cluster.DeactivateAsync(person.Grain);
        var reread = Must(await person.Grain.Withdraw(command));
        await cluster.RestartAsync();
        var restarted = Must(await person.Grain.Withdraw(command));

        Assert.Equal(
            new SettlementVoucher(
                person.Key.Address,
                cluster.Network.Genesis.VerifyingContract,
                40,
                Epoch: 1,
                Deadline: (ulong)((TestNetwork.Start / 1_000) + (365 * 24 * 3_600))),
            first.Voucher);
        Assert.Equal(42U, second.Voucher.Cumulative);
        Assert.All([later, reread, restarted], voucher => Assert.Equal(Settling.Text(cluster, first), Settling.Text(cluster, voucher)));
        Assert.Equal((Settling.Genesis - 42, 42), (await person.HeldAsync(), await person.WithdrawnAsync()));
        Assert.Equal([40, 42], await person.CumulativesAsync());
        Assert.Equal([(40, cluster.Client.Digest(command.Command)), (2, cluster.Client.Digest(person.Withdrawal(2, 2)))], person.Debits());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Withdraw_AnyWriteFails_MovesEachAmountOnce(bool restarts)
    {
        await using var cluster = await GrainCluster.StartAsync();
        var person = new Settling(cluster);
        var total = (UInt128)0;
        Must(await person.WithdrawAsync(total += 7, nonce: 0));

        var points = await Repeating.FailEachPointAsync(
            cluster.Disk,
            number =>
            {
                total += (UInt128)(100 + number);
                return Task.FromResult(cluster.Client.Sign(person.Withdrawal((UInt128)(100 + number), (ulong)number), person.Key));
            },
            command => restarts
                ? RestartingAsync(cluster, () => person.Grain.Withdraw(command))
                : PolicyTests.RestartingAsync(cluster, person, () => person.Grain.Withdraw(command)),
            async (command, answer) =>
            {
                Assert.Equal(total, Must(answer).Voucher.Cumulative);
                Assert.Equal(Settling.Text(cluster, answer.Value), Settling.Text(cluster, Must(await person.Grain.Withdraw(command))));
                Assert.Equal((Settling.Genesis - (Int128)total, (Int128)total), (await person.HeldAsync(), await person.WithdrawnAsync()));
                Assert.Equal((command.Command.Amount, cluster.Client.Digest(command.Command)), person.Debits()[^1]);
                var cumulatives = await person.CumulativesAsync();
                Assert.Equal(cumulatives.Order().Distinct(), cumulatives);
                Assert.Equal(total, cumulatives[^1]);
            },
            every: restarts ? Repeating.Sparsely : 1);

        output.WriteLine(string.Join(", ", points));

        // The decision, a debit, the slot and the voucher, and what came of it: each has three points at which it may fail.
        Assert.Equal(restarts ? 12 / Repeating.Sparsely : 12, points.Count);
        Assert.Null(await cluster.Book.Audit());
    }

    [Fact]
    public async Task Withdraw_WhileAnotherIsUnderWay_FollowsItWithTheSumOfBoth()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var person = new Settling(cluster);
        var signing = cluster.Calls.Hold("ISettlementGrain.Voucher", from: "gaib.contributor");

        var first = person.WithdrawAsync(30, nonce: 1);
        await signing.Reached;
        var second = person.WithdrawAsync(12, nonce: 2);
        var same = person.WithdrawAsync(30, nonce: 1);

        // The debit is made and the voucher is not: nothing is answered yet.
        Assert.Equal(30, await person.WithdrawnAsync());
        Assert.False(first.IsCompleted || second.IsCompleted || same.IsCompleted);
        signing.Release();

        Assert.Equal((30U, 42U), (Must(await first).Voucher.Cumulative, Must(await second).Voucher.Cumulative));
        Assert.Equal(Settling.Text(cluster, (await first).Value), Settling.Text(cluster, Must(await same)));
        Assert.Equal([30, 42], await person.CumulativesAsync());
        Assert.Equal((Settling.Genesis - 42, 42), (await person.HeldAsync(), await person.WithdrawnAsync()));
    }

    [Theory]
    [InlineData("gaib.contributor AfterWrite")]
    [InlineData("book BeforeWrite")]
    [InlineData("book AfterFlush")]
    [InlineData("gaib.settlement BeforeWrite")]
    [InlineData("gaib.settlement AfterWrite")]
    public async Task Withdraw_AfterOneThatWasCutShort_FinishesThatOneFirst(string point)
    {
        await using var cluster = await GrainCluster.StartAsync();
        var person = new Settling(cluster);
        Must(await person.SetPolicyAsync(person.Policy(1, nonce: 9)));
        Must(await person.WithdrawAsync(1, nonce: 8));
        var cut = cluster.Client.Sign(person.Withdrawal(30, nonce: 1), person.Key);
        cluster.Disk.FailNext(point);

        await Assert.ThrowsAnyAsync<Exception>(() => person.Grain.Withdraw(cut));
        var next = Must(await Repeating.UntilAnsweredAsync(() => person.WithdrawAsync(12, nonce: 2)));
        var settled = await person.SettleAsync();

        // Nobody had to ask for it again.
        Assert.Equal(43U, next.Voucher.Cumulative);
        Assert.Equal([1, 31, 43], await person.CumulativesAsync());
        Assert.Equal((Reason.PolicyNotDue, "period"), (settled.Rejection!.Reason, settled.Rejection.Subject));
        Assert.Equal(31U, Must(await person.Grain.Withdraw(cut)).Voucher.Cumulative);
        Assert.Equal((Settling.Genesis - 43, 43), (await person.HeldAsync(), await person.WithdrawnAsync()));
    }

    [Fact]
    public async Task Withdraw_WhatMayNotBe_IsRefusedAndNothingHasChanged()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var (person, other) = (new Settling(cluster), new Settling(cluster, 1));
        Must(await person.WithdrawAsync(5, nonce: 1));
        cluster.Clock.AdvanceTo(TestNetwork.Start + 1_000);
        var before = await person.StateAsync();
        var good = person.Withdrawal(40, nonce: 2);
        var foreign = GaibDomains.Commands(TestNetwork.ChainId, Keccak.HashUtf8("another network"));
        (string What, Signed<Withdraw> Command, Rejection? Exactly, Reason Reason)[] refusals =
        [
            ("garbage", Sign(good) with { Signature = default }, null, Reason.SignatureInvalid),
            ("another's key", cluster.Client.Sign(good, other.Key), null, Reason.SignerNotAuthorised),
            ("another's withdrawal", cluster.Client.Sign(other.Withdrawal(1, 1), other.Key), null, Reason.SignerNotAuthorised),
            ("another network", new Signed<Withdraw>(good, person.Key.Sign(Eip712.Digest(foreign, good))), null, Reason.SignerNotAuthorised),
            ("changed", Sign(good) with { Command = good with { Amount = 41 } }, null, Reason.SignerNotAuthorised),
            ("too late", Sign(good with { Deadline = TestNetwork.Start + 999 }),
                new Rejection(Reason.DeadlinePassed, TestNetwork.Start + 999, TestNetwork.Start + 1_000, "deadline"), Reason.DeadlinePassed),
            ("used nonce", Sign(good with { Nonce = 1 }), new Rejection(Reason.NonceUsed, 0, 1), Reason.NonceUsed),
            ("nothing", Sign(good with { Amount = 0 }), new Rejection(Reason.AmountZero), Reason.AmountZero),
            ("no chain", Sign(good with { Chain = 0 }), new Rejection(Reason.FieldOutOfRange, 1, 0, "chain"), Reason.FieldOutOfRange),
            ("more than there is", Sign(good with { Amount = Settling.Genesis - 4 }),
                new Rejection(Reason.InsufficientFunds, Settling.Genesis - 5, Settling.Genesis - 4, person.Account.ToString()),
                Reason.InsufficientFunds),
            ("more than there can be", Sign(good with { Amount = UInt128.MaxValue }), null, Reason.Overflow),
            ("as much as numbers go", Sign(good with { Amount = UInt128.One << 126 }), null, Reason.Overflow),
        ];

        foreach (var (what, command, exactly, reason) in refusals)
        {
            var refused = await person.Grain.Withdraw(command);
            Assert.Equal((what, reason), (what, refused.Rejection?.Reason));
            Assert.True(exactly is null || exactly == refused.Rejection, $"{what}: {refused.Rejection}");
            Assert.Equal(before, await person.StateAsync());
            await cluster.DeactivateAsync(person.Grain);
            Assert.Equal(before, await person.StateAsync());
        }

        // A refused command is not used up.
        Assert.Equal(45U, Must(await person.Grain.Withdraw(Sign(good))).Voucher.Cumulative);

        Signed<Withdraw> Sign(Withdraw command) => cluster.Client.Sign(command, person.Key);
    }

    [Fact]
    public async Task Withdraw_ManyTimesToTwoChains_EachTotalOnlyGrows()
    {
        await using var cluster = await GrainCluster.StartAsync();
        var person = new Settling(cluster);
        Must(await person.SetPolicyAsync(person.Policy(1, nonce: 1_000, period: 1, chain: 10)));
        var random = new Random(3);
        var totals = new Dictionary<ulong, UInt128> { [TestNetwork.ChainId] = 0, [10] = 0 };
        var held = (UInt128)Settling.Genesis;
        for (var i = 1; i <= 40; i++)
        {
            var income = (UInt128)random.Next(1, 1_000_000);
            await person.EarnAsync(income);
            held += income;
            cluster.Clock.AdvanceTo(TestNetwork.Start + (i * TestNetwork.Day / 2));
            var (chain, amount) = (i % 3 == 0 ? 10UL : TestNetwork.ChainId, (UInt128)random.Next(1, 300_000));
            var byPolicy = i % 7 == 0;
            var voucher = byPolicy ? await person.SettleAsync(10) : await person.WithdrawAsync(amount, (ulong)i, chain);
            (chain, amount) = byPolicy ? (10, held) : (chain, amount);
            if (amount > held)
            {
                Assert.Equal(Reason.InsufficientFunds, voucher.Rejection!.Reason);
                continue;
            }

            totals[chain] += amount;
            held -= amount;
            Assert.Equal((chain, totals[chain]), (Must(voucher).Chain, voucher.Value.Voucher.Cumulative));
        }

        foreach (var (chain, total) in totals)
        {
            var vouchers = (await person.Grain.GetEarnings()).Vouchers.Where(voucher => voucher.Chain == chain)
                .Select(voucher => voucher.Voucher.Cumulative).ToArray();
            Assert.InRange(vouchers.Length, 10, 30);
            Assert.Equal(vouchers.Order().Distinct(), vouchers);
            Assert.Equal((total, (Int128)total), (vouchers[^1], await person.WithdrawnAsync(chain)));
        }

        Assert.Equal((Int128)held, await person.HeldAsync());
        Assert.Null(await cluster.Book.Audit());
    }

    private static async Task<T> RestartingAsync<T>(GrainCluster cluster, Func<Task<T>> operate)
    {
        try
        {
            return await operate();
        }
        catch (Exception fault) when (fault is not RefusedException)
        {
            await cluster.RestartAsync();
            throw;
        }
    }
}
