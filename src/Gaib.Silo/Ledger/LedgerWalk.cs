using System.Numerics;
using Gaib.Abstractions.Ports;
using Gaib.Domain.Money;
using Gaib.Storage.Journal;

namespace Gaib.Silo.Ledger;

/// <summary>
/// Walks once through a journal, from its beginning or from a snapshot that is known to be right, folds its rows again, and compares
/// every given state at its place.
/// </summary>
internal sealed class LedgerWalk
{
    private readonly JournalReader _journal;
    private readonly LedgerState? _from;
    private readonly Queue<LedgerState> _states;
    private readonly List<LedgerDifference> _differences = [];
    private readonly List<string> _compared = [];
    private ulong _begun;

    /// <summary>Prepares a walk.</summary>
    /// <param name="journal">The journal.</param>
    /// <param name="from">A state that is known to be right; null to begin with the first frame.</param>
    /// <param name="states">What is to be compared; those before <paramref name="from"/> are left out.</param>
    public LedgerWalk(JournalReader journal, LedgerState? from, IEnumerable<LedgerState> states)
    {
        (_journal, _from) = (journal, from);
        At = from?.Position ?? default;
        _states = new Queue<LedgerState>(states.Where(state => !IsBefore(state.Position, At)).OrderBy(state => state.Position.Frame).ThenBy(state => state.Position.Offset));
    }

    /// <summary>Told the rows that were folded and their frame's time, in order.</summary>
    public Action<ReadOnlyMemory<byte>, long> OnRows { get; init; } = static (_, _) => { };

    /// <summary>True: the walk ends where the last state was compared. False: it goes to the journal's end.</summary>
    public bool EndsWithLastState { get; init; }

    /// <summary>The fold so far.</summary>
    public LedgerRefold Refold { get; private set; } = new();

    /// <summary>How many transfers were folded.</summary>
    public ulong Folded => Refold.Sequence - _begun;

    /// <summary>Up to where it has come.</summary>
    public JournalPosition At { get; private set; }

    /// <summary>What was compared, by name.</summary>
    public IReadOnlyList<string> Compared => _compared;

    /// <summary>What was found, the first few of each place.</summary>
    public IReadOnlyList<LedgerDifference> Differences => _differences;

    /// <summary>How much was found.</summary>
    public long DifferenceCount { get; private set; }

    /// <summary>Walks.</summary>
    /// <exception cref="JournalUnavailableException">The journal or a snapshot is damaged, or a part of it is missing.</exception>
    /// <exception cref="OperationCanceledException">It was asked to stop.</exception>
    public void Run(CancellationToken cancellationToken = default)
    {
        try
        {
            Begin(cancellationToken);
            CompareDue(null);
            foreach (var frame in Frames())
            {
                cancellationToken.ThrowIfCancellationRequested();
                Take(frame);
                if (EndsWithLastState && _states.Count == 0)
                {
                    break;
                }
            }
        }
        catch (Exception fault) when (fault is InvalidOperationException or OverflowException)
        {
            // Frames that are whole, and rows in them that are none.
            Add("the journal", Unreadable($"can't be read on: {fault.Message}"));
        }

        foreach (var state in _states)
        {
            Add(state.Name, new LedgerFault("it reaches beyond the journal's last frame", "the state", "", At.Frame, state.Position.Frame, Refold.Sequence));
        }

        AddAll("the journal", Refold.Faults);
    }

    /// <summary>Compares one more state with all that was folded.</summary>
    public void Compare(string name, IEnumerable<ReadOnlyMemory<byte>> parts)
    {
        _compared.Add(name);
        try
        {
            AddAll(name, LedgerComparison.Run(Refold, parts, _from?.Parts()));
        }
        catch (Exception fault) when (fault is InvalidOperationException or OverflowException)
        {
            Add(name, Unreadable($"can't be read: {fault.Message}"));
        }
    }

    /// <summary>Notes something that does not hold.</summary>
    public void Add(string where, LedgerFault fault)
    {
        _differences.Add(new LedgerDifference(where, fault));
        DifferenceCount++;
    }

    private void AddAll(string where, LedgerFaults faults)
    {
        _differences.AddRange(faults.Kept.Select(fault => new LedgerDifference(where, fault)));
        DifferenceCount += faults.Count;
    }

    private void Begin(CancellationToken cancellationToken)
    {
        if (_from is null)
        {
            return;
        }

        var touched = new LedgerTouch(_from.Parts());
        var last = EndsWithLastState && _states.Count > 0 ? _states.Last().Position.Frame : ulong.MaxValue;
        foreach (var frame in Frames().TakeWhile(frame => frame.Number <= last))
        {
            cancellationToken.ThrowIfCancellationRequested();
            touched.Add(frame.Number == At.Frame ? frame.Rows[(int)At.Offset..] : frame.Rows);
        }

        Refold = LedgerRefold.From(_from.Parts(), touched);
        _begun = Refold.Sequence;
    }

    private IEnumerable<StoredFrame> Frames() =>
        _journal.Frames(ulong.Max(1, _from?.Position.Frame ?? 1)).SkipWhile(frame => frame.Number < (_from?.Position.Frame ?? 0));

    private void Take(in StoredFrame frame)
    {
        var from = 0U;
        if (_from is not null && frame.Number == _from.Position.Frame)
        {
            from = _from.Position.Offset;
            CheckFrame(_from, frame);
        }
        else if (frame.Number != At.Frame + 1)
        {
            Add("the journal", new LedgerFault("the next frame", "the journal", "", (BigInteger)At.Frame + 1, frame.Number, Refold.Sequence));
        }

        while (_states.TryPeek(out var state) && state.Position.Frame == frame.Number && state.Position.Offset <= frame.Rows.Length)
        {
            Fold(frame, from, state.Position.Offset);
            from = state.Position.Offset;
            CheckFrame(state, frame);
            CompareDue(frame);
        }

        if (!(EndsWithLastState && _states.Count == 0))
        {
            Fold(frame, from, (uint)frame.Rows.Length);
        }
    }

    private void Fold(in StoredFrame frame, uint from, uint to)
    {
        var rows = frame.Rows[(int)from..(int)to];
        Refold.Fold(rows, frame.At);
        OnRows(rows, frame.At);
        At = new JournalPosition(frame.Number, to);
    }

    private void CompareDue(StoredFrame? frame)
    {
        while (_states.TryPeek(out var state) && state.Position == At && (frame is null || frame.Value.Number == At.Frame))
        {
            _states.Dequeue();
            Compare(state.Name, state.Parts());
        }
    }

    private void CheckFrame(LedgerState state, in StoredFrame frame)
    {
        if (state.FrameChecksum is { } checksum && checksum != frame.Checksum)
        {
            Add(state.Name, new LedgerFault($"it was made over another frame {frame.Number}", "its checksum", "", frame.Checksum, checksum, Refold.Sequence));
        }
    }

    private LedgerFault Unreadable(string what) => new(what, "its rows", "", 0, 0, Refold.Sequence);

    private static bool IsBefore(JournalPosition one, JournalPosition other) =>
        one.Frame < other.Frame || (one.Frame == other.Frame && one.Offset < other.Offset);
}
