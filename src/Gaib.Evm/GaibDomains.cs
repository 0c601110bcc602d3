using Gaib.Domain;

namespace Gaib.Evm;

/// <summary>The EIP-712 domains of a Gaib network.</summary>
public static class GaibDomains
{
    /// <summary>Of commands: name Gaib, version 1, the chain id, and the genesis hash as salt.</summary>
    public static Eip712Domain Commands(ulong chainId, Hash32 genesis) => new("Gaib", "1", chainId, Salt: genesis);

    /// <summary>Of settlement vouchers: name GaibSettlement, version 1, the chain id, and the contract that pays.</summary>
    public static Eip712Domain Settlement(ulong chainId, Address contract) => new("GaibSettlement", "1", chainId, contract);
}
