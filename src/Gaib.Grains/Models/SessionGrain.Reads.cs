using System.Collections.Immutable;
using Gaib.Abstractions.Models;
using Gaib.Abstractions.Money;
using Gaib.Domain;
using Gaib.Domain.Models;
using Gaib.Domain.Money;
using Gaib.Grains.Money;

namespace Gaib.Grains.Models;

internal sealed partial class SessionGrain
{
    /// <summary>
    /// The place in book 0 at which a session's cap arrived: prices are placed there too. It is the command's own where the payer is in
    /// book 0, and else the first line of the session's account.
    /// </summary>
    private async Task<ulong> OpenedAtAsync(SessionOpened opened, BookReply executed)
    {
        if (network.HomeOf(AccountId.Person(opened.Payer)) == 0)
        {
            return executed.Sequence;
        }

        var account = AccountId.Of(AccountKind.Session, opened.Id);
        var first = await GrainFactory.Book().GetStatement(new StatementRange(account, Max: 1, OldestFirst: true));
        return first[0].Sequence;
    }

    public Task<SessionState?> Get() => Task.FromResult(_live?.Session);

    public Task<SessionLedger?> GetLedger() =>
        Task.FromResult(_live is { } live ? new SessionLedger(live.Session, live.Price, live.FeeRemainder) : null);

    public async Task<ImmutableArray<Inference>> ReadServed(ulong after, int max)
    {
        var served = ImmutableArray.CreateBuilder<Inference>();
        if (_live is null || max < 1)
        {
            return [];
        }

        // Each call before it has a note of its own, so that none of the later ones stands among the first so many.
        await foreach (var note in _journal.ReadAsync(after))
        {
            if (note is ServedNote call && call.Receipt.Seq > after)
            {
                served.Add(new Inference(call.Receipt, call.Input, call.Output));
                if (served.Count == max)
                {
                    break;
                }
            }
        }

        return served.ToImmutable();
    }

    public async Task<Outcome<ImmutableArray<Inference>>> ReadEpoch(ulong epoch)
    {
        if (network.EpochAt(clock.Now) <= epoch)
        {
            return new Rejection(Reason.WrongState, (Int128)epoch + 1, network.EpochAt(clock.Now), "epoch");
        }

        try
        {
            await _paying;
        }
        catch (BookBusyException)
        {
            // What was not sent pays for no call.
        }

        return (await ReadServed(0, int.MaxValue)).Where(call => network.EpochAt(call.Receipt.At) == epoch).ToImmutableArray();
    }
}
