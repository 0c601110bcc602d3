using Gaib.Domain;

namespace Gaib.Abstractions.Money;

/// <summary>
/// More is asked of a book than it takes: this request was not sent, and nothing was changed by it. It is no answer to the request, which may
/// have taken effect when it was sent before: whoever has decided it sends the same one again.
/// </summary>
/// <param name="rejection"><see cref="Reason.BookBusy"/> with the book, and how many transfers may wait and do.</param>
[GenerateSerializer]
[Alias("gaib.bookBusy")]
public sealed class BookBusyException(Rejection rejection)
    : Exception($"{rejection}: as many transfers wait for the book as may. Nothing was changed by this one. Send it again.")
{
    [Id(0)] private readonly Rejection _rejection = rejection;

    /// <summary>The reason with its numbers.</summary>
    public Rejection Rejection => _rejection;
}
