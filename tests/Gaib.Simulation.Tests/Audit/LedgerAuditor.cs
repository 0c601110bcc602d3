using System.Collections.Immutable;
using Gaib.Domain;
using Gaib.Domain.Money;

namespace Gaib.Simulation.Tests.Audit;

/// <summary>
/// What a book must answer and hold, written from the design alone, with plain dictionaries, unbounded integers and exact fractions, and
/// slowly. It shares no code with the book but the types of a message. All that it holds is immutable, so that a copy costs nothing.
/// </summary>
internal sealed partial class LedgerAuditor(BookSite site)
{
    private const ulong CommandWriter = 1;
    private const ulong FirstWriter = 16;
    private const ulong Window = 16_384;
    private const int TransfersMax = 8_190;

    private State _now = State.Empty;

    /// <summary>The state, to be come back to.</summary>
    public State Now
    {
        get => _now;
        set => _now = value;
    }

    /// <summary>A copy that goes its own way.</summary>
    public LedgerAuditor Copy() => new(site) { _now = _now };

    /// <summary>What the book must answer.</summary>
    public BookReply Submit(BookRequest request, long at)
    {
        Pass(at);
        if (IsNoBatch(request.Transfers))
        {
            return Refuse(new Rejection(Reason.BatchInvalid, TransfersMax, request.Transfers.Length));
        }

        // Assets are registered with what is taken, and with nothing else.
        var before = _now;
        var reply = Register(request.Assets) is { } refused ? Refuse(refused)
            : request.Command is { } command ? Command(request, command)
            : Written(request);
        if (reply.Result is not null || (request.Command is not null && reply.Repeated))
        {
            _now = before;
        }

        return reply;
    }

    /// <summary>What the book must answer to a batch: an answer a transfer, or why none.</summary>
    public (Rejection? Refused, ImmutableArray<TransferAnswer> Answers) SubmitBatch(
        ulong writer, ulong answeredThrough, ImmutableArray<Transfer> transfers, long at)
    {
        Pass(at);
        return IsNoBatch(transfers) ? (new Rejection(Reason.BatchInvalid, TransfersMax, transfers.Length), [])
            : RaiseFloor(writer, answeredThrough) is { } refused ? (refused, [])
            : (null, AnswerAll(writer, transfers).Answers);
    }

    /// <summary>The number of a writer.</summary>
    public ulong OpenWriter(Hash32 name)
    {
        var known = _now.Writers.IndexOf(name);
        if (known < 0)
        {
            (known, _now) = (_now.Writers.Count, _now with { Writers = _now.Writers.Add(name) });
        }

        return FirstWriter + (ulong)known;
    }

    /// <summary>The number of a writer without a name. No world lasts a day, so that none is idle for one.</summary>
    public ulong OpenEphemeralWriter(long at)
    {
        Pass(at);
        var number = _now.NextEphemeral;
        _now = _now with { NextEphemeral = number + 1, Ephemeral = _now.Ephemeral.Add(number) };
        return number;
    }

    /// <summary>A writer without a name is forgotten.</summary>
    public void CloseWriter(ulong number) => _now = _now with { Ephemeral = _now.Ephemeral.Remove(number) };

    /// <summary>What is due by then is freed; a book's time never runs back.</summary>
    public void Pass(long at)
    {
        _now = _now with { At = long.Max(_now.At, at) };
        while (_now.Due.Count > 0 && _now.Due[0].At <= _now.At)
        {
            Free(_now.Due[0].Id);
            _now = _now with { Sequence = _now.Sequence + 1 };
        }
    }

    private static bool IsNoBatch(ImmutableArray<Transfer> transfers) =>
        transfers.Length > TransfersMax || (transfers.Length > 0 && transfers[^1].Flags.HasFlag(TransferFlags.Linked));

    private BookReply Refuse(Rejection rejection) => new(rejection, [], _now.Sequence);

