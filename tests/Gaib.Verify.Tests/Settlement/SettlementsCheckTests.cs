using System.Collections.Immutable;
using Gaib.Domain;
using Gaib.Domain.Money;
using Gaib.Domain.Settlement;
using Gaib.Evm;
using Gaib.Verify.Settlement;

namespace Gaib.Verify.Tests.Settlement;

/// <summary>Two accounts, three withdrawals, two closed epochs: what the demo's single epoch does not show.</summary>
public sealed class SettlementsCheckTests
{
    private static readonly PrivateKey[] Keys = [.. Enumerable.Range(1, 3).Select(i => PrivateKey.Derive(Some.Hash($"settler {i}"))).OrderBy(key => key.Address)];

    [Fact]
    public void Check_GrowingTotalsOverEpochs_Hold() => Assert.Empty(Found(Data()));

    [Fact]
    public void Check_VoucherLeftOut_IsFound()
    {
        var data = Data();

        Assert.Equal(("settlements.ndjson", ""), Found(data with { Vouchers = data.Vouchers.RemoveAt(1) })[0]);
    }

    [Theory]
    [InlineData(0, 299, 1, 0, "cumulative")]
    [InlineData(1, 300, 2, 0, "cumulative")]
    [InlineData(1, 450, 0, 0, "epoch")]
    [InlineData(1, 450, 2, -1, "deadline")]
    public void Check_VoucherSignedAgain_SaysWhatIsWrong(int voucher, int cumulative, int epoch, int later, string field)
    {
        var data = Data();
        var line = data.Vouchers[voucher];
        var forged = Voucher(line.Account, (UInt128)cumulative, (ulong)epoch, line.Deadline + (ulong)later);

        Assert.Equal(("settlements.ndjson", field), Found(data with { Vouchers = data.Vouchers.SetItem(voucher, forged) })[0]);
    }

    [Theory]
    [InlineData("too few")]
    [InlineData("one twice")]
    [InlineData("falling")]
    [InlineData("a stranger's")]
    public void Check_Signatures_AreThoseOfEnoughSettlersAscending(string what)
    {
        var data = Data();
        var line = data.Vouchers[0];
        var signatures = line.Signatures;
        ImmutableArray<Signature> forged = what switch
        {
            "too few" => [signatures[0], signatures[1]],
            "one twice" => [signatures[0], signatures[0], signatures[1]],
            "falling" => [signatures[1], signatures[0], signatures[2]],
            _ => [signatures[0], signatures[1], PrivateKey.Derive(Some.Hash("stranger")).Sign(Some.Hash("something"))],
        };

        var found = Found(data with { Vouchers = data.Vouchers.SetItem(0, line with { Signatures = forged }) })[0];

        Assert.StartsWith("signatures", found.Field, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_SlotOfALaterEpoch_IsFound()
    {
        var data = Data();
        var root = data.Roots[0];
        var slots = root.Slots.SetItem(0, root.Slots[0] with { Cumulative = 450 });
        var forged = root with { Slots = slots, Root = SettlementTree.Build(data.Network.VerifyingContract, slots.AsSpan()).Root };

        Assert.Equal(("roots.ndjson", "slots[0].cumulative"), Found(data with { Roots = data.Roots.SetItem(0, forged) })[0]);
    }

    [Fact]
    public void Check_SlotThatChangedHands_IsFound()
    {
        var data = Data();
        var root = data.Roots[1];
        ImmutableArray<SettlementSlot> slots = [root.Slots[1], root.Slots[0]];
        var forged = root with { Slots = slots, Root = SettlementTree.Build(data.Network.VerifyingContract, slots.AsSpan()).Root };

        Assert.Equal(("roots.ndjson", "slots[0].account"), Found(data with { Roots = data.Roots.SetItem(1, forged) })[0]);
    }

    private static List<(string File, string Field)> Found(ExportData data)
    {
        var findings = new Findings();
        SettlementsCheck.Check(data, findings);
        if (!findings.Any)
        {
            RootsCheck.Check(data, findings);
        }

        return [.. findings.Kept.Select(finding => (finding.At.File, finding.Field))];
    }

    private static ExportData Data()
    {
        var data = Some.Data([.. Keys.Select(key => key.Address)]);
        var (settled, cause) = (AccountId.Settlement(Some.Chain), Some.Hash("policy"));
        var deadline = (ulong)(Some.Start / 1_000) + (365 * 24 * 3600);
        return data with
        {
            Transfers =
            [
                Some.Transfer(1, Some.Account(1), settled, 300, cause),
                Some.Transfer(2, Some.Account(1), settled, 150, cause),
                Some.Transfer(3, Some.Account(2), settled, 40, cause),
            ],
            Vouchers =
            [
                Voucher(Some.Person(1), 300, 1, deadline),
                Voucher(Some.Person(1), 450, 2, deadline),
                Voucher(Some.Person(2), 40, 2, deadline),
            ],
            Roots = [Root(1, (1, 300)), Root(2, (1, 450), (2, 40))],
        };
    }

    private static RootLine Root(ulong epoch, params (byte Account, int Cumulative)[] slots)
    {
        ImmutableArray<SettlementSlot> all = [.. slots.Select(slot => new SettlementSlot(Some.Person(slot.Account), (UInt128)slot.Cumulative))];
        var tree = SettlementTree.Build(Some.Person(200), all.AsSpan());
        return new RootLine(new LineAt("roots.ndjson", (int)epoch + 1), Some.Chain, epoch, tree.Root, tree.Depth, all);
    }

    private static VoucherLine Voucher(Address account, UInt128 cumulative, ulong epoch, ulong deadline)
    {
        var voucher = new SettlementVoucher(account, Some.Person(200), cumulative, epoch, deadline);
        var digest = Eip712.Digest(GaibDomains.Settlement(Some.Chain, Some.Person(200)), voucher);
        return new VoucherLine(
            new LineAt("settlements.ndjson", 0), account, Some.Chain, voucher.Token, cumulative, epoch, deadline, [.. Keys.Select(key => key.Sign(digest))]);
    }
}
