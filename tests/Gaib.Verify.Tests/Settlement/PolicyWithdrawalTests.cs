using Gaib.Domain.Money;
using Gaib.Domain.Settlement;
using Gaib.Verify.Money;
using Gaib.Verify.Settlement;

namespace Gaib.Verify.Tests.Settlement;

public sealed class PolicyWithdrawalTests
{
    private const long Period = 1_000;
    private static readonly SettlementPolicy First = new(Some.Person(1), Some.Chain, 100, (ulong)Period, Some.Start + 5_000, 1, long.MaxValue);
    private static readonly AccountId Settled = AccountId.Settlement(Some.Chain);
    private static readonly Domain.Hash32 Cause = First.StructHash();

    [Theory]
    [InlineData(500, 0, null)]
    [InlineData(499, 0, "amount")]
    [InlineData(501, 0, "amount")]
    [InlineData(300, 0, null)]
    [InlineData(500, 5_000, null)]
    [InlineData(500, 5_001, "at")]
    public void Refuses_FirstWithdrawal_IsAllThatWasAvailable(int amount, int after, string? field)
    {
        // 300 came first and 200 later: both totals stood there since the account last paid, and a decision may have met either.
        var (policies, _) = Paid(300, 200);

        Assert.Equal(field, policies.Refuses(Withdrawal(4, amount, after))?.Field);
    }

    [Fact]
    public void Refuses_BelowTheThreshold_NamesTheAmount()
    {
        var (policies, _) = Paid(99);

        Assert.Equal("amount", policies.Refuses(Withdrawal(3, 99, 0))?.Field);
    }

    [Theory]
    [InlineData(999, "at")]
    [InlineData(1_000, null)]
    public void Refuses_SecondWithdrawal_WaitsForThePeriod(int after, string? field)
    {
        var (policies, ledger) = Paid(300);
        Apply(policies, ledger, Withdrawal(3, 300, 0));
        Apply(policies, ledger, Some.Transfer(4, AccountId.Issuance, Some.Account(1), 150, Cause));

        Assert.Equal(field, policies.Refuses(Withdrawal(5, 150, after))?.Field);
    }

    [Fact]
    public void Refuses_AfterAnotherPolicy_NamesTheOneInForce()
    {
        var second = First with { Threshold = 1, Nonce = 2 };
        var (policies, _) = Paid([300], Some.Command(second, 3, Some.Start));

        Assert.Equal("cause", policies.Refuses(Withdrawal(4, 300, 0))?.Field);
        Assert.Null(policies.Refuses(Withdrawal(4, 300, 0) with { Cause = second.StructHash() }));
    }

    [Fact]
    public void Refuses_BeforeThePolicyStood_NamesTheCause()
    {
        var (policies, _) = Paid([300], Some.Command(First, 9, Some.Start), includeFirst: false);

        Assert.Equal("cause", policies.Refuses(Withdrawal(4, 300, 0))?.Field);
    }

    [Fact]
    public void Refuses_AnotherAccountOrChain_NamesIt()
    {
        var (policies, _) = Paid(300);

        Assert.Equal("debit", policies.Refuses(Withdrawal(4, 300, 0) with { Debit = Some.Account(2) })?.Field);
        Assert.Equal("credit", policies.Refuses(Withdrawal(4, 300, 0) with { Credit = AccountId.Settlement(8) })?.Field);
    }

    private static (PolicyWithdrawals Policies, Ledger Ledger) Paid(params int[] amounts) => Paid(amounts, null);

    private static (PolicyWithdrawals Policies, Ledger Ledger) Paid(int[] amounts, CommandLine? more, bool includeFirst = true)
    {
        CommandLine?[] commands = [includeFirst ? Some.Command(First, 1, Some.Start) : null, more];
        var data = Some.Data() with { Commands = [.. commands.OfType<CommandLine>()] };
        var (policies, ledger) = (new PolicyWithdrawals(data), new Ledger([]));
        foreach (var (amount, i) in amounts.Select((amount, i) => (amount, i)))
        {
            Apply(policies, ledger, Some.Transfer((ulong)i + 1, AccountId.Issuance, Some.Account(1), (UInt128)amount, Cause));
        }

        return (policies, ledger);
    }

    private static void Apply(PolicyWithdrawals policies, Ledger ledger, TransferLine t)
    {
        ledger.Apply(t);
        policies.Apply(t, ledger);
    }

    private static TransferLine Withdrawal(ulong seq, int amount, int after) =>
        Some.Transfer(seq, Some.Account(1), Settled, (UInt128)amount, Cause, Some.Start + after);
}
