using Gaib.Domain;
using Gaib.Domain.Governance;
using Gaib.Domain.Models;
using Gaib.Domain.Money;
using Gaib.Domain.Settlement;
using Gaib.Verify.Money;

namespace Gaib.Verify.Tests.Money;

public sealed class CommandTransfersTests
{
    private static readonly UInt128 Coin = 1_000_000_000;

    [Fact]
    public void Check_EachCommand_ExpectsWhatWasSigned()
    {
        var stake = new Stake(Some.Person(1), 3 * Coin, 1, 0);
        var unstake = new Unstake(Some.Person(1), 2 * Coin, 2, 0);
        var withdraw = new Withdraw(Some.Person(1), Some.Chain, 5, 3, 0);
        var pay = new Pay(Some.Person(1), Some.Person(2), 9, 4, 4, 0);
        var open = new OpenSession(Some.Person(1), Some.Hash("model"), Some.Person(3), 7, 1, 1, 5, 0);
        var data = Checked(out var findings, stake, unstake, withdraw, pay, open);
        var session = Ids.Derive(data.Genesis, "session", Some.Person(1), 5);
        var staked = new AccountId(AccountKind.Stake, Some.Person(1));
        Movement[] expected =
        [
            new(Some.Account(1), staked, default, 3 * Coin, stake.StructHash(), false),
            new(staked, Some.Account(1), default, 2 * Coin, unstake.StructHash(), false),
            new(Some.Account(1), AccountId.Settlement(Some.Chain), default, 5, withdraw.StructHash(), false),
            new(Some.Account(1), Some.Account(2), new AssetId(9), 4, pay.StructHash(), false),
            new(Some.Account(1), AccountId.Of(AccountKind.Session, session), default, 7, open.StructHash(), false),
        ];

        Assert.Empty(findings.Kept);
        Assert.Equal(expected.ToHashSet(), data.Expected.Left.Select(left => left.Movement).ToHashSet());
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(3, 2)]
    [InlineData(3, 4)]
    public void Check_StakeBelowItsLeast_IsFound(int staked, int taken)
    {
        // The least stake is one coin: less than that at first, half a coin left, more taken than there is.
        var amount = ((UInt128)staked * Coin) - (staked == 1 ? 1u : 0u);
        var unstake = ((UInt128)taken * Coin) + (taken == 2 ? Coin / 2 : 0);

        _ = Checked(out var findings, new Stake(Some.Person(1), amount, 1, 0), new Unstake(Some.Person(1), unstake, 2, 0));

        Assert.Equal("payload.amount", findings.Kept[0].Field);
    }

    private static ExportData Checked(out Findings findings, params TypedMessage[] messages)
    {
        findings = new Findings();
        var data = Some.Data() with { Commands = [.. messages.Select((m, i) => Line(m, (ulong)i + 1))] };
        CommandTransfers.Check(data, findings);
        return data;
    }

    private static CommandLine Line(TypedMessage message, ulong seq) => message switch
    {
        Stake m => Some.Command(m, seq, Some.Start),
        Unstake m => Some.Command(m, seq, Some.Start),
        Withdraw m => Some.Command(m, seq, Some.Start),
        Pay m => Some.Command(m, seq, Some.Start),
        OpenSession m => Some.Command(m, seq, Some.Start),
        _ => throw new ArgumentOutOfRangeException(nameof(message)),
    };
}
