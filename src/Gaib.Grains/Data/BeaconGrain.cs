using System.Collections.Immutable;
using Gaib.Abstractions;
using Gaib.Abstractions.Data;
using Gaib.Abstractions.Ports;
using Gaib.Domain;
using Gaib.Domain.Data;

namespace Gaib.Grains.Data;

/// <summary>Takes commitments and reveals one beacon an epoch.</summary>
[GrainType("gaib.beacon")]
internal sealed class BeaconGrain([PersistentState("beacon", "gaib")] IPersistentState<Kept<BeaconLog>> kept, IBeaconSource source)
    : KeptGrain<BeaconLog>(kept), IBeaconGrain
{
    private BeaconLog Log => State ?? BeaconLog.Empty;

    public async Task<ulong> Commit(Hash32 commitment)
    {
        var next = Log.Commit(commitment);
        if (next != Log)
        {
            await KeepAsync(next);
        }

        return next.EpochOf[commitment];
    }

    public async Task<BeaconEpoch> Close(ulong epoch)
    {
        if (epoch > Log.OpenEpoch)
        {
            throw new InvalidOperationException($"Epoch {epoch} has not begun; epoch {Log.OpenEpoch} is open.");
        }

        if (epoch == Log.OpenEpoch)
        {
            await KeepAsync(Log.Close(source.Preimage(epoch)));
        }

        return Log.Closed[(int)epoch];
    }

    public Task<ImmutableArray<BeaconEpoch>> GetAll() => Task.FromResult(Log.Closed.ToImmutableArray());
}
