using Gaib.Abstractions.Ports;
using Microsoft.Win32.SafeHandles;

namespace Gaib.Storage.Journal;

/// <summary>
/// A journal in a folder of the local disk. One thread writes: it takes all rows that callers appended since its last flush, seals
/// them into one frame, writes and flushes it, and then releases everybody who waited for that frame.
/// </summary>
internal sealed class LocalJournal : IJournal
{
    private readonly JournalOptions _options;
    private readonly string _folder;
    private readonly FileStream _lock;
    private readonly ulong _epoch;
    private readonly Lock _gate = new();
    private readonly Thread _writer;
    private readonly SemaphoreSlim _work = new(0);
    private readonly List<JournalFrame> _replay = [];

    private byte[] _filling = new byte[1 << 16];
    private byte[] _spare = new byte[1 << 16];
    private int _filled = FrameHeader.Size;
    private long _at;
    private ulong _number;
    private TaskCompletionSource _done = NewSignal();
    private JournalUnavailableException? _failed;
    private bool _closing;

    private SafeFileHandle _segment;
    private int _segmentIndex;
    private long _offset;
    private FrameHeader _last;

    private LocalJournal(JournalOptions options, string folder, FileStream owner, ulong epoch)
    {
        (_options, _folder, _lock, _epoch) = (options, folder, owner, epoch);
        Snapshot = SnapshotFile.LoadNewest(folder);
        var scan = Segments.Read(folder, (header, rows) =>
        {
            var covered = Snapshot?.Position ?? default;
            if (header.Number > covered.Frame || (header.Number == covered.Frame && rows.Length > covered.Offset))
            {
                var rest = header.Number == covered.Frame ? rows[(int)covered.Offset..] : rows;
                _replay.Add(new JournalFrame(header.Number, header.At, rest));
            }
        });
        Mended = Mend(folder, scan);
        if (Snapshot is { } snapshot && snapshot.Position.Frame > scan.Last.Number)
        {
            throw new JournalUnavailableException(
                $"{folder}: the snapshot covers frame {snapshot.Position.Frame}, but the journal ends at {scan.Last.Number}. Restore the missing segments from a backup.");
        }

        (_last, _number, _segmentIndex, _offset) = (scan.Last, scan.Last.Number + 1, scan.Segment, scan.Offset);
        _segment = _segmentIndex == 0 ? NewSegment(0) : OpenSegment(_segmentIndex);
        _writer = new Thread(WriteLoop) { IsBackground = true, Name = "journal " + Path.GetFileName(folder) };
        _writer.Start();
    }

    public JournalSnapshot? Snapshot { get; }

    public string Mended { get; }

    public static LocalJournal Open(JournalOptions options, string folder)
    {
        Directory.CreateDirectory(folder);
        var owner = EpochFile.Take(folder, out var epoch);
        try
        {
            return new LocalJournal(options, folder, owner, epoch);
        }
        catch
        {
            owner.Dispose();
            throw;
        }
    }

    public IEnumerable<JournalFrame> Replay() => _replay;

    public JournalPosition Append(ReadOnlySpan<byte> rows, long at)
    {
        lock (_gate)
        {
            if (_failed is not null || _closing)
            {
                throw _failed ?? new JournalUnavailableException("The journal is closed.");
            }

            if (_filled + rows.Length + 8 > _filling.Length)
            {
                Array.Resize(ref _filling, int.Max(_filled + rows.Length + 8, 2 * _filling.Length));
            }

            rows.CopyTo(_filling.AsSpan(_filled));
            var first = _filled == FrameHeader.Size;
            _filled += rows.Length;
            _at = long.Max(_at, at);
            if (first)
            {
                _work.Release();
            }

            return new JournalPosition(_number, (uint)(_filled - FrameHeader.Size));
        }
    }

    public Task DurableAsync(ulong frame)
    {
        lock (_gate)
        {
            return _failed is not null ? Task.FromException(_failed)
                : frame == _number ? _filled > FrameHeader.Size ? _done.Task : Task.CompletedTask
                : frame == _number - 1 ? _writing
                : Task.CompletedTask;
        }
    }

    private Task _writing = Task.CompletedTask;

