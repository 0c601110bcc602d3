using System.Buffers.Binary;
using Gaib.Abstractions.Ports;
using Gaib.Storage.Backup;

namespace Gaib.Storage.Journal;

/// <summary>
/// Copies a journal as it was at one moment while its owner goes on writing: all frames that could be read then, the active segment with
/// zeros behind the last of them, and the snapshots that cover no more. The copy is what a crash at that moment would have left.
/// </summary>
internal sealed class JournalCopy : IDisposable
{
    private const int PieceBytes = 1 << 20;

    private readonly LocalJournalFiles _files;
    private List<(int Index, string Name)> _segments = [];
    private IReadOnlyList<string> _snapshots = [];
    private FrameHeader _last;
    private int _active = -1;
    private long _offset;

    /// <summary>Finds the end of the journal as it is now; <see cref="Mark"/> has the less to read then.</summary>
    public JournalCopy(string folder)
    {
        _files = LocalJournalFiles.Watch(folder);
        Mark();
    }

    /// <summary>The number of the last frame that is copied; 0 where there is none.</summary>
    public ulong Frame => _last.Number;

    /// <summary>The time of the last frame that is copied, Unix milliseconds.</summary>
    public long At => _last.At;

    /// <summary>The moment is now: what is there is copied, and nothing that comes later.</summary>
    public void Mark()
    {
        _segments = JournalReader.Listed(_files);
        _active = _active >= 0 ? _active : LastBegun();
        while (_active >= 0)
        {
            Advance(_segments[_active].Name);
            if (_active + 1 >= _segments.Count || !FollowsIn(_segments[_active + 1].Name))
            {
                break;
            }

            (_active, _offset) = (_active + 1, 0);
        }

        // They are opened now, so that they can still be read when their owner has replaced them by newer ones.
        _snapshots = [.. SnapshotFile.NewestFirst(_files).Where(IsCovered)];
    }

    /// <summary>Copies all of it.</summary>
    /// <param name="target">Takes the files.</param>
    /// <param name="name">The journal's folder in the copy.</param>
    /// <exception cref="JournalUnavailableException">A segment is missing, or damaged.</exception>
    public void WriteTo(BackupFolder target, string name)
    {
        var end = new JournalEnd();
        for (var i = 0; i <= _active; i++)
        {
            var segment = _segments[i];
            if (i > 0 && segment.Index != _segments[i - 1].Index + 1)
            {
                throw new JournalUnavailableException(
                    $"{_files.Place}: {Segments.NameOf(segment.Index - 1)} is missing. Restore it from an earlier backup.");
            }

            var bytes = new byte[_files.LengthOf(segment.Name)];
            _files.Read(segment.Name, 0, bytes);
            if (i == _active)
            {
                bytes.AsSpan((int)_offset).Clear();
            }

            end.Take(segment.Index, segment.Name, bytes, static (_, _) => { });
            if (end.IsDirty)
            {
                throw new JournalUnavailableException(
                    $"{Path.Combine(_files.Place, segment.Name)} is damaged at offset {end.Offset}. No backup was made of it; restore an earlier one.");
            }

            target.Write(Path.Combine(name, segment.Name), bytes);
        }

        CheckReached(end);
        foreach (var snapshot in _snapshots)
        {
            target.Write(Path.Combine(name, snapshot), Pieces(snapshot));
        }

        // Who owns the journal is locked while it is owned; the last frame names its owner too.
        var epoch = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(epoch, _last.Epoch);
        target.Write(Path.Combine(name, "owner"), epoch);
    }

    public void Dispose() => _files.Dispose();

    private IEnumerable<ReadOnlyMemory<byte>> Pieces(string name)
    {
        var piece = new byte[PieceBytes];
        for (var (at, read) = (0L, _files.Read(name, 0, piece)); read > 0; read = _files.Read(name, at, piece))
        {
            yield return piece.AsMemory(0, read);
            at += read;
        }
    }

    private bool IsCovered(string snapshot)
    {
        try
        {
            return SnapshotFile.Open(_files, snapshot).Position.Frame <= _last.Number;
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            // Its owner made a newer one since the names were listed, and removed it.
            return false;
        }
    }

    private void CheckReached(JournalEnd end)
    {
        if (end.Last.Number != _last.Number || end.Last.Checksum != _last.Checksum)
        {
            throw new JournalUnavailableException(
                $"{_files.Place}: the chain of frames ends at frame {end.Last.Number}, not at {_last.Number}. No backup was made of it; restore an earlier one.");
        }
    }

    /// <summary>The last segment with a whole frame; one that is just begun, or torn, has none.</summary>
    private int LastBegun()
    {
        var last = _segments.Count - 1;
        while (last >= 0 && !IsWhole(_segments[last].Name, 0, out _))
        {
            last--;
        }

        return last;
    }

    private bool FollowsIn(string name) => Segments.First(_files, name) is { } first && first.Number == _last.Number + 1 && IsWhole(name, 0, out _);

    private void Advance(string name)
    {
        while (IsWhole(name, _offset, out var header) && (_last.Number == 0 || header.Number == _last.Number + 1))
        {
            (_last, _offset) = (header, _offset + header.Length);
        }
    }

    private bool IsWhole(string name, long offset, out FrameHeader header)
    {
        Span<byte> head = stackalloc byte[FrameHeader.Size];
        if (_files.Read(name, offset, head) < head.Length || !FrameHeader.TryReadHead(head, out header)
            || offset + header.Length > _files.LengthOf(name))
        {
            header = default;
            return false;
        }

        var frame = new byte[header.Length];
        return _files.Read(name, offset, frame) == frame.Length && FrameHeader.TryRead(frame, out header);
    }
}
