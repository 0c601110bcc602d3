using System.Collections.Immutable;
using Gaib.Abstractions.Money;
using Gaib.Domain;
using Gaib.Domain.Models;
using Gaib.Domain.Money;
using Gaib.Grains.Money;

namespace Gaib.Grains.Models;

/// <summary>A session's side of the book: each note in one piece with the transfers that it explains.</summary>
internal sealed class SessionJournal(BookSender books, Hash32 session)
{
    private const int PageNotes = 256;

    private readonly Hash32 _writer = Keccak.HashUtf8($"session:{session}");

    /// <summary>Keeps a note, and makes its transfers. The ids follow from the calls before it, so that a call is paid once.</summary>
    /// <param name="calls">How many calls were answered before.</param>
    /// <param name="transfers">All or none of them.</param>
    /// <param name="note">What explains them.</param>
    /// <param name="at">How many notes the session knows before it.</param>
    /// <returns>True where the book had it already; somebody else may have noted more then.</returns>
    /// <exception cref="InvalidOperationException">The book refused: the session's state and its account do not fit together.</exception>
    public async Task<bool> WriteAsync(ulong calls, ImmutableArray<Transfer> transfers, SessionNote note, ulong at)
    {
        var first = SessionTransfers.PerCall * calls;
        var reply = await books.SubmitAsync(0, new BookRequest
        {
            WriterName = _writer,
            AnsweredThrough = first,
            Transfers = [.. transfers.Select((t, i) => t with { Id = first + (ulong)i })],
            Notes = [new Note(session, note.Encode(), at)],
        });
        if (reply.Rejection is { } rejection)
        {
            throw new InvalidOperationException($"Session {session}: the book refused a decided payment: {rejection}");
        }

        return reply.Repeated;
    }

    /// <summary>The notes after the first so many.</summary>
    public async IAsyncEnumerable<SessionNote> ReadAsync(ulong after)
    {
        while (true)
        {
            var page = await books.Of(0).ReadNotes(session, after, PageNotes);
            foreach (var note in page)
            {
                yield return SessionNote.Decode(note.AsSpan());
            }

            // Of large notes a page has fewer.
            if (page.IsEmpty)
            {
                yield break;
            }

            after += (ulong)page.Length;
        }
    }
}
