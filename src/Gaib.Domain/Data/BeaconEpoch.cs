namespace Gaib.Domain.Data;

/// <summary>A closed epoch of the beacon.</summary>
/// <param name="Epoch">0, 1, 2 …</param>
/// <param name="Preimage">The operator's next preimage: its keccak256 is the one before, or the genesis tip.</param>
/// <param name="CommitmentsRoot">Over everything that was committed in the epoch.</param>
/// <param name="Value">keccak256(preimage ‖ commitmentsRoot).</param>
[GenerateSerializer, Immutable]
public sealed record BeaconEpoch(
    [property: Id(0)] ulong Epoch,
    [property: Id(1)] Hash32 Preimage,
    [property: Id(2)] Hash32 CommitmentsRoot,
    [property: Id(3)] Hash32 Value);
