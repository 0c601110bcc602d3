using System.Collections.Immutable;

namespace Gaib.Domain.Data;

/// <summary>The beacon's state: the closed epochs, and what was committed in the open one.</summary>
/// <param name="Closed">Closed epochs, in order.</param>
/// <param name="Open">Commitments of the open epoch.</param>
/// <param name="EpochOf">In which epoch each commitment lies.</param>
[GenerateSerializer, Immutable]
public sealed record BeaconLog(
    [property: Id(0)] ImmutableList<BeaconEpoch> Closed,
    [property: Id(1)] ImmutableSortedSet<Hash32> Open,
    [property: Id(2)] ImmutableDictionary<Hash32, ulong> EpochOf)
{
    /// <summary>Before the first commitment.</summary>
    public static BeaconLog Empty { get; } = new([], [], ImmutableDictionary<Hash32, ulong>.Empty);

    /// <summary>The number of the open epoch.</summary>
    public ulong OpenEpoch => (ulong)Closed.Count;

    /// <summary>The log with one more commitment; the same log when it is known.</summary>
    public BeaconLog Commit(Hash32 commitment) => EpochOf.ContainsKey(commitment)
        ? this
        : this with { Open = Open.Add(commitment), EpochOf = EpochOf.Add(commitment, OpenEpoch) };

    /// <summary>The log after the open epoch closed.</summary>
    /// <param name="preimage">The operator's next preimage.</param>
    public BeaconLog Close(Hash32 preimage)
    {
        var root = Beacon.CommitmentsRoot(Open);
        var epoch = new BeaconEpoch(OpenEpoch, preimage, root, Beacon.Next(preimage, root));
        return this with { Closed = Closed.Add(epoch), Open = [] };
    }
}
