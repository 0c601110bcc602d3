using System.Collections.Immutable;
using Gaib.Abstractions.Ports;
using Gaib.Domain;
using Gaib.Domain.Money;

namespace Gaib.Grains.Money;

/// <summary>Finds a stream's notes in a journal.</summary>
internal static class BookNotes
{
    /// <summary>The notes of a stream in the frames up to one that is durable, and no others: what comes after it may still be lost.</summary>
    /// <exception cref="JournalUnavailableException">The frames end before that one.</exception>
    public static IEnumerable<ImmutableArray<byte>> Of(IEnumerable<JournalFrame> frames, Hash32 stream, ulong through)
    {
        var last = 0UL;
        foreach (var frame in frames.TakeWhile(frame => frame.Number <= through))
        {
            last = frame.Number;
            foreach (var row in BookRow.Read(frame.Rows))
            {
                if (row is NoteRow { Note: var note } && note.Stream == stream)
                {
                    yield return note.Bytes;
                }
            }
        }

        if (last < through)
        {
            throw new JournalUnavailableException(
                $"The journal could be read to frame {last} alone, but frame {through} was written. Nothing was changed. Restore it from a backup.");
        }
    }
}
