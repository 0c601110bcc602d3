using CsCheck;
using Gaib.Domain.Settlement;

namespace Gaib.Domain.Tests.Settlement;

/// <summary>When a withdrawal is due, what refuses it, and that a cumulative amount only grows.</summary>
public sealed class SettlementRulesTests
{
    private const ulong Chain = 31337;
    private static readonly Address Account = Address.FromHash(Keccak.HashUtf8("account"));
    private static readonly Address Other = Address.FromHash(Keccak.HashUtf8("other"));
    private static readonly Address Token = Address.FromHash(Keccak.HashUtf8("token"));

    private static readonly SettlementPolicy Policy =
        new(Account, Chain, Threshold: 100, Period: 1_000, ValidUntil: 50_000, Nonce: 7, Deadline: 10_000);

    private static readonly SettlementState WithPolicy = SettlementRules.Evolve(SettlementState.Of(Account), new PolicySet(Policy));

    [Fact]
    public void DecidePolicy_WithinItsLimits_ComesIntoForce()
    {
        var outcome = SettlementRules.Decide(SettlementState.Of(Account), Policy, now: 10_000);
        Assert.Equal(new PolicySet(Policy), outcome.Value);
        Assert.Equal(Policy, SettlementRules.Evolve(SettlementState.Of(Account), outcome.Value).Policies[Chain]);
    }

    [Fact]
    public void DecidePolicy_OutsideItsLimits_IsRefused()
    {
        Reason? Refuse(SettlementPolicy policy, long now = 0) =>
            SettlementRules.Decide(SettlementState.Of(Account), policy, now).Rejection?.Reason;
        Assert.Equal(Reason.SignerNotAuthorised, Refuse(Policy with { Account = Other }));
        Assert.Equal(Reason.DeadlinePassed, Refuse(Policy, now: 10_001));
        Assert.Equal(Reason.FieldOutOfRange, Refuse(Policy with { Chain = 0 }));
        Assert.Equal(Reason.FieldOutOfRange, Refuse(Policy with { Chain = SettlementRules.ChainMax + 1 }));
        Assert.Equal(Reason.FieldOutOfRange, Refuse(Policy with { Threshold = 0 }));
        Assert.Equal(Reason.PolicyExpired, Refuse(Policy with { ValidUntil = -1 }));
        Assert.Null(Refuse(Policy with { ValidUntil = 0, Period = 0 }));
    }

    [Fact]
    public void DecideWithdraw_SignedCommand_AddsToTheTotal()
    {
        var state = SettlementRules.Evolve(WithPolicy, new Withdrawn(Chain, 40, 40, 1, 5));
        var outcome = SettlementRules.Decide(state, new Withdraw(Account, Chain, 2, Nonce: 1, Deadline: 6), epoch: 3, now: 6);
        Assert.Equal(new Withdrawn(Chain, 2, 42, 3, 6), outcome.Value);
    }

    [Fact]
    public void DecideWithdraw_OutsideItsLimits_IsRefused()
    {
        var command = new Withdraw(Account, Chain, 2, Nonce: 1, Deadline: 6);
        Reason? Refuse(Withdraw changed, long now = 6) => SettlementRules.Decide(WithPolicy, changed, epoch: 0, now).Rejection?.Reason;
        Assert.Null(Refuse(command));
        Assert.Equal(Reason.SignerNotAuthorised, Refuse(command with { Account = Other }));
        Assert.Equal(Reason.DeadlinePassed, Refuse(command, now: 7));
        Assert.Equal(Reason.FieldOutOfRange, Refuse(command with { Chain = 0 }));
        Assert.Equal(Reason.FieldOutOfRange, Refuse(command with { Chain = SettlementRules.ChainMax + 1 }));
        Assert.Equal(Reason.AmountZero, Refuse(command with { Amount = 0 }));

        var full = SettlementRules.Evolve(WithPolicy, new Withdrawn(Chain, UInt128.MaxValue - 1, UInt128.MaxValue - 1, 0, 0));
        Assert.Equal(Reason.Overflow, SettlementRules.Decide(full, command, epoch: 0, now: 6).Rejection?.Reason);
        Assert.Equal(UInt128.MaxValue, SettlementRules.Decide(full, command with { Amount = 1 }, epoch: 0, now: 6).Value.Cumulative);
    }

    [Fact]
    public void DecideDue_FirstWithdrawal_WaitsForTheThresholdOnly()
    {
        Assert.Equal(new Rejection(Reason.PolicyNotDue, 100, 99, "threshold"), Due(WithPolicy, 99, now: 0).Rejection);
        Assert.Equal(new Withdrawn(Chain, 100, 100, 9, 0), Due(WithPolicy, 100, now: 0).Value);
        Assert.Equal(new Withdrawn(Chain, 250, 250, 9, 0), Due(WithPolicy, 250, now: 0).Value);
    }

