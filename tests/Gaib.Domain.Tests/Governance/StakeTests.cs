using CsCheck;
using Gaib.Domain.Governance;
using static Gaib.Domain.Tests.Models.Some;

namespace Gaib.Domain.Tests.Governance;

public sealed class StakeTests
{
    private static readonly Parameters Parameters = new() { StakeMin = 10 };

    [Fact]
    public void Stake_TwiceAndUnstake_AddsUpAndGoesAtOnce()
    {
        var state = Stake(Stake(StakeState.Empty, 1, 10), 1, 5);
        Assert.Equal([Weight(1, 15)], state.Weights);

        state = StakeRule.Evolve(state, StakeRule.Decide(state, new Unstake(Account(1), 15, 1, 1), Parameters).Value);
        Assert.Empty(state.ByAccount);
        Assert.Equal((UInt128)0, state.Total);
    }

    [Fact]
    public void Decide_NotPossible_IsRefusedWithTheNumbers()
    {
        var state = Stake(StakeState.Empty, 1, 12);

        Assert.Equal(Reason.AmountZero, StakeRule.Decide(state, new Stake(Account(1), 0, 1, 1), Parameters).Rejection?.Reason);
        Assert.Equal(Reason.AmountZero, StakeRule.Decide(state, new Unstake(Account(1), 0, 1, 1), Parameters).Rejection?.Reason);
        Assert.Equal(new Rejection(Reason.FieldOutOfRange, 10, 9, "stakeMin"), StakeRule.Decide(state, new Stake(Account(2), 9, 1, 1), Parameters).Rejection);
        Assert.Equal(new Rejection(Reason.FieldOutOfRange, 10, 9, "stakeMin"), StakeRule.Decide(state, new Unstake(Account(1), 3, 1, 1), Parameters).Rejection);
        Assert.Equal(
            new Rejection(Reason.InsufficientFunds, 12, 13, Account(1).ToString()), StakeRule.Decide(state, new Unstake(Account(1), 13, 1, 1), Parameters).Rejection);
        Assert.Equal(Reason.InsufficientFunds, StakeRule.Decide(state, new Unstake(Account(2), 1, 1, 1), Parameters).Rejection?.Reason);
        Assert.Equal(
            new Rejection(Reason.PoolWeightFull, (Int128)long.MaxValue - 12, Int128.MaxValue),
            StakeRule.Decide(state, new Stake(Account(2), UInt128.MaxValue, 1, 1), Parameters).Rejection);
    }

    [Fact]
    public void AnySteps_TotalIsTheSumAndNobodyIsBelowTheMinimum()
    {
        int refused = 0, gone = 0;
        Gen.Select(Gen.Bool, Gen.ULong[1, 4], Gen.ULong[0, 40]).Array[1, 60].Sample(
            steps =>
            {
                var state = StakeState.Empty;
                foreach (var (up, account, amount) in steps)
                {
                    var outcome = up
                        ? StakeRule.Decide(state, new Stake(Account(account), amount, 1, 1), Parameters)
                        : StakeRule.Decide(state, new Unstake(Account(account), amount, 1, 1), Parameters);
                    refused += outcome.Accepted ? 0 : 1;
                    if (outcome.Accepted)
                    {
                        gone += outcome.Value.Staked == 0 ? 1 : 0;
                        state = StakeRule.Evolve(state, outcome.Value);
                    }

                    Assert.Equal(state.Total, state.ByAccount.Values.Aggregate((UInt128)0, (sum, s) => sum + s));
                    Assert.All(state.ByAccount.Values, s => Assert.True(s >= Parameters.StakeMin));
                }
            },
            iter: 2_000, threads: 1);

        Assert.True(refused > 100 && gone > 100, $"{refused} {gone}");
    }

    private static StakeState Stake(StakeState state, ulong account, UInt128 amount) =>
        StakeRule.Evolve(state, StakeRule.Decide(state, new Stake(Account(account), amount, 1, 1), Parameters).Value);
}
