using System.Collections.Immutable;
using Gaib.Abstractions.Ports;
using Gaib.Domain;
using Gaib.Domain.Money;

namespace Gaib.Grains.Money;

internal sealed partial class BookHistory
{
    // A page fits a message whatever its notes are.
    private const int PageBytes = 16 << 20;

    /// <summary>
    /// Some of a stream's notes: those after the first <paramref name="after"/> of the <paramref name="count"/> that stand before
    /// <paramref name="end"/>.
    /// </summary>
    /// <exception cref="JournalUnavailableException">Fewer can be read than there are.</exception>
    public ImmutableArray<ImmutableArray<byte>> Notes(Hash32 stream, ulong count, ulong after, int max, JournalPosition end)
    {
        // The newest are asked for most. Where they begin is known from how many there are, so that older parts need not be looked at.
        var (left, from) = (count, after);
        var places = new List<(int Part, NotePlace Place)>();
        foreach (var (part, notes) in from < count ? NotesBackwards(stream, end.Frame) : [])
        {
            foreach (var place in notes.Where(place => IsBefore(part, place, end)))
            {
                if (--left < from + (ulong)max)
                {
                    places.Add((part, place));
                }

                if (left == from)
                {
                    return [.. UpTo(PageBytes, NotesAt(stream, places))];
                }
            }
        }

        return from >= count ? [] : throw new JournalUnavailableException(
            $"{left - from} of {count} notes of {stream} are missing in the journal. Nothing was changed. Restore it from a backup.");
    }

    /// <summary>The last frame may hold notes of requests that came while it waited to be written.</summary>
    private bool IsBefore(int part, NotePlace place, JournalPosition end) => place.Frame < end.Frame || (place.Frame == end.Frame
        && place.Ordinal < BookRow.Read(journal.ReadFrame(part, place.Place).Rows[..(int)end.Offset]).OfType<NoteRow>().Count());

    private static IEnumerable<ImmutableArray<byte>> UpTo(int max, IEnumerable<ImmutableArray<byte>> notes)
    {
        var taken = 0L;
        foreach (var note in notes)
        {
            taken += note.Length;
            if (taken > max && taken > note.Length)
            {
                yield break;
            }

            yield return note;
        }
    }

    /// <summary>Notes in the order in which they were written, each frame being read once.</summary>
    private IEnumerable<ImmutableArray<byte>> NotesAt(Hash32 stream, List<(int Part, NotePlace Place)> backwards)
    {
        (int Part, NotePlace Place) last = (-1, default);
        Note[] notes = [];
        foreach (var at in Enumerable.Reverse(backwards))
        {
            if ((at.Part, at.Place.Frame) != (last.Part, last.Place.Frame))
            {
                notes = [.. BookRow.Read(journal.ReadFrame(at.Part, at.Place.Place).Rows).OfType<NoteRow>().Select(row => row.Note)];
                last = at;
            }

            yield return at.Place.Ordinal < notes.Length && notes[at.Place.Ordinal] is { Bytes: var bytes } note && note.Stream == stream
                ? bytes
                : throw new JournalUnavailableException(
                    $"Frame {at.Place.Frame} in part {at.Part} of the journal has no note of {stream} where its index says. Remove the folder \"index\" of the book, which is made again.");
        }
    }

    /// <summary>The part that is still written to is asked itself: making an index of it takes long, and its notes are asked for often.</summary>
    private IEnumerable<(int Part, IEnumerable<NotePlace> Notes)> NotesBackwards(Hash32 stream, ulong durable)
    {
        var parts = ReadUntil(durable);
        for (var i = parts.Count - 1; i >= 0; i--)
        {
            yield return (parts[i], i == parts.Count - 1 ? _last.Builder.NotesBackwards(stream) : Made(parts, i).NotesBackwards(stream));
        }
    }
}
