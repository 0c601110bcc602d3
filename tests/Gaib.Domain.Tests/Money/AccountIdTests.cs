using Gaib.Domain.Money;
using static Gaib.Domain.Tests.Money.BookWorld;

namespace Gaib.Domain.Tests.Money;

public sealed class AccountIdTests
{
    public static TheoryData<AccountKind, bool, bool> Validity => new()
    {
        { AccountKind.None, false, false },
        { AccountKind.Person, false, true },
        { AccountKind.Treasury, true, false },
        { AccountKind.Issuance, true, false },
        { AccountKind.Pool, false, true },
        { AccountKind.Settlement, false, true },
        { AccountKind.DueTo, false, true },
        { AccountKind.DueFrom, false, true },
        { AccountKind.DueFrom + 1, false, false },
    };

    [Theory]
    [MemberData(nameof(Validity))]
    public void IsValid_OfAKind_AsksForTheKeyThatFits(AccountKind kind, bool withoutKey, bool withKey)
    {
        Assert.Equal(withoutKey, new AccountId(kind).IsValid);
        Assert.Equal(withKey, new AccountId(kind, Alice.Key).IsValid);
    }

    [Theory]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", AccountKind.Person)]
    [InlineData("treasury", AccountKind.Treasury)]
    [InlineData("issuance", AccountKind.Issuance)]
    [InlineData("settlement:31337", AccountKind.Settlement)]
    [InlineData("settlement:18446744073709551615", AccountKind.Settlement)]
    [InlineData("hostFees:0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", AccountKind.HostFees)]
    public void Text_OfAnAccount_ReadsBackAsTheSame(string text, AccountKind kind)
    {
        var account = AccountId.Parse(text);
        Assert.Equal(kind, account.Kind);
        Assert.True(account.IsValid);
        Assert.Equal(text, account.ToString());
    }

    [Theory]
    [InlineData("nobody")]
    [InlineData("none:0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")]
    [InlineData("person:0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")]
    public void Parse_OfWhatNamesNoAccount_SaysSo(string text) =>
        Assert.Equal($"'{text}' names no account.", Assert.Throws<FormatException>(() => AccountId.Parse(text)).Message);

    [Fact]
    public void Settlement_OfAChain_HasItsNumberAtTheEndOfTheKey() =>
        Assert.Equal(Address.Parse("0x0000000000000000000000000000000000007a69"), AccountId.Settlement(31_337).Key);

    [Fact]
    public void Of_AnId_TakesItsLastTwentyBytes() =>
        Assert.Equal(new AccountId(AccountKind.Pool, Address.FromHash(Model)), AccountId.Of(AccountKind.Pool, Model));

    [Fact]
    public void Order_IsByKindThenKey()
    {
        AccountId[] sorted = [new(AccountKind.None), Alice, Bob, AccountId.Treasury, new(AccountKind.Lease, Alice.Key)];
        for (var i = 0; i < sorted.Length; i++)
        {
            for (var j = 0; j < sorted.Length; j++)
            {
                var (left, right) = (sorted[i], sorted[j]);
                Assert.Equal((i > j, i < j, i >= j, i <= j), (left > right, left < right, left >= right, left <= right));
                Assert.Equal((i == j, i != j, i == j), (left == right, left != right, left.Equals((object)right)));
                Assert.Equal(i == j, left.GetHashCode() == right.GetHashCode());
            }
        }

        Assert.False(Alice.Equals("0x00000000000000000000000000000000000000aa"));
    }

    [Fact]
    public void BalanceKeys_AreOrderedByAssetThenAccount()
    {
        BalanceKey[] sorted = [new(Alice, AssetId.Gaib), new(Bob, AssetId.Gaib), new(Alice, new AssetId(1)), new(Alice, new AssetId(2))];
        for (var i = 0; i < sorted.Length; i++)
        {
            for (var j = 0; j < sorted.Length; j++)
            {
                var (left, right) = (sorted[i], sorted[j]);
                Assert.Equal((i > j, i < j, i >= j, i <= j), (left > right, left < right, left >= right, left <= right));
                var (a, b) = (left.Asset, right.Asset);
                Assert.Equal(
                    (a.Value > b.Value, a.Value < b.Value, a.Value >= b.Value, a.Value <= b.Value), (a > b, a < b, a >= b, a <= b));
            }
        }
    }

    [Theory]
    [InlineData("GAIB", 0UL)]
    [InlineData("shares:00000000000000ff", 255UL)]
    [InlineData("shares:ffffffffffffffff", ulong.MaxValue)]
    public void Text_OfAnAsset_ReadsBackAsTheSame(string text, ulong value)
    {
        Assert.Equal(new AssetId(value), AssetId.Parse(text));
        Assert.Equal(text, new AssetId(value).ToString());
    }

    [Theory]
    [InlineData("gaib")]
    [InlineData("shares:ff")]
    [InlineData("sharez:00000000000000ff")]
    public void Parse_OfWhatNamesNoAsset_SaysSo(string text) =>
        Assert.Equal($"'{text}' names no asset.", Assert.Throws<FormatException>(() => AssetId.Parse(text)).Message);
}
