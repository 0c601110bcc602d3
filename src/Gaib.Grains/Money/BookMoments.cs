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
/// sent, so it can't be the answer of a call.
/// </summary>
public sealed class BookMoments
{
    private readonly ConcurrentDictionary<long, BookMoment> _moments = new();

    /// <summary>Takes the state that the book left last; null where it left none since.</summary>
    public BookMoment? Take(long book) => _moments.TryRemove(book, out var moment) ? moment : null;

    internal void Put(long book, BookMoment moment) => _moments[book] = moment;
}
