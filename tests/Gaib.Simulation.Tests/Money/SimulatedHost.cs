using Gaib.Abstractions.Ports;
using Gaib.Domain.Money;
using Gaib.Simulation.Tests.Disk;
using Gaib.Storage.Journal;

namespace Gaib.Simulation.Tests.Money;

/// <summary>
/// One activation of a book over a simulated disk, as the book's grain does it: apply in memory, gather rows, write one frame for all
/// who wait, then answer. After any fault it is gone, and what it had not answered stays unanswered.
/// </summary>
internal sealed class SimulatedHost
{
    private readonly JournalLog _log;
    private readonly BookRows _rows = new();
    private readonly List<Action> _replies = [];
    private byte[] _frame = new byte[1 << 12];
    private int _filled = 80;
    private uint? _lastRows;

    public SimulatedHost(SimulatedDisk disk, Action<JournalStep> onStep)
    {
        _log = new JournalLog(new JournalOptions { SegmentBytes = 16 << 10, OnStep = onStep }, disk.Take());
        if (_log.Snapshot is { } snapshot)
        {
            Book = Book.Thaw(snapshot.Parts());
        }

        foreach (var frame in _log.Replay())
        {
            Book.Replay(frame.Rows, frame.At);
        }
    }

    public Book Book { get; } = new();

    /// <summary>The number of the last durable frame.</summary>
    public ulong Frame => _log.LastNumber;

    /// <summary>What the log mended when it was opened.</summary>
    public string Mended => _log.Mended;

    public bool HasWork => _filled > 80;

    public ulong OpenWriter(Gaib.Domain.Hash32 name)
    {
        var number = Book.OpenWriter(name, _rows.Clear());
        Keep();
        Flush();
        return number;
    }

    public void Issue(ulong writer, Transfer[] transfers)
    {
        var answers = new TransferAnswer[transfers.Length];
        Book.ApplyBatch(writer, 0, transfers, 0, _rows.Clear(), answers);
        Keep();
        Flush();
    }

    /// <summary>Applies a batch; <paramref name="reply"/> is called when it is durable.</summary>
    public TransferAnswer[] Handle(ulong writer, ulong answeredThrough, Transfer[] transfers, long now, Action reply)
    {
        var answers = new TransferAnswer[transfers.Length];
        var refused = Book.ApplyBatch(writer, answeredThrough, transfers, now, _rows.Clear(), answers);
        Assert.Null(refused);
        Keep();
        _replies.Add(reply);
        return answers;
    }

    /// <summary>Makes durable what was applied, and answers.</summary>
    public void Flush()
    {
        if (HasWork)
        {
            var rows = _filled - 80;
            Array.Resize(ref _frame, int.Max(_frame.Length, _filled + 16));
            _log.Append(_frame, rows, Book.LastAt);
            (_filled, _lastRows) = (80, (uint)rows);
        }

        _replies.ForEach(reply => reply());
        _replies.Clear();
    }

    public void SaveSnapshot()
    {
        if (!HasWork && _lastRows is { } rows)
        {
            _log.SaveSnapshot(new JournalPosition(_log.LastNumber, rows), Book.Freeze().Parts());
        }
    }

    private void Keep()
    {
        var rows = _rows.Written;
        if (_filled + rows.Length > _frame.Length)
        {
            Array.Resize(ref _frame, 2 * (_filled + rows.Length));
        }

        rows.CopyTo(_frame.AsSpan(_filled));
        _filled += rows.Length;
    }
}
