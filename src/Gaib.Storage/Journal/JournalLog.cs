using Gaib.Abstractions.Ports;

namespace Gaib.Storage.Journal;

/// <summary>
/// The journal itself, for one thread: finds where its frames end, adds one frame after the other, keeps snapshots. It owns no
/// thread and no clock, so that a simulation can drive it over a disk that lies.
/// </summary>
internal sealed class JournalLog
{
    private const int SumsKept = 4096;

    private readonly JournalOptions _options;
    private readonly IJournalFiles _files;
    private readonly ulong _epoch;
    private readonly UInt128[] _sums = new UInt128[SumsKept];
    private readonly int _firstSegment;
    private readonly JournalEnd _found;
    private FrameHeader _last;
    private int _segment;
    private string _name;
    private long _offset;
    private long _length;
    private readonly Lock _making = new();
    private volatile string? _spare;

    /// <summary>Finds the end of what was written, and mends a torn tail.</summary>
    /// <exception cref="JournalUnavailableException">It is damaged: the message names file, offset and what to do, and nothing was changed.</exception>
    public JournalLog(JournalOptions options, IJournalFiles files)
    {
        (_options, _files) = (options, files);
        var newest = SnapshotFile.NewestFirst(files);
        Snapshot = newest.Count > 0 ? SnapshotFile.Open(files, newest[0]) : null;
        var segments = Segments.All(files);
        var start = StartOf(segments);
        _firstSegment = start;
        _found = Segments.Follow(files, segments.Where(segment => segment.Index >= start), (header, _) => CheckAgainstSnapshot(header));
        var tail = new TornTail(files, _found);
        if (Snapshot is { } snapshot && snapshot.Position.Frame > _found.Last.Number)
        {
            throw new JournalUnavailableException(
                $"{Path.Combine(files.Place, snapshot.Name)} covers frame {snapshot.Position.Frame}, but the journal ends at frame "
                + $"{_found.Last.Number}. Nothing was changed. Restore the missing segments from a backup.");
        }

        Mended = tail.CutOff(options.OnStep);

        // The owner's file may have been lost or come from an older backup; the journal itself knows its last owner too.
        _epoch = ulong.Max(files.Epoch, _found.Last.Epoch + 1);
        WriteLastAgain(_found);
        ClearUnfinished();
        (_last, _segment, _name, _offset, _spare) = (_found.Last, _found.Segment, _found.Name, _found.Offset, _found.Spare);
        _length = _segment > 0 ? files.LengthOf(_name) : 0;
        _sums[_last.Number % SumsKept] = _last.Checksum;
    }

    /// <summary>The newest snapshot, or null.</summary>
    public StoredSnapshot? Snapshot { get; }

    /// <summary>What was mended, in words; empty when nothing was.</summary>
    public string Mended { get; }

    /// <summary>The number of the last frame.</summary>
    public ulong LastNumber => _last.Number;

    /// <summary>True when the segment in use is more than half full and no other one was made yet.</summary>
    public bool WantsSpare => _spare is null && _offset > _length / 2;

    /// <summary>The frames after the snapshot, the first without what the snapshot covers. To be read before the first append.</summary>
    public IEnumerable<JournalFrame> Replay()
    {
        var covered = Snapshot?.Position ?? default;
        return Segments.Frames(_files, Segments.All(_files).Where(segment => segment.Index >= _firstSegment))
            .Where(frame => frame.Number > covered.Frame || (frame.Number == covered.Frame && frame.Rows.Length > covered.Offset))
            .Select(frame => frame.Number == covered.Frame ? frame with { Rows = frame.Rows[(int)covered.Offset..] } : frame);
    }

    /// <summary>
    /// Adds a frame and flushes it. After any fault this log is not to be used again: what it wrote is unknown, and an fsync that
    /// failed once says nothing when it succeeds later.
    /// </summary>
    /// <param name="frame">80 free bytes, the rows, and at least 8 free bytes.</param>
    /// <param name="rowBytes">Length of the rows.</param>
    /// <param name="at">Unix milliseconds.</param>
    public void Append(Span<byte> frame, int rowBytes, long at)
    {
        _options.OnStep(JournalStep.BeforeWrite);
        var total = (int)FrameHeader.Padded(rowBytes);
        if (_segment == 0 || _offset + total > _length)
        {
            TakeSegment(total);
        }

        var header = FrameHeader.Seal(frame, rowBytes, _epoch, _last.Number + 1, at, _length, _last.Checksum);
        _files.Write(_name, _offset, frame[..total]);
        _options.OnStep(JournalStep.AfterWrite);
        _files.Flush(_name);
        _options.OnStep(JournalStep.AfterFlush);
        _offset += total;
        _last = header;
        _sums[header.Number % SumsKept] = header.Checksum;
    }

    /// <summary>Makes the next segment ahead of time; may run beside <see cref="Append"/>.</summary>
    public void MakeSpare()
    {
        lock (_making)
        {
            var name = Segments.NameOf(_segment + 1);
            if (_spare != name)
            {
                _files.Create(name, _options.SegmentBytes);
                _spare = name;
            }
        }
    }