    public async Task SaveSnapshotAsync(JournalPosition position, ReadOnlyMemory<byte> state, CancellationToken cancellationToken = default)
    {
        await DurableAsync(position.Frame).ConfigureAwait(false);
        SnapshotFile.Save(_folder, position, state.Span, () => _options.OnStep(JournalStep.BeforeSnapshotRename));
    }

    public async ValueTask DisposeAsync()
    {
        Task pending;
        lock (_gate)
        {
            pending = _filled > FrameHeader.Size ? _done.Task : _writing;
            _closing = true;
        }

        _work.Release();
        await pending.ContinueWith(static _ => { }, TaskScheduler.Default).ConfigureAwait(false);
        await Task.Run(_writer.Join).ConfigureAwait(false);
        _segment.Dispose();
        await _lock.DisposeAsync().ConfigureAwait(false);
        _work.Dispose();
    }

    private void WriteLoop()
    {
        while (true)
        {
            _work.Wait();
            byte[] frame;
            int length;
            long at;
            ulong number;
            TaskCompletionSource done;
            lock (_gate)
            {
                if (_filled == FrameHeader.Size)
                {
                    if (_closing)
                    {
                        return;
                    }

                    continue;
                }

                (frame, length, at, number, done) = (_filling, _filled, _at, _number, _done);
                (_filling, _spare, _filled, _number, _done) = (_spare, _filling, FrameHeader.Size, _number + 1, NewSignal());
                _writing = done.Task;
            }

            try
            {
                Write(frame, length, at, number);
                done.SetResult();
            }
            catch (Exception fault)
            {
                Fail(fault, done);
                return;
            }
        }
    }

    private void Write(byte[] frame, int length, long at, ulong number)
    {
        _options.OnStep(JournalStep.BeforeWrite);
        var rowBytes = length - FrameHeader.Size;
        var total = (int)FrameHeader.Padded(rowBytes);
        frame.AsSpan(length, total - length).Clear();
        if (_offset + total > RandomAccess.GetLength(_segment))
        {
            _options.OnStep(JournalStep.BeforeSegment);
            _segment.Dispose();
            _segment = NewSegment(total);
        }

        var header = FrameHeader.Seal(frame, rowBytes, _epoch, number, at, _last.Checksum);
        RandomAccess.Write(_segment, frame.AsSpan(0, total), _offset);
        _options.OnStep(JournalStep.AfterWrite);
        RandomAccess.FlushToDisk(_segment);
        _options.OnStep(JournalStep.AfterFlush);
        _offset += total;
        _last = header;
    }

    private void Fail(Exception fault, TaskCompletionSource done)
    {
        TaskCompletionSource next;
        lock (_gate)
        {
            _failed = new JournalUnavailableException($"{_folder}: writing frame {_number - 1} failed: {fault.Message}", fault);
            next = _done;
        }

        // Some of these tasks may have no waiter; a fault that nobody looks at must not end the process.
        done.SetException(_failed);
        _ = done.Task.Exception;
        next.TrySetException(_failed);
        _ = next.Task.Exception;
    }

    private SafeFileHandle NewSegment(int atLeast)
    {
        var path = Segments.PathOf(_folder, ++_segmentIndex);
        SegmentFile.Create(path, int.Max(_options.SegmentBytes, atLeast));
        _offset = 0;
        return OpenSegment(_segmentIndex);
    }

    private SafeFileHandle OpenSegment(int index) =>
        File.OpenHandle(Segments.PathOf(_folder, index), FileMode.Open, FileAccess.ReadWrite, FileShare.Read);

    private static string Mend(string folder, Segments.Scan scan)
    {
        if (!scan.Dirty)
        {
            return "";
        }

        var path = Segments.PathOf(folder, scan.Segment);
        if (scan.LaterFrame is { } later)
        {
            throw new JournalUnavailableException(
                $"{path} is damaged at offset {scan.Offset}: frame {scan.Last.Number + 1} is unreadable, but a later frame stands at "
                + $"{Path.GetFileName(Segments.PathOf(folder, later.Segment))}:{later.Offset}. Nothing was changed. Restore the file from a backup.");
        }

        SegmentFile.ZeroFrom(path, scan.Offset);
        return $"{path}: a torn frame after frame {scan.Last.Number} was cut off at offset {scan.Offset}; it was never acknowledged.";
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
