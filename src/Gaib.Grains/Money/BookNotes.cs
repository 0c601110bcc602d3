using System.Collections.Immutable;
using Gaib.Abstractions.Ports;
using Gaib.Domain;
using Gaib.Domain.Money;

namespace Gaib.Grains.Money;

/// <summary>Finds a stream's notes in a journal.</summary>
internal static class BookNotes
{
    public static IEnumerable<ImmutableArray<byte>> Of(IEnumerable<JournalFrame> frames, Hash32 stream) =>
        frames.SelectMany(frame => BookRow.Read(frame.Rows)).OfType<NoteRow>()
            .Where(row => row.Note.Stream == stream).Select(row => row.Note.Bytes);
}