    private BookReply Command(BookRequest request, CommandRecord command)
    {
        if (_now.Commands.TryGetValue(command.Digest, out var known))
        {
            return new BookReply(null, known.Answers, known.Sequence, Repeated: true);
        }

        if (command.Deadline < _now.At || _now.Nonces.Contains((command.Account, command.Nonce)))
        {
            return Refuse(command.Deadline < _now.At
                ? new Rejection(Reason.DeadlinePassed, command.Deadline, _now.At)
                : new Rejection(Reason.NonceUsed, 0, (Int128)command.Nonce));
        }

        if (Misplaced(request.Notes) is { } misplaced)
        {
            return Refuse(misplaced);
        }

        var before = _now;
        var answers = ImmutableArray.CreateBuilder<TransferAnswer>();
        Collect(request.Collects);
        foreach (var asked in request.Transfers)
        {
            _now = _now with { OfCommands = _now.OfCommands + 1 };
            var transfer = asked with
            {
                Id = Transfer.IdOf(CommandWriter, _now.OfCommands),
                Flags = asked.Flags & ~TransferFlags.Linked,
                Cause = command.Digest,
            };
            answers.Add(Apply(ref transfer));
            if (answers[^1].Result is not Reason.None and var reason)
            {
                var explained = reason == Reason.InsufficientFunds
                    ? new Rejection(reason, (Int128)Held(transfer.Debit, transfer.Asset).Available, (Int128)transfer.Amount, transfer.Debit.ToString())
                    : new Rejection(reason, 0, (Int128)transfer.Amount, transfer.Credit.ToString());
                _now = before;
                return Refuse(explained);
            }
        }

        var taken = new AuditedCommand(answers.ToImmutable(), before.Sequence + 1);
        _now = _now with
        {
            Commands = _now.Commands.Add(command.Digest, taken),
            Nonces = _now.Nonces.Add((command.Account, command.Nonce)),
        };
        Keep(request.Notes);
        return new BookReply(null, taken.Answers, taken.Sequence);
    }

    private BookReply Written(BookRequest request)
    {
        var isNamed = request.WriterName != Hash32.Zero;
        var writer = isNamed ? OpenWriter(request.WriterName) : request.Writer;
        if (RaiseFloor(writer, request.AnsweredThrough) is { } refused)
        {
            return Refuse(Misplaced(request.Notes) ?? refused);
        }

        // What is known is answered again, wherever its notes stand by now.
        var unasked = _now;
        Collect(request.Collects);
        var (answers, isKnown) = AnswerAll(writer, isNamed
            ? [.. request.Transfers.Select(transfer => transfer.Id <= ulong.MaxValue ? transfer with { Id = ((UInt128)writer << 64) + transfer.Id } : transfer)]
            : request.Transfers);
        var kept = _now;
        _now = unasked;
        if (!isKnown && Misplaced(request.Notes) is { } misplaced)
        {
            return Refuse(misplaced);
        }

        _now = kept;
        if (!isKnown && answers.All(answer => answer.Result == Reason.None))
        {
            Keep(request.Notes);
        }

        return new BookReply(null, answers, _now.Sequence, isKnown);
    }

    private Rejection? Misplaced(ImmutableArray<Note> notes)
    {
        var counts = new Dictionary<Hash32, int>();
        foreach (var note in notes)
        {
            var count = counts.TryGetValue(note.Stream, out var more) ? more : _now.NotesOf(note.Stream).Count;
            if (note.At is { } at && at != (ulong)count)
            {
                return new Rejection(Reason.NoteMisplaced, count, at);
            }

            counts[note.Stream] = count + 1;
        }

        return null;
    }

    private void Keep(ImmutableArray<Note> notes)
    {
        foreach (var note in notes)
        {
            _now = _now with { Notes = _now.Notes.SetItem(note.Stream, _now.NotesOf(note.Stream).Add(note.Bytes)) };
        }
    }