    /// <summary>The checksum of a frame that became durable lately, by which a snapshot knows it. May run beside <see cref="Append"/>.</summary>
    /// <exception cref="JournalUnavailableException">It is too long ago.</exception>
    public UInt128 ChecksumOf(JournalPosition position)
    {
        // Read before the check: while this runs, the writer may put another frame's checksum in its place.
        var checksum = _sums[position.Frame % SumsKept];
        Interlocked.MemoryBarrier();
        if (position.Frame + SumsKept <= _last.Number)
        {
            throw new JournalUnavailableException($"The snapshot of frame {position.Frame} came too late: the journal is at {_last.Number}.");
        }

        return checksum;
    }

    /// <summary>
    /// Keeps a snapshot of all rows up to a place that is durable, and puts aside the segments that the snapshot before it covers
    /// already. May run beside <see cref="Append"/>.
    /// </summary>
    /// <param name="position">Up to where.</param>
    /// <param name="checksum">Of that frame.</param>
    /// <param name="parts">The state.</param>
    /// <returns>The snapshot's name.</returns>
    /// <exception cref="JournalUnavailableException">The snapshot does not read back.</exception>
    public string SaveSnapshot(JournalPosition position, UInt128 checksum, IEnumerable<ReadOnlyMemory<byte>> parts)
    {
        var name = SnapshotFile.Save(_files, position, checksum, parts, _options.OnStep);
        var names = SnapshotFile.NewestFirst(_files);
        foreach (var old in names.SkipWhile(known => known != name).Skip(2))
        {
            _files.Delete(old);
        }

        if (_options.ArchiveCovered && names.SkipWhile(known => known != name).Skip(1).FirstOrDefault() is { } before)
        {
            Archive(SnapshotFile.Open(_files, before).Position.Frame);
        }

        return name;
    }

    /// <summary>Moves every segment aside whose frames all come before a frame.</summary>
    private void Archive(ulong covered)
    {
        var segments = Segments.All(_files);
        for (var i = 0; i + 1 < segments.Count && segments[i].Index < _segment; i++)
        {
            if (Segments.First(_files, segments[i + 1].Name) is not { } next || next.Number > covered)
            {
                return;
            }

            _options.OnStep(JournalStep.BeforeArchive);
            _files.Rename(segments[i].Name, Segments.ArchivedNameOf(segments[i].Name));
            _options.OnStep(JournalStep.AfterArchive);
        }
    }

    /// <summary>The last segment that begins at or before the snapshot's frame; the first one without a snapshot.</summary>
    private int StartOf(List<(int Index, string Name)> segments)
    {
        if (segments.Count == 0)
        {
            return 1;
        }

        if (Snapshot is not { Position.Frame: > 0 } snapshot)
        {
            return Segments.First(_files, segments[0].Name) is { Number: > 1 } first
                ? throw new JournalUnavailableException(
                    $"{Path.Combine(_files.Place, segments[0].Name)} begins with frame {first.Number}, and no snapshot covers the frames "
                    + "before it. Nothing was changed. Restore a snapshot or the earlier segments from a backup.")
                : segments[0].Index;
        }

        for (var i = segments.Count - 1; i >= 0; i--)
        {
            if (Segments.First(_files, segments[i].Name) is { } first && first.Number <= snapshot.Position.Frame)
            {
                return segments[i].Index;
            }
        }

        throw new JournalUnavailableException(
            $"{_files.Place}: the segment with frame {snapshot.Position.Frame}, up to which {snapshot.Name} reaches, is missing. "
            + "Nothing was changed. Restore it from a backup.");
    }

    private void CheckAgainstSnapshot(in FrameHeader header)
    {
        if (Snapshot is { } snapshot && header.Number == snapshot.Position.Frame
            && (header.Checksum != snapshot.FrameChecksum || header.RowBytes < snapshot.Position.Offset))
        {
            throw new JournalUnavailableException(
                $"{Path.Combine(_files.Place, snapshot.Name)} was made over another frame {header.Number} than the journal has. Nothing was "
                + "changed. Remove the snapshot to start from an older one or from the journal, or restore both from one backup.");
        }
    }

    /// <summary>
    /// Writes the last frame once more. Its flush may have failed for the owner before; then it can be read, out of the system's cache,
    /// and yet be on no disk, and a later flush would not bring it there. Every frame before it was flushed before it was written.
    /// </summary>
    private void WriteLastAgain(JournalEnd end)
    {
        if (end.Last.Number > 0)
        {
            var name = end.LastName;
            var frame = new byte[end.Last.Length];
            _files.Read(name, end.LastOffset, frame);
            _files.Write(name, end.LastOffset, frame);
            _options.OnStep(JournalStep.AfterLastAgain);
            _files.Flush(name);
        }
    }

    /// <summary>Removes what an earlier owner began to make and did not finish; nobody else would, and its names are not used again.</summary>
    private void ClearUnfinished()
    {
        foreach (var name in _files.List().Where(name =>
            name.EndsWith(Segments.Unfinished, StringComparison.Ordinal) || name.EndsWith(SnapshotFile.Unfinished, StringComparison.Ordinal)))
        {
            _files.Delete(name);
        }
    }

    private void TakeSegment(int atLeast)
    {
        _options.OnStep(JournalStep.BeforeSegment);
        lock (_making)
        {
            var next = Segments.NameOf(_segment + 1);
            if (_spare != next || _files.LengthOf(next) < atLeast)
            {
                _files.Create(next, int.Max(_options.SegmentBytes, atLeast));
            }

            (_segment, _name, _offset, _length, _spare) = (_segment + 1, next, 0, _files.LengthOf(next), null);
        }

        _options.OnStep(JournalStep.AfterSegment);
    }
}
