using System.Collections.Immutable;
using Gaib.Abstractions.Models;
using Gaib.Domain;
using Gaib.Domain.Models;

namespace Gaib.Grains.Models;

internal sealed partial class SessionGrain
{
    public Task<SessionState?> Get() => Task.FromResult(_live?.Session);

    public Task<SessionLedger?> GetLedger() =>
        Task.FromResult(_live is { } live ? new SessionLedger(live.Session, live.Price, live.FeeRemainder) : null);

    public async Task<ImmutableArray<Inference>> ReadServed(ulong after, int max) => _live is null ? [] :
    [
        .. (await _journal.ReadAsync(0)).OfType<ServedNote>().Where(note => note.Receipt.Seq > after).Take(max)
            .Select(note => new Inference(note.Receipt, note.Input, note.Output)),
    ];

    public async Task<Outcome<ImmutableArray<Inference>>> ReadEpoch(ulong epoch)
    {
        if (network.EpochAt(clock.Now) <= epoch)
        {
            return new Rejection(Reason.WrongState, (Int128)epoch + 1, network.EpochAt(clock.Now), "epoch");
        }

        await _paying;
        return (await ReadServed(0, int.MaxValue)).Where(call => network.EpochAt(call.Receipt.At) == epoch).ToImmutableArray();
    }
}
