using Gaib.Domain.Settlement;

namespace Gaib.Domain.Tests.Settlement;

/// <summary>What an account asks for, and what a settler signs.</summary>
public sealed class VoucherRulesTests
{
    private static readonly Address Account = Address.FromHash(Keccak.HashUtf8("account"));
    private static readonly Address Token = Address.FromHash(Keccak.HashUtf8("token"));
    private static readonly SettlementVoucher Last = new(Account, Token, 50, Epoch: 4, Deadline: 10);

    [Fact]
    public void Voucher_AfterWithdrawals_CarriesTheTotal()
    {
        var state = SettlementRules.Evolve(SettlementState.Of(Account), new Withdrawn(1, 30, 30, 2, 5));
        state = SettlementRules.Evolve(state, new Withdrawn(1, 20, 50, 4, 6));
        Assert.Equal(Last, SettlementRules.Voucher(state, 1, Token, deadline: 10).Value);
        Assert.Equal(Reason.NotFound, SettlementRules.Voucher(state, 2, Token, deadline: 10).Rejection?.Reason);
    }

    [Fact]
    public void DecideVoucher_SameOrGreaterCumulative_IsSigned()
    {
        foreach (var next in new[] { Last, Last with { Cumulative = 51 }, Last with { Deadline = 99 }, Last with { Epoch = 5 } })
        {
            Assert.Equal(next, SettlementRules.DecideVoucher(Last, next, now: 0).Value);
            Assert.Equal(next, SettlementRules.DecideVoucher(null, next, now: 0).Value);
        }
    }

    [Fact]
    public void DecideVoucher_CumulativeFalls_IsRefused()
    {
        var outcome = SettlementRules.DecideVoucher(Last, Last with { Cumulative = 49, Epoch = 9 }, now: 0);
        Assert.Equal(new Rejection(Reason.CumulativeFalls, 50, 49, "cumulative"), outcome.Rejection);
    }

    [Fact]
    public void DecideVoucher_OutsideItsLimits_IsRefused()
    {
        Rejection? Refuse(SettlementVoucher next, long now = 0) => SettlementRules.DecideVoucher(Last, next, now).Rejection;
        Assert.Null(Refuse(Last, now: 10_999));
        Assert.Equal(new Rejection(Reason.DeadlinePassed, 10, 11, "deadline"), Refuse(Last, now: 11_000));
        Assert.Equal(new Rejection(Reason.FieldOutOfRange, Subject: "account"), Refuse(Last with { Account = Token }));
        Assert.Equal(new Rejection(Reason.FieldOutOfRange, Subject: "token"), Refuse(Last with { Token = Account }));
        Assert.Equal(new Rejection(Reason.FieldOutOfRange, 4, 3, "epoch"), Refuse(Last with { Epoch = 3 }));
        Assert.Equal(Reason.AmountZero, Refuse(Last with { Cumulative = 0 })?.Reason);
    }
}
