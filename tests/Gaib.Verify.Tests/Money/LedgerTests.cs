using Gaib.Domain;
using Gaib.Domain.Money;
using Gaib.Verify.Money;

namespace Gaib.Verify.Tests.Money;

public sealed class LedgerTests
{
    private static readonly Hash32 Cause = Some.Hash("cause");
    private static readonly UInt128 Reservation = Transfer.IdOf(16, 2);

    [Theory]
    [InlineData(TransferPhase.Post, 60, null)]
    [InlineData(TransferPhase.Post, 100, null)]
    [InlineData(TransferPhase.Post, 101, "amount")]
    [InlineData(TransferPhase.Post, 0, "amount")]
    [InlineData(TransferPhase.Void, 100, null)]
    [InlineData(TransferPhase.Void, 99, "amount")]
    [InlineData(TransferPhase.Expire, 100, "at")]
    public void Refuses_Resolution_NamesTheWrongField(TransferPhase phase, int amount, string? field)
    {
        var ledger = WithReservation();

        var refused = ledger.Refuses(Resolving(3, phase, (UInt128)amount));

        Assert.Equal(field, refused?.Field);
    }

    [Fact]
    public void Refuses_SecondResolution_NamesTheReservation()
    {
        var ledger = WithReservation();
        ledger.Apply(Resolving(3, TransferPhase.Post, 60));

        Assert.Equal("of", ledger.Refuses(Resolving(4, TransferPhase.Void, 100))?.Field);
    }

    [Fact]
    public void Apply_PartlyPosted_FreesTheRest()
    {
        var ledger = WithReservation();
        Assert.Equal(900, (int)ledger.Available(Some.Account(1), AssetId.Gaib));

        ledger.Apply(Resolving(3, TransferPhase.Post, 60));

        Assert.Equal(940, (int)ledger.Available(Some.Account(1), AssetId.Gaib));
        Assert.Equal(60, (int)ledger.Available(Some.Account(2), AssetId.Gaib));
        Assert.True(ledger.Balances.Values.All(b => b.PendingDebits.IsZero && b.PendingCredits.IsZero));
    }

    [Fact]
    public void Apply_ExpiredInTime_FreesAll()
    {
        var ledger = WithReservation();
        var expire = Resolving(3, TransferPhase.Expire, 100) with { Time = Some.Start + 500 };
        Assert.Null(ledger.Refuses(expire));

        ledger.Apply(expire);

        Assert.Equal(1_000, (int)ledger.Available(Some.Account(1), AssetId.Gaib));
    }

    [Theory]
    [InlineData(1_000, null)]
    [InlineData(1_001, "amount")]
    [InlineData(0, "amount")]
    public void Refuses_Payments_NeverOverdraw(int amount, string? field)
    {
        var ledger = new Ledger([]);
        ledger.Apply(Some.Transfer(1, AccountId.Issuance, Some.Account(1), 1_000, Cause));

        Assert.Equal(field, ledger.Refuses(Some.Transfer(2, Some.Account(1), Some.Account(2), (UInt128)amount, Cause))?.Field);
    }

    [Fact]
    public void Refuses_FrozenAndUnknownShares_NamesTheAsset()
    {
        var frozen = new AssetLine(default, new AssetId(5), AccountId.Of(AccountKind.Pool, Some.Hash("pool")), true, Some.Hash("model"));
        var ledger = new Ledger([frozen]);
        ledger.Apply(Some.Transfer(1, AccountId.Issuance, Some.Account(1), 10, Cause, asset: frozen.Asset));

        Assert.Equal("asset", ledger.Refuses(Some.Transfer(2, Some.Account(1), Some.Account(2), 1, Cause, asset: frozen.Asset))?.Field);
        Assert.Equal("asset", ledger.Refuses(Some.Transfer(2, Some.Account(1), Some.Account(2), 1, Cause, asset: new AssetId(6)))?.Field);
    }

    [Fact]
    public void Refuses_CollectBeforeTheParentPaid_NamesTheParent()
    {
        var parent = new AssetLine(default, new AssetId(5), AccountId.Of(AccountKind.Pool, Some.Hash("parent")), false, Some.Hash("parent model"));
        var child = new AssetLine(default, new AssetId(6), AccountId.Of(AccountKind.Pool, Some.Hash("child")), false, Some.Hash("child model"));
        var ledger = new Ledger([parent, child]);
        ledger.Apply(Some.Transfer(1, AccountId.Issuance, child.Pool, 4, Cause, asset: parent.Asset));
        ledger.Apply(Some.Transfer(2, AccountId.Issuance, Some.Account(1), 4, Cause, asset: child.Asset));
        ledger.Apply(Some.Transfer(3, AccountId.Issuance, Some.Account(9), 1_000, Cause));
        ledger.Apply(Some.Transfer(4, Some.Account(9), child.Pool, 8, Cause));
        ledger.Apply(Some.Transfer(5, Some.Account(9), parent.Pool, 8, Cause));
        var early = Some.Transfer(6, child.Pool, Some.Account(1), 8, child.Model);
        Assert.Equal("debit", ledger.Refuses(early)?.Field);

        var pull = Some.Transfer(6, parent.Pool, child.Pool, 8, parent.Model);
        Assert.Null(ledger.Refuses(pull));
        ledger.Apply(pull);

        Assert.Equal("amount", ledger.Refuses(early)?.Field);
        Assert.Null(ledger.Refuses(early with { Amount = 16 }));
        Assert.Equal("cause", ledger.Refuses(early with { Amount = 16, Cause = Cause })?.Field);
    }

    private static Ledger WithReservation()
    {
        var ledger = new Ledger([]);
        ledger.Apply(Some.Transfer(1, AccountId.Issuance, Some.Account(1), 1_000, Cause));
        var reserve = Some.Transfer(
            2, Some.Account(1), Some.Account(2), 100, Cause, phase: TransferPhase.Reserve, expiresAt: Some.Start + 500);
        Assert.Null(ledger.Refuses(reserve));
        ledger.Apply(reserve);
        return ledger;
    }

    private static TransferLine Resolving(ulong seq, TransferPhase phase, UInt128 amount) =>
        Some.Transfer(seq, Some.Account(1), Some.Account(2), amount, Cause, phase: phase, of: Reservation);
}
