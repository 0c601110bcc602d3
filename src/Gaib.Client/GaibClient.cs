using Gaib.Abstractions;
using Gaib.Abstractions.Governance;
using Gaib.Domain;
using Gaib.Evm;

namespace Gaib.Client;

/// <summary>Speaks to a network: signs commands for it and finds its grains.</summary>
/// <param name="grains">A connected cluster client, or a silo's own factory.</param>
/// <param name="network">The network's genesis; signatures hold for it alone.</param>
public sealed class GaibClient(IGrainFactory grains, Network network)
{
    private readonly Hash32 _separator = GaibDomains.Commands(network.Genesis.ChainId, network.Id).Separator;

    /// <summary>Finds grains.</summary>
    public IGrainFactory Grains => grains;

    /// <summary>The network.</summary>
    public Network Network => network;

    /// <summary>The digest that a signature of the message covers.</summary>
    public Hash32 Digest(TypedMessage message) => Eip712.Digest(_separator, message.StructHash());

    /// <summary>Signs a command for this network.</summary>
    public Signed<T> Sign<T>(T command, PrivateKey key)
        where T : TypedMessage => new(command, key.Sign(Digest(command)));
}
