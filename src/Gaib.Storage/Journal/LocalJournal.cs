using Gaib.Abstractions.Ports;

namespace Gaib.Storage.Journal;

/// <summary>
/// A journal in a folder of the local disk. One thread writes: it takes all rows that callers appended since its last flush, seals
/// them into one frame, writes and flushes it, and then releases everybody who waited for that frame.
/// </summary>
internal sealed class LocalJournal : IJournal
{
    private const int FirstBuffer = 1 << 16;
    private const int FrameMax = 1 << 29;

    private readonly string _folder;
    private readonly IJournalFiles _files;
    private readonly JournalLog _log;
    // A monitor, since its waits don't spin: the cores belong to those who fill the next frame.
    private readonly object _gate = new();
    private readonly Thread _writer;

    private byte[] _filling = new byte[FirstBuffer];
    private byte[] _spare = new byte[FirstBuffer];
    private int _filled = FrameHeader.Size;
    private long _at;
    private ulong _number;
    private TaskCompletionSource _done = NewSignal();
    private Task _writing = Task.CompletedTask;
    private Task _sparing = Task.CompletedTask;
    private JournalUnavailableException? _failed;
    private bool _closing;

    private LocalJournal(JournalOptions options, IJournalFiles files)
    {
        (_folder, _files, _log) = (files.Place, files, new JournalLog(options, files));
        _number = _log.LastNumber + 1;
        _writer = new Thread(WriteLoop) { IsBackground = true, Name = "journal " + Path.GetFileName(_folder) };
        _writer.Start();
    }

    public JournalSnapshot? Snapshot => _log.Snapshot is { } stored ? new JournalSnapshot(stored.Position, stored.Parts) : null;

    public string Mended => _log.Mended;

    public static LocalJournal Open(JournalOptions options, string folder)
    {
        IJournalFiles? files = null;
        try
        {
            files = options.Over(LocalJournalFiles.Take(folder, options.OnStep));
            return new LocalJournal(options, files);
        }
        catch (Exception fault)
        {
            files?.Dispose();
            throw fault is IOException or UnauthorizedAccessException
                ? new JournalUnavailableException($"{folder} can't be read: {fault.Message}", fault)
                : fault;
        }
    }

    public IEnumerable<JournalFrame> Replay() => _log.Replay();

    public JournalPosition Append(ReadOnlySpan<byte> rows, long at)
    {
        lock (_gate)
        {
            if (_failed is not null || _closing)
            {
                throw _failed ?? new JournalUnavailableException("The journal is closed.");
            }

            if ((long)_filled + rows.Length > FrameMax)
            {
                throw new JournalUnavailableException($"{_folder}: {_filled} bytes wait to be written, and no frame holds {rows.Length} more. Send the request again.");
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
                Monitor.Pulse(_gate);
            }

            return new JournalPosition(_number, (uint)(_filled - FrameHeader.Size));
        }
    }

    public Task DurableAsync(ulong frame)
    {
        Task written;
        lock (_gate)
        {
            written = _failed is not null ? Task.FromException(_failed)
                : frame == _number ? _filled > FrameHeader.Size ? _done.Task : Task.CompletedTask
                : frame == _number - 1 ? _writing
                : Task.CompletedTask;
        }

        // What became durable earlier may not be the whole truth any more. Who waits for a frame is told by its writer, who looks too.
        return written.IsCompletedSuccessfully ? Owned() : written;
    }

    private Task Owned()
    {
        try
        {
            _files.RequireOwner();
            return Task.CompletedTask;
        }
        catch (JournalUnavailableException fault)
        {
            return Task.FromException(fault);
        }
    }

    public async Task SaveSnapshotAsync(
        JournalPosition position, IEnumerable<ReadOnlyMemory<byte>> parts, CancellationToken cancellationToken = default)
    {
        await DurableAsync(position.Frame).WaitAsync(cancellationToken).ConfigureAwait(false);
        var checksum = _log.ChecksumOf(position);
        await LowPriority.RunAsync("snapshot " + Path.GetFileName(_folder), () => _log.SaveSnapshot(position, checksum, parts)).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        Task pending;
        lock (_gate)
        {
            if (_closing)
            {
                return;
            }

            pending = _filled > FrameHeader.Size ? _done.Task : _writing;
            _closing = true;
            Monitor.Pulse(_gate);
        }

        await pending.ContinueWith(static _ => { }, TaskScheduler.Default).ConfigureAwait(false);
        await Task.Run(_writer.Join).ConfigureAwait(false);
        await _sparing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _files.Dispose();
    }

    private void WriteLoop()
    {
        while (true)
        {
            byte[] frame;
            int length;
            long at;
            TaskCompletionSource done;
            lock (_gate)
            {
                while (_filled == FrameHeader.Size)
                {
                    if (_closing)
                    {
                        return;
                    }

                    Monitor.Wait(_gate);
                }

                (frame, length, at, done) = (_filling, _filled, _at, _done);
                (_filling, _spare, _filled, _number, _done) = (_spare, _filling, FrameHeader.Size, _number + 1, NewSignal());
                _writing = done.Task;
            }

            try
            {
                _log.Append(frame, length - FrameHeader.Size, at);
                done.SetResult();
                PrepareSpare();
            }
            catch (Exception fault)
            {
                Fail(fault, done);
                return;
            }
        }
    }

    /// <summary>Zeroing a segment takes a while; it is done aside, so that no caller waits for it. If it fails, the writer will.</summary>
    private void PrepareSpare()
    {
        if (_log.WantsSpare && _sparing.IsCompleted)
        {
            _sparing = Task.Run(_log.MakeSpare);
        }
        else if (_sparing is { IsFaulted: true, Exception: not null })
        {
            _sparing = Task.CompletedTask;
        }
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

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
