using System.Collections.Immutable;
using Gaib.Abstractions.Governance;
using Gaib.Abstractions.Ports;
using Gaib.Domain;
using Gaib.Evm;

namespace Gaib.Silo;

/// <summary>Signs vouchers with settler keys that this process holds: the first ones by address, as many as the genesis asks for.</summary>
public sealed class KeySettlementSigner : ISettlementSigner
{
    private readonly ImmutableArray<PrivateKey> _keys;
    private readonly Network _network;

    /// <summary>Takes the keys of settlers that the genesis names.</summary>
    /// <exception cref="ArgumentException">Too few of the keys belong to settlers of the genesis.</exception>
    public KeySettlementSigner(Network network, IEnumerable<PrivateKey> keys)
    {
        _network = network;
        _keys = [.. keys.Where(key => network.Genesis.Settlers.Contains(key.Address)).OrderBy(key => key.Address)
            .Take((int)network.Genesis.SettlerThreshold)];
        if (_keys.Length < network.Genesis.SettlerThreshold)
        {
            throw new ArgumentException(
                $"{network.Genesis.SettlerThreshold} settler keys of the genesis are needed, {_keys.Length} are here.", nameof(keys));
        }
    }

    /// <inheritdoc/>
    public ImmutableArray<Address> Settlers => [.. _keys.Select(key => key.Address)];

    /// <inheritdoc/>
    public Task<ImmutableArray<Signature>> SignAsync(TypedMessage voucher, ulong chain, CancellationToken cancellationToken = default)
    {
        var digest = Eip712.Digest(GaibDomains.Settlement(chain, _network.Genesis.VerifyingContract), voucher);
        return Task.FromResult(_keys.Select(key => key.Sign(digest)).ToImmutableArray());
    }
}
