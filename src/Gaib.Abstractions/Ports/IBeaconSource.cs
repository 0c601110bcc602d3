using Gaib.Domain;

namespace Gaib.Abstractions.Ports;

/// <summary>The operator's secret hash chain, whose tip the genesis published.</summary>
public interface IBeaconSource
{
    /// <summary>The preimage of an epoch: its keccak256 is the preimage of the epoch before, or the tip for epoch 0.</summary>
    /// <exception cref="InvalidOperationException">The chain is used up.</exception>
    Hash32 Preimage(ulong epoch);
}
