using Gaib.Domain.Money;

namespace Gaib.Domain.Models;

/// <summary>Where a host's fees of one epoch wait for their check.</summary>
public static class HeldFees
{
    /// <summary>The account whose key is the last 20 bytes of keccak256(abi.encode(host, epoch)).</summary>
    public static AccountId Account(Address host, ulong epoch) =>
        AccountId.Of(AccountKind.HostFees, new AbiWriter(2).Address(host).UInt(epoch).Hash());
}
