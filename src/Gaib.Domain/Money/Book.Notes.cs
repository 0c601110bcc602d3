using System.Collections.Immutable;

namespace Gaib.Domain.Money;

/// <summary>What other rooms keep beside their transfers.</summary>
public sealed partial class Book
{
    /// <summary>Null when each note that says where it stands will stand there.</summary>
    private Rejection? CheckNotes(ImmutableArray<Note> notes)
    {
        for (var i = 0; i < notes.Length; i++)
        {
            var stream = notes[i].Stream;
            var count = LastNote(stream).Count + (ulong)notes[..i].Count(before => before.Stream == stream);
            if (notes[i].At is { } at && at != count)
            {
                return new Rejection(Reason.NoteMisplaced, count, at);
            }
        }

        return null;
    }

    /// <summary>True when all transfers of a writer's request will be answered as before: its notes stand since then.</summary>
    private bool IsRepeated(BookRequest request)
    {
        var number = request.WriterName.IsZero ? request.Writer : _writers.Find(request.WriterName);
        return !request.Transfers.IsEmpty && _writers.TryGet(number, out var writer)
            && (request.WriterName.IsZero ? request.Transfers : WrittenBy(number, request.Transfers))
                .All(transfer => transfer.Writer == number && transfer.Sequence >= request.AnsweredThrough && writer.Check(transfer, out _) == Reason.AlreadyAnswered);
    }

    private void KeepNotes(ImmutableArray<Note> notes, BookRows rows)
    {
        foreach (var note in notes)
        {
            rows.AddNote(note);
            Remember(note);
        }
    }

    private void Remember(Note note)
    {
        ref var stream = ref _notes.Touch(note.Stream);
        stream = new NoteStream(stream.Count + 1, note.Bytes);
    }
}
