using System.Collections.Immutable;
using Gaib.Abstractions.Money;
using Gaib.Abstractions.Ports;
using Gaib.Domain;
using Gaib.Domain.Money;

namespace Gaib.Grains.Money;

/// <summary>
/// Tells other books what left this one for them: totals per payee, as often as it takes. A total is told only once it is durable here, because
/// what was told and then lost would have been credited twice.
/// </summary>
/// <param name="grains">Finds the other books.</param>
/// <param name="book">This book.</param>
/// <param name="durable">Ends when all that was applied until now is durable.</param>
internal sealed class BookEdges(IGrainFactory grains, Book book, Func<Task> durable)
{
    private const int TotalsMax = 1_000;

    private Task _telling = Task.CompletedTask;
    private bool _isResumed;

    /// <summary>Why the last round of telling did not reach everybody; null when it did.</summary>
    public JournalUnavailableException? Fault { get; private set; }

    /// <summary>Begins to tell, if there is something to tell and nobody is at it.</summary>
    public void Tell()
    {
        if (book.Place.Count > 1 && _telling.IsCompleted && (!_isResumed || book.UnsentPeers.Any()))
        {
            _telling = TellAllAsync();
        }
    }

    /// <summary>Tells all that has left until now.</summary>
    public async Task DeliverAsync()
    {
        // What is being told may have been taken before the last of it left: one more round after it tells the rest.
        await _telling;
        Tell();
        await _telling;
        if (Fault is { } fault)
        {
            throw fault;
        }
    }

    private async Task TellAllAsync()
    {
        Fault = null;
        await ResumeAsync();
        foreach (var peer in book.UnsentPeers.ToArray())
        {
            while (Fault is null && book.TakeUnsent(peer, TotalsMax) is { Count: > 0 } totals)
            {
                await TellOneAsync(peer, totals);
            }
        }
    }

    private async Task TellOneAsync(uint peer, List<EdgeTotal> totals)
    {
        try
        {
            await durable();
            var answers = await grains.GetGrain<IBookGrain>(peer).Arrive(book.Place.Number, [.. totals]);
            for (var i = 0; i < totals.Count; i++)
            {
                book.Acknowledge(peer, totals[i].Payee, answers[i].Seen);
                if (answers[i].Result != Reason.None)
                {
                    book.SendAgain(peer, totals[i].Payee);
                    Fault = new JournalUnavailableException(
                        $"{BookNames.Of(peer)} can't credit {totals[i].Payee} from {BookNames.Of(book.Place.Number)} now: {answers[i].Result}. It is tried again.");
                }
            }
        }
        catch (Exception fault)
        {
            totals.ForEach(total => book.SendAgain(peer, total.Payee));
            Fault = new JournalUnavailableException($"{BookNames.Of(peer)} could not be told by {BookNames.Of(book.Place.Number)}. It is tried again.", fault);
        }
    }

    private async Task ResumeAsync()
    {
        for (uint peer = 0; peer < book.Place.Count && !_isResumed && Fault is null; peer++)
        {
            try
            {
                if (peer != book.Place.Number)
                {
                    book.Resume(peer, await grains.GetGrain<IBookGrain>(peer).GetArrivedFrom(book.Place.Number));
                }
            }
            catch (Exception fault)
            {
                Fault = new JournalUnavailableException($"{BookNames.Of(peer)} could not be asked what it has. It is tried again.", fault);
            }
        }

        _isResumed |= Fault is null;
    }
}
