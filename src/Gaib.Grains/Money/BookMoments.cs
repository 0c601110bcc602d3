using System.Collections.Concurrent;
using Gaib.Abstractions.Ports;
using Gaib.Domain.Money;

namespace Gaib.Grains.Money;

/// <summary>A book's state at one moment, and the place in its journal up to which it reaches.</summary>
/// <param name="State">The state; it does not change any more.</param>
/// <param name="Position">All rows up to here are in it, and no other.</param>
public sealed record BookMoment(FrozenBook State, JournalPosition Position);

/// <summary>
/// Where a book of this silo leaves its state for whoever audits it here. A frozen book shares memory with the living one and is never
/// sent, so it can't be the answer of a call. And where whoever copies several books of this process has nothing pass between them for a moment.
/// </summary>
public sealed class BookMoments
{
    private readonly ConcurrentDictionary<long, BookMoment> _moments = new();
    private volatile TaskCompletionSource? _held;

    /// <summary>
    /// Until it is disposed no book here credits what another one tells. What was credited before had left the other book for good before, so that
    /// the ends of all journals that are found meanwhile have no arrival without its departure.
    /// </summary>
    public IDisposable HoldArrivals() => new Hold(this);

    /// <summary>Ends when nobody holds them.</summary>
    public Task WhenArrivalsPass() => _held?.Task ?? Task.CompletedTask;

    /// <summary>Takes the state that the book left last; null where it left none since.</summary>
    public BookMoment? Take(long book) => _moments.TryRemove(book, out var moment) ? moment : null;

    internal void Put(long book, BookMoment moment) => _moments[book] = moment;

    private sealed class Hold : IDisposable
    {
        private readonly BookMoments _moments;
        private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Hold(BookMoments moments)
        {
            _moments = moments;
            moments._held = _held;
        }

        public void Dispose()
        {
            _moments._held = null;
            _held.TrySetResult();
        }
    }
}