    private Rejection? RaiseFloor(ulong writer, ulong answeredThrough)
    {
        if (!_now.Ephemeral.Contains(writer) && (writer < FirstWriter || writer - FirstWriter >= (ulong)_now.Writers.Count))
        {
            return new Rejection(Reason.WriterUnknown, _now.Writers.Count, writer);
        }

        _now = _now with { Floors = _now.Floors.SetItem(writer, ulong.Max(FloorOf(writer), answeredThrough)) };
        return null;
    }

    private ulong FloorOf(ulong writer) => _now.Floors.GetValueOrDefault(writer);

    private (ImmutableArray<TransferAnswer> Answers, bool IsKnown) AnswerAll(ulong writer, ImmutableArray<Transfer> asked)
    {
        var answers = ImmutableArray.CreateBuilder<TransferAnswer>();
        var isKnown = asked.Length > 0;
        for (var chain = new List<Transfer>(); answers.Count + chain.Count < asked.Length;)
        {
            chain.Add(asked[answers.Count + chain.Count]);
            if (!chain[^1].Flags.HasFlag(TransferFlags.Linked))
            {
                var (given, known) = AnswerChain(writer, chain);
                answers.AddRange(given);
                isKnown &= known;
                chain.Clear();
            }
        }

        return (answers.ToImmutable(), isKnown);
    }

    private (List<TransferAnswer> Answers, bool IsKnown) AnswerChain(ulong writer, List<Transfer> chain)
    {
        var bad = chain.ConvertAll(transfer => WhyNot(writer, transfer));
        var known = chain.ConvertAll(transfer => bad[chain.IndexOf(transfer)] == Reason.None && _now.Answered.ContainsKey(transfer.Id));
        if (known.TrueForAll(k => k))
        {
            return (chain.ConvertAll(transfer => _now.Answered[transfer.Id].Answer), true);
        }

        if (bad.Exists(reason => reason != Reason.None) || known.Exists(k => k))
        {
            var others = known.Exists(k => k) ? Reason.IdReused : Reason.LinkedFailed;
            return (bad.ConvertAll(reason => new TransferAnswer(reason == Reason.None ? others : reason, 0)), false);
        }

        var before = _now;
        var answers = new List<TransferAnswer>();
        for (var i = 0; i < chain.Count; i++)
        {
            var transfer = chain[i];
            answers.Add(Apply(ref transfer));
            if (answers[i].Result != Reason.None)
            {
                _now = before;
                answers = [.. chain.Select((_, at) => at == i ? answers[i] : new TransferAnswer(Reason.LinkedFailed, 0))];
                break;
            }
        }

        for (var i = 0; i < chain.Count; i++)
        {
            _now = _now with { Answered = _now.Answered.SetItem(chain[i].Id, new AuditedAnswer(Said(chain[i]), answers[i])) };
        }

        return (answers, false);
    }

    private Reason WhyNot(ulong writer, Transfer transfer)
    {
        var (of, sequence, floor) = ((ulong)(transfer.Id >> 64), (ulong)transfer.Id, FloorOf(writer));
        return of != writer ? Reason.WriterUnknown
            : sequence < floor ? Reason.TooOld
            : sequence - floor >= Window ? Reason.WindowFull
            : _now.Answered.TryGetValue(transfer.Id, out var first) && first.Said != Said(transfer) ? Reason.IdReused
            : Reason.None;
    }

    /// <summary>All that a writer said: two transfers with the same words are the same.</summary>
    private static Transfer Said(Transfer transfer)
    {
        var isResolved = transfer.Of != 0;
        var isOpen = transfer.Phase is TransferPhase.Void or TransferPhase.Expire
            || transfer.Flags.HasFlag(TransferFlags.Collect) || transfer.Flags.HasFlag(TransferFlags.Closing);
        return transfer with
        {
            Result = Reason.None,
            Amount = isOpen ? 0 : transfer.Amount,
            Debit = isResolved ? default : transfer.Debit,
            Credit = isResolved ? default : transfer.Credit,
            Asset = isResolved ? default : transfer.Asset,
        };
    }
}
