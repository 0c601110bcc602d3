using Gaib.Domain.Governance;
using Gaib.Domain.Models;
using static Gaib.Domain.Tests.Models.Some;

namespace Gaib.Domain.Tests.Models;

/// <summary>The type strings are what wallets show and sign: they are pinned letter by letter.</summary>
public sealed class MessageTests
{
    public static TheoryData<TypedMessage, string> Messages => new()
    {
        { new SetPrice(Account(1), Hash(2), 3, 4, 5, 6), "SetPrice(address account,bytes32 model,uint128 unitPrice,uint128 hostUnitFee,uint128 nonce,int64 deadline)" },
        { new OpenSession(Account(1), Hash(2), Account(3), 4, 5, 6, 7, 8), "OpenSession(address account,bytes32 model,address key,uint128 cap,uint128 window,int64 expiry,uint128 nonce,int64 deadline)" },
        { new Acknowledge(Hash(1), 2, Hash(3)), "Acknowledge(bytes32 session,uint128 cumulative,bytes32 head)" },
        { new CloseSession(Account(1), Hash(2), 3, 4), "CloseSession(address account,bytes32 session,uint128 nonce,int64 deadline)" },
        { new Stake(Account(1), 2, 3, 4), "Stake(address account,uint128 amount,uint128 nonce,int64 deadline)" },
        { new Unstake(Account(1), 2, 3, 4), "Unstake(address account,uint128 amount,uint128 nonce,int64 deadline)" },
    };

    [Theory]
    [MemberData(nameof(Messages))]
    public void TypeString_EveryMessage_IsPinned(TypedMessage message, string typeString) => Assert.Equal(typeString, message.TypeString);

    [Fact]
    public void Fields_EveryMessage_ShowTheValuesInOrder()
    {
        Assert.Equal(
            [Account(1).ToString(), Hash(2).ToString(), Account(3).ToString(), "4", "5", "6", "7", "8"],
            new OpenSession(Account(1), Hash(2), Account(3), 4, 5, 6, 7, 8).Fields.Select(f => f.Text));
        Assert.Equal([Account(1).ToString(), Hash(2).ToString(), "3", "4", "5", "6"], new SetPrice(Account(1), Hash(2), 3, 4, 5, 6).Fields.Select(f => f.Text));
        Assert.Equal([Hash(1).ToString(), "2", Hash(3).ToString()], new Acknowledge(Hash(1), 2, Hash(3)).Fields.Select(f => f.Text));
        Assert.Equal([Account(1).ToString(), Hash(2).ToString(), "3", "4"], new CloseSession(Account(1), Hash(2), 3, 4).Fields.Select(f => f.Text));
        Assert.Equal([Account(1).ToString(), "2", "3", "4"], new Stake(Account(1), 2, 3, 4).Fields.Select(f => f.Text));
        Assert.Equal([Account(1).ToString(), "2", "3", "4"], new Unstake(Account(1), 2, 3, 4).Fields.Select(f => f.Text));
    }
}
