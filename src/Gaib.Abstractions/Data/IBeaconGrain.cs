using System.Collections.Immutable;
using Gaib.Domain;
using Gaib.Domain.Data;

namespace Gaib.Abstractions.Data;

/// <summary>The network's beacon: one value an epoch, which nobody knew while the epoch took commitments. Keyed by 0.</summary>
[Alias("gaib.beacon")]
public interface IBeaconGrain : IGrainWithIntegerKey
{
    /// <summary>Takes a commitment into the open epoch.</summary>
    /// <returns>The epoch that holds it; the same one when it is committed again.</returns>
    [Alias("commit")]
    Task<ulong> Commit(Hash32 commitment);

    /// <summary>Closes an epoch, if it is still open, and reveals its beacon.</summary>
    /// <exception cref="InvalidOperationException">The epoch lies in the future.</exception>
    [Alias("close")]
    Task<BeaconEpoch> Close(ulong epoch);

    /// <summary>Every closed epoch, in order.</summary>
    [Alias("all")]
    Task<ImmutableArray<BeaconEpoch>> GetAll();
}
