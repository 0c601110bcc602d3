using System.Collections.Concurrent;
using Gaib.Abstractions.Money;
using Gaib.Domain.Money;
using Microsoft.Extensions.Options;

namespace Gaib.Grains.Money;

/// <summary>
/// The way on which the grains of a silo ask books to move value; each silo has one. What they ask of a book while calls to it are under way
/// goes out together in the next call, so that many callers make few messages and few rows to flush. Reads go to the books directly.
/// </summary>
public sealed class BookSender(IGrainFactory grains, IOptions<BookSenderOptions> options, BookInstruments instruments)
{
    private readonly ConcurrentDictionary<long, BookQueue> _queues = new();

    /// <summary>Where calls are gone on with that no grain waits for alone. The simulator has one thread for everything.</summary>
    internal TaskScheduler Scheduler { get; init; } = TaskScheduler.Default;

    /// <summary>Has a book apply a request; the reply is given when it is durable.</summary>
    /// <param name="book">The book's number.</param>
    /// <param name="request">What is asked.</param>
    /// <exception cref="BookBusyException">As much waits for this book as may. The request was not sent.</exception>
    /// <exception cref="Abstractions.Ports.JournalUnavailableException">It is unknown whether the request took effect: send the same one again.</exception>
    public Task<BookReply> SubmitAsync(long book, BookRequest request) =>
        _queues.GetOrAdd(book, static (number, sender) => sender.Open(number), this).SubmitAsync(request);

    /// <summary>The book itself, for what is no request.</summary>
    internal IBookGrain Of(long book) => grains.GetGrain<IBookGrain>(book);

    private BookQueue Open(long book) => new(book, Of(book), options.Value, instruments, Scheduler);
}