    [Fact]
    public void DecideDue_NextWithdrawal_WaitsForThresholdAndPeriod()
    {
        var state = SettlementRules.Evolve(WithPolicy, Due(WithPolicy, 250, now: 300).Value);
        Assert.Equal(new Rejection(Reason.PolicyNotDue, 1_300, 1_299, "period"), Due(state, 100, now: 1_299).Rejection);
        Assert.Equal(new Rejection(Reason.PolicyNotDue, 100, 99, "threshold"), Due(state, 99, now: 1_300).Rejection);
        Assert.Equal(new Withdrawn(Chain, 100, 350, 9, 1_300), Due(state, 100, now: 1_300).Value);
    }

    [Fact]
    public void DecideDue_PeriodBeyondAllTime_NeverComesAndDoesNotOverflow()
    {
        var forever = SettlementRules.Evolve(WithPolicy, new PolicySet(Policy with { Period = ulong.MaxValue, ValidUntil = long.MaxValue }));
        var state = SettlementRules.Evolve(forever, new Withdrawn(Chain, 1, 1, 0, long.MaxValue));
        Assert.Equal("period", Due(state, 100, now: long.MaxValue).Rejection?.Subject);
    }

    [Fact]
    public void DecideDue_WithoutValidPolicy_IsExpired()
    {
        Assert.Equal(new Rejection(Reason.PolicyExpired, Subject: "policy"), Due(SettlementState.Of(Account), 1_000, now: 0).Rejection);
        Assert.Equal(new Withdrawn(Chain, 1_000, 1_000, 9, 50_000), Due(WithPolicy, 1_000, now: 50_000).Value);
        Assert.Equal(new Rejection(Reason.PolicyExpired, 50_000, 50_001, "validUntil"), Due(WithPolicy, 1_000, now: 50_001).Rejection);
        Assert.Equal(Reason.PolicyExpired, SettlementRules.DecideDue(WithPolicy, Chain + 1, 1_000, 0, 0).Rejection?.Reason);
    }

    [Fact]
    public void Evolve_LaterPolicy_ReplacesTheEarlierOfItsChainOnly()
    {
        var state = SettlementRules.Evolve(WithPolicy, new PolicySet(Policy with { Threshold = 5 }));
        state = SettlementRules.Evolve(state, new PolicySet(Policy with { Chain = 1 }));
        Assert.Equal([100, 5], state.Policies.Values.Select(policy => (int)policy.Threshold));
    }

    [Fact]
    public void Evolve_EventThatDoesNotFollow_Throws()
    {
        var state = SettlementRules.Evolve(WithPolicy, new Withdrawn(Chain, 40, 40, 1, 5));
        Assert.Throws<InvalidOperationException>(() => SettlementRules.Evolve(state, new Withdrawn(Chain, 40, 40, 1, 6)));
        Assert.Throws<InvalidOperationException>(() => SettlementRules.Evolve(state, new Withdrawn(Chain, 1, 40, 1, 6)));
        Assert.Throws<OverflowException>(() => SettlementRules.Evolve(state, new Withdrawn(Chain, UInt128.MaxValue, 39, 1, 6)));
    }

    [Fact]
    public void Decide_RandomWithdrawals_GrowByWhatWasDebitedPerChain()
    {
        var (due, single, refused) = (0, 0, 0);
        var step = Gen.Select(Gen.Bool, Gen.ULong[1, 3], Gen.ULong[0, 300], Gen.Long[0, 2_000]);
        step.Array[1, 60].Sample(
            steps =>
            {
                var state = SettlementState.Of(Account);
                state = new[] { 1UL, 2UL }.Aggregate(state, (s, chain) => SettlementRules.Evolve(s, new PolicySet(Policy with { Chain = chain })));
                var debited = new Dictionary<ulong, UInt128>();
                var now = 0L;
                foreach (var (byPolicy, chain, amount, passed) in steps)
                {
                    now += passed;
                    var outcome = byPolicy
                        ? SettlementRules.DecideDue(state, chain, amount, epoch: 0, now)
                        : SettlementRules.Decide(state, new Withdraw(Account, chain, amount, 0, long.MaxValue), epoch: 0, now);
                    if (!outcome.Accepted)
                    {
                        Interlocked.Increment(ref refused);
                        continue;
                    }

                    var before = state.Cumulative(chain);
                    var last = state.Totals.TryGetValue(chain, out var total) ? total.LastAt : (long?)null;
                    state = SettlementRules.Evolve(state, outcome.Value);
                    debited[chain] = debited.GetValueOrDefault(chain) + amount;
                    Assert.True(state.Cumulative(chain) > before);
                    Assert.True(!byPolicy || (amount >= 100 && now <= 50_000 && (last is null || now - last >= 1_000)));
                    Interlocked.Increment(ref byPolicy ? ref due : ref single);
                }

                Assert.All(debited, pair => Assert.Equal(pair.Value, state.Cumulative(pair.Key)));
            },
            iter: 300);
        Assert.True(due > 100 && single > 100 && refused > 100, $"{due} due, {single} single, {refused} refused");
    }

    private static Outcome<Withdrawn> Due(SettlementState state, UInt128 available, long now) =>
        SettlementRules.DecideDue(state, Chain, available, epoch: 9, now);
}
