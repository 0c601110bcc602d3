using Gaib.Abstractions.Money;
using Gaib.Abstractions.Ports;
using Gaib.Domain;
using Gaib.Domain.Money;

namespace Gaib.Grains.Money;

/// <summary>
/// Tells one other book what left this one for it: totals per payee, as often as it takes. A total is told only once it is durable here, because
/// what was told and then lost would have been credited twice.
/// </summary>
/// <param name="grains">Finds the other book.</param>
/// <param name="book">This book.</param>
/// <param name="peer">The other book's number.</param>
/// <param name="durable">Ends when all that was applied until now is durable.</param>
internal sealed class BookEdge(IGrainFactory grains, Book book, uint peer, Func<Task> durable)
{
    private const int TotalsMax = 1_000;

    private Task<JournalUnavailableException?> _round = Task.FromResult<JournalUnavailableException?>(null);
    private bool _isResumed;

    private IBookGrain Peer => grains.GetGrain<IBookGrain>(peer);

    /// <summary>Begins to tell, if there is something to tell and nobody is at it.</summary>
    public void Tell()
    {
        if (_round.IsCompleted && (!_isResumed || book.UnsentOf(peer) > 0))
        {
            _round = TellRoundAsync();
            _ = GoOnAsync(_round);
        }
    }

    /// <summary>Tells all that has left until now.</summary>
    public async Task DeliverAsync()
    {
        // What is being told may have been taken before the last of it left: one more round after it tells the rest. What came of that round is
        // its own, whoever has begun the next one meanwhile.
        await _round;
        Tell();
        if (await _round is { } fault)
        {
            throw fault;
        }
    }

    private async Task GoOnAsync(Task<JournalUnavailableException?> round)
    {
        if (await round is null)
        {
            Tell();
        }
    }

    /// <summary>One round: whatever waits to be told when it begins. More may leave all the time, and whoever waits for the round must see its end.</summary>
    /// <returns>Why not all of it was told and credited; null when it was.</returns>
    private async Task<JournalUnavailableException?> TellRoundAsync()
    {
        var refused = new List<AccountId>();
        try
        {
            if (!_isResumed)
            {
                book.Resume(peer, await Peer.GetArrivedFrom(book.Place.Number));
                _isResumed = true;
            }

            JournalUnavailableException? fault = null;
            for (var left = book.UnsentOf(peer); left > 0; left -= TotalsMax)
            {
                var totals = book.TakeUnsent(peer, int.Min(left, TotalsMax));
                fault = totals.Count == 0 ? fault : await TellAsync(totals, refused) ?? fault;
            }

            return fault;
        }
        catch (Exception fault)
        {
            return new JournalUnavailableException($"{BookNames.Of(peer)} could not be told by {BookNames.Of(book.Place.Number)}. It is tried again.", fault);
        }
        finally
        {
            // Not before: those who wait behind them have their turn first.
            refused.ForEach(payee => book.SendAgain(peer, payee));
        }
    }

    private async Task<JournalUnavailableException?> TellAsync(List<EdgeTotal> totals, List<AccountId> refused)
    {
        try
        {
            await durable();
            var answers = await Peer.Arrive(book.Place.Number, [.. totals]);
            JournalUnavailableException? fault = null;
            for (var i = 0; i < totals.Count; i++)
            {
                book.Acknowledge(peer, totals[i].Payee, answers[i].Seen);
                if (answers[i].Result != Reason.None)
                {
                    refused.Add(totals[i].Payee);
                    fault = new JournalUnavailableException(
                        $"{BookNames.Of(peer)} can't credit {totals[i].Payee} from {BookNames.Of(book.Place.Number)} now: {answers[i].Result}. It is tried again.");
                }
            }

            return fault;
        }
        catch
        {
            refused.AddRange(totals.Select(total => total.Payee));
            throw;
        }
    }
}
