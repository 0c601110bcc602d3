using Gaib.Abstractions.Governance;
using Gaib.Abstractions.Ports;
using Gaib.Domain;
using Gaib.Domain.Data;

namespace Gaib.Silo;

/// <summary>The operator's hash chain, walked from its seed.</summary>
public sealed class HashChainBeacon : IBeaconSource
{
    private readonly Hash32 _seed;
    private readonly int _epochs;

    /// <summary>Takes a seed whose chain ends at the genesis's tip.</summary>
    /// <exception cref="ArgumentException">It ends elsewhere.</exception>
    public HashChainBeacon(Network network, Hash32 seed, int epochs)
    {
        if (Beacon.Tip(seed, epochs) != network.Genesis.BeaconTip)
        {
            throw new ArgumentException("The beacon's seed does not lead to the tip that the genesis published.", nameof(seed));
        }

        (_seed, _epochs) = (seed, epochs);
    }

    /// <inheritdoc/>
    public Hash32 Preimage(ulong epoch) => epoch < (ulong)_epochs
        ? Beacon.Preimage(_seed, _epochs, (int)epoch)
        : throw new InvalidOperationException($"The beacon's chain of {_epochs} epochs is used up.");
}
