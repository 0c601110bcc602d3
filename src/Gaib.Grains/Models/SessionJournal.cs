using System.Collections.Immutable;
using Gaib.Abstractions.Money;
using Gaib.Domain;
using Gaib.Domain.Models;
using Gaib.Domain.Money;
using Gaib.Grains.Money;

namespace Gaib.Grains.Models;

/// <summary>A session's side of the book: each note in one piece with the transfers that it explains.</summary>
internal sealed class SessionJournal
{
    private readonly IBookGrain _book;
    private readonly Hash32 _session;
    private readonly ulong _writer;

    private SessionJournal(IBookGrain book, Hash32 session, ulong writer) => (_book, _session, _writer) = (book, session, writer);

    public static async Task<SessionJournal> OpenAsync(IGrainFactory grains, Hash32 session) =>
        new(grains.Book(), session, await grains.Book().OpenWriter(Keccak.HashUtf8($"session:{session}")));

    /// <summary>Keeps a note, and makes its transfers. The ids follow from the calls before it, so that a call is paid once.</summary>
    /// <param name="calls">How many calls were answered before.</param>
    /// <param name="transfers">All or none of them.</param>
    /// <param name="note">What explains them.</param>
    /// <exception cref="InvalidOperationException">The book refused: the session's state and its account do not fit together.</exception>
    public async Task WriteAsync(ulong calls, ImmutableArray<Transfer> transfers, SessionNote note)
    {
        var first = SessionTransfers.PerCall * calls;
        var reply = await _book.Submit(new BookRequest
        {
            Writer = _writer,
            AnsweredThrough = first,
            Transfers = [.. transfers.Select((t, i) => t with { Id = Transfer.IdOf(_writer, first + (ulong)i) })],
            Notes = [new Note(_session, note.Encode())],
        });
        if (reply.Rejection is { } rejection)
        {
            throw new InvalidOperationException($"Session {_session}: the book refused a decided payment: {rejection}");
        }
    }

    /// <summary>The notes after the first so many.</summary>
    public async Task<IEnumerable<SessionNote>> ReadAsync(ulong after) =>
        (await _book.ReadNotes(_session, after, int.MaxValue)).Select(note => SessionNote.Decode(note.AsSpan()));
}
