using Gaib.Abstractions.Ports;
using Gaib.Domain.Money;

namespace Gaib.Grains.Money;

/// <summary>Tells other books what left this one for them, each by itself: one that can't be reached or can't credit keeps no other waiting.</summary>
/// <param name="grains">Finds the other books.</param>
/// <param name="book">This book.</param>
/// <param name="durable">Ends when all that was applied until now is durable.</param>
internal sealed class BookEdges(IGrainFactory grains, Book book, Func<Task> durable)
{
    private readonly BookEdge[] _edges =
    [
        .. Enumerable.Range(0, (int)uint.Max(1, book.Place.Count)).Where(peer => peer != book.Place.Number)
            .Select(peer => new BookEdge(grains, book, (uint)peer, durable)),
    ];

    /// <summary>Begins to tell wherever there is something to tell and nobody is at it.</summary>
    public void Tell()
    {
        foreach (var edge in _edges)
        {
            edge.Tell();
        }
    }

    /// <summary>Tells all that has left until now.</summary>
    /// <exception cref="JournalUnavailableException">Some book could not be told, or could not credit some payee.</exception>
    public Task DeliverAsync() => Task.WhenAll(_edges.Select(edge => edge.DeliverAsync()));
}
