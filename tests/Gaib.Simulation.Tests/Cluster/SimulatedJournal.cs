using Gaib.Abstractions.Ports;
using Gaib.Simulation.Tests.Disk;
using Gaib.Storage.Journal;

namespace Gaib.Simulation.Tests.Cluster;

/// <summary>
/// A journal as the one on the local disk, without its thread: rows gather until the world says that the writer's turn has come. All
/// that decides what lies on the disk is the real journal's code.
/// </summary>
internal sealed class SimulatedJournal(JournalLog log, Func<bool> isOwner, Action<ulong, long, byte[]> onSealed) : IJournal
{
    /// <summary>In place of a frame's time: it was begun, and nobody was told that it is durable.</summary>
    public const long NotTold = -1;

    private byte[] _frame = new byte[1 << 12];
    private int _filled = FrameHeader.Size;
    private long _at;
    private TaskCompletionSource _done = NewSignal();
    private JournalUnavailableException? _failed;
    private bool _isClosed;
    private (JournalPosition Position, IEnumerable<ReadOnlyMemory<byte>> Parts, TaskCompletionSource Done)? _snapshot;

    /// <summary>The number of the last durable frame.</summary>
    public ulong LastNumber => log.LastNumber;

    /// <summary>Nobody has taken the journal over since.</summary>
    public bool IsOwner => isOwner();

    /// <summary>Rows wait to be written.</summary>
    public bool HasWork => _filled > FrameHeader.Size && _failed is null;

    /// <summary>The number of the frame that holds all rows so far.</summary>
    public ulong NextNumber => log.LastNumber + (HasWork ? 1U : 0U);

    /// <summary>A snapshot waits to be written.</summary>
    public bool HasSnapshot => _snapshot is { } waiting && _failed is null && waiting.Position.Frame <= log.LastNumber;

    /// <summary>A segment may be made ahead of time.</summary>
    public bool WantsSpare => log.WantsSpare && _failed is null;

    /// <summary>Why it takes nothing more, or null.</summary>
    public JournalUnavailableException? Failed => _failed;

    public JournalSnapshot? Snapshot => log.Snapshot is { } stored ? new JournalSnapshot(stored.Position, stored.Parts) : null;

    public string Mended => log.Mended;

    public IEnumerable<JournalFrame> Replay() => log.Replay();

    public JournalPosition Append(ReadOnlySpan<byte> rows, long at)
    {
        if (_failed is not null || _isClosed)
        {
            throw _failed ?? new JournalUnavailableException("The journal is closed.");
        }

        if (_filled + rows.Length + 8 > _frame.Length)
        {
            Array.Resize(ref _frame, int.Max(_filled + rows.Length + 8, 2 * _frame.Length));
        }

        rows.CopyTo(_frame.AsSpan(_filled));
        _filled += rows.Length;
        _at = long.Max(_at, at);
        return new JournalPosition(log.LastNumber + 1, (uint)(_filled - FrameHeader.Size));
    }

    public Task DurableAsync(ulong frame) => _failed is not null ? Task.FromException(_failed)
        : frame > log.LastNumber && HasWork ? _done.Task
        : IsOwner ? Task.CompletedTask
        : Task.FromException(new JournalUnavailableException("The journal has another owner."));

    public Task SaveSnapshotAsync(
        JournalPosition position, IEnumerable<ReadOnlyMemory<byte>> parts, CancellationToken cancellationToken = default)
    {
        _snapshot = (position, parts, NewSignal());
        return _snapshot.Value.Done.Task;
    }

    public async ValueTask DisposeAsync()
    {
        if (HasWork)
        {
            Write();
        }

        _isClosed = true;
        await Task.CompletedTask;
    }

    /// <summary>The writer's turn: one frame for all who wait.</summary>
    public void Write()
    {
        var (rows, done) = (_filled - FrameHeader.Size, _done);
        var number = log.LastNumber + 1;
        (_filled, _done) = (FrameHeader.Size, NewSignal());
        try
        {
            // What the frame holds is known before it is known whether it is kept.
            onSealed(number, _at, []);
            log.Append(_frame, rows, _at);
            onSealed(number, _at, _frame.AsSpan(0, (int)FrameHeader.Padded(rows)).ToArray());
            done.SetResult();
        }
        catch (Exception fault) when (fault is IOException or JournalUnavailableException or PowerCutException)
        {
            // The frame may be on the disk all the same.
            onSealed(number, NotTold, _frame.AsSpan(0, (int)FrameHeader.Padded(rows)).ToArray());
            _failed = new JournalUnavailableException($"Writing frame {number} failed: {fault.Message}", fault);
            done.SetException(_failed);
            _ = done.Task.Exception;
        }
    }

    /// <summary>The turn of whoever writes snapshots.</summary>
    public void WriteSnapshot()
    {
        var (position, parts, done) = _snapshot!.Value;
        _snapshot = null;
        Try(() => log.SaveSnapshot(position, log.ChecksumOf(position), parts), done);
    }

    /// <summary>The turn of whoever makes segments. If it fails, the writer will.</summary>
    public void MakeSpare() => Try(log.MakeSpare, NewSignal());

    private static void Try(Action action, TaskCompletionSource done)
    {
        try
        {
            action();
            done.SetResult();
        }
        catch (Exception fault) when (fault is IOException or JournalUnavailableException or PowerCutException)
        {
            done.SetException(fault is PowerCutException ? new IOException(fault.Message, fault) : fault);
            _ = done.Task.Exception;
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
