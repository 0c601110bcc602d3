using System.Collections.Immutable;
using Gaib.Domain;

namespace Gaib.Abstractions.Ports;

/// <summary>The settlers' keys, wherever they are kept. A contributor's grain asks; it never sees a key.</summary>
public interface ISettlementSigner
{
    /// <summary>The settlers who sign here, in ascending order of address.</summary>
    ImmutableArray<Address> Settlers { get; }

    /// <summary>Signs a voucher under the chain's settlement domain with as many keys as the network asks for.</summary>
    /// <returns>Signatures in ascending order of the settlers' addresses.</returns>
    Task<ImmutableArray<Signature>> SignAsync(TypedMessage voucher, ulong chain, CancellationToken cancellationToken = default);
}
