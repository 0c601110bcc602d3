using Gaib.Domain.Compute;

namespace Gaib.Domain.Tests.Compute;

/// <summary>What hosts and renters sign.</summary>
public sealed class TypedMessagesTests
{
    [Fact]
    public void Ask_TypeString_IsThatOfTheReference() => Assert.Equal(
        "Ask(address host,bytes32 gpu,string class,uint128 floor,uint128 nonce,int64 deadline)", Sample.Ask(1, 5).Message.TypeString);

    [Fact]
    public void WithdrawAsk_TypeString_IsThatOfTheReference() => Assert.Equal(
        "WithdrawAsk(address host,bytes32 gpu,uint128 nonce,int64 deadline)",
        new WithdrawAsk(Sample.Account("host"), Sample.Hash("gpu"), 1, 2).TypeString);

    [Fact]
    public void Order_TypeString_IsThatOfTheReference() => Assert.Equal(
        "Order(address renter,bytes32 job,string class,uint64 count,uint128 ceiling,uint128 cap,uint128 nonce,int64 deadline)",
        Sample.Order(1, 2, 3, 4).Message.TypeString);
}
