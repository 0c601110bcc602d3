using System.Buffers.Binary;
using Gaib.Abstractions.Ports;

namespace Gaib.Storage.Journal;

/// <summary>
/// What lies behind a journal's last good frame. What a cut write left is overwritten with zeros; anything else is damage, and refused.
/// </summary>
internal sealed class TornTail
{
    // While a tail is being cut off, this file says which: segment u64 and offset u64, little-endian.
    private const string Note = "mending";

    private readonly IJournalFiles _files;
    private readonly JournalEnd _end;
    private readonly bool _isNoted;
    private readonly bool _isUnfinished;

    // Where it is cut off: a tail at the beginning of a segment leaves one that looks like a spare when only the cache has its zeros.
    private readonly (string Name, int Segment, int Offset) _at;

    /// <summary>Looks at the tail and changes nothing.</summary>
    /// <exception cref="JournalUnavailableException">It is damage: the message names file, offset and what to do.</exception>
    public TornTail(IJournalFiles files, JournalEnd end)
    {
        (_files, _end, _isNoted) = (files, end, files.List().Contains(Note));
        var isOfSpare = _isNoted && !end.IsDirty && end.Spare is not null && IsNoteOf(end.Segment + 1, 0);
        _at = isOfSpare ? (end.Spare!, end.Segment + 1, 0) : (end.Name, end.Segment, end.Offset);
        _isUnfinished = isOfSpare || (_isNoted && IsNoteOf(end.Segment, end.Offset));
        if (!end.IsDirty)
        {
            return;
        }

        var path = Path.Combine(files.Place, end.Name);
        if (end.LaterFrame is { } later)
        {
            var wrong = later == (end.Name, end.Offset)
                ? $"the frame there does not follow frame {end.Last.Number}"
                : $"frame {end.Last.Number + 1} is unreadable, but a later frame stands at {later.Name}:{later.Offset}";
            throw Damaged(path, end, wrong);
        }

        if (!end.CanBeTorn && !_isUnfinished)
        {
            throw Damaged(path, end, $"frame {end.Last.Number + 1} was written whole and has changed since");
        }
    }

    /// <summary>Cuts the tail off, if there is one or the owner before did not finish it.</summary>
    /// <returns>What was done, in words; empty when nothing was.</returns>
    public string CutOff(Action<JournalStep> onStep)
    {
        if (!_end.IsDirty && !_isUnfinished)
        {
            if (_isNoted)
            {
                _files.Delete(Note);
            }

            return "";
        }

        // If the flush fails, the zeros may stand in the system's cache alone, and the torn bytes come back one day. So it is noted
        // that they are to be written again.
        onStep(JournalStep.BeforeMending);
        WriteNote();
        onStep(JournalStep.AfterMendingNote);
        var rest = _files.LengthOf(_at.Name) - _at.Offset;
        _files.Write(_at.Name, _at.Offset, new byte[rest]);
        _files.Flush(_at.Name);
        onStep(JournalStep.AfterMending);
        _files.Delete(Note);
        return $"{Path.Combine(_files.Place, _at.Name)}: a torn frame after frame {_end.Last.Number} was cut off at offset {_at.Offset}; "
            + "it was never acknowledged.";
    }

    private static JournalUnavailableException Damaged(string path, JournalEnd end, string wrong) => new(
        $"{path} is damaged at offset {end.Offset}: {wrong}. Nothing was changed. Restore the file from a backup.");

    /// <summary>A note that outlived its tail must not excuse what is wrong at another place.</summary>
    private bool IsNoteOf(int segment, int offset)
    {
        Span<byte> note = stackalloc byte[16];
        return _files.Read(Note, 0, note) == note.Length
            && BinaryPrimitives.ReadUInt64LittleEndian(note) == (ulong)segment
            && BinaryPrimitives.ReadUInt64LittleEndian(note[8..]) == (ulong)offset;
    }

    private void WriteNote()
    {
        Span<byte> note = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(note, (ulong)_at.Segment);
        BinaryPrimitives.WriteUInt64LittleEndian(note[8..], (ulong)_at.Offset);
        _files.Create(Note, note.Length);
        _files.Write(Note, 0, note);
        _files.Flush(Note);
    }
}
