using Gaib.Domain.Money;
using Gaib.Grains.Money;

namespace Gaib.Grains.Tests.Money;

/// <summary>Asks books as sessions and leases do, through the sender of its silo.</summary>
internal interface IAskingGrain : IGrainWithIntegerKey
{
    Task<BookReply> Ask(long book, BookRequest request);
}

/// <inheritdoc cref="IAskingGrain"/>
internal sealed class AskingGrain(BookSender books) : Grain, IAskingGrain
{
    public Task<BookReply> Ask(long book, BookRequest request) => books.SubmitAsync(book, request);
}
