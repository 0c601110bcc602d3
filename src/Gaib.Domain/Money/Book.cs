using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Gaib.Domain.Revenue;

namespace Gaib.Domain.Money;

/// <summary>
/// One book: accounts, reservations, pools, and the memory of what was answered. A deterministic state machine for one thread: the
/// same requests at the same times give the same rows and answers. It checks and applies in memory; whoever hosts it makes the rows
/// durable before anybody hears the answers.
/// </summary>
public sealed partial class Book
{
    private readonly Table<BalanceKey, Balance> _balances = new();
    private readonly Table<UInt128, Reservation> _reservations = new();
    private readonly Table<AccountId, PoolState> _pools = new();
    private readonly Table<MemberKey, PoolMember> _members = new();
    private readonly Dictionary<AssetId, AssetRecord> _assets = [];
    private readonly Dictionary<AccountId, List<AccountId>> _parents = [];
    private readonly List<(AccountId Pool, AccountId Parent)> _parentsOfChain = [];
    private readonly Table<Hash32, CommandAnswer> _commands = new();
    private readonly Table<NonceKey, Hash32> _nonces = new();
    private readonly Table<Hash32, NoteStream> _notes = new();
    private readonly PriorityQueue<UInt128, (long At, UInt128 Id)> _expiries = new();
    private readonly Writers _writers = new();
    private readonly BookRows _staging = new();
    private readonly ulong[] _ownSequence = new ulong[(int)Writers.FirstIssued];

    private const ulong CommandWriter = 1;
    private const ulong PoolWriter = 2;
    private const ulong ExpiryWriter = 3;

    /// <summary>How many transfers were applied; the last one's <c>seq</c> in exports.</summary>
    public ulong Sequence { get; private set; }

    /// <summary>Unix milliseconds of the last request; time never runs back in a book.</summary>
    public long LastAt { get; private set; }

    /// <summary>Applies a request.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="now">Unix milliseconds of the runtime's clock.</param>
    /// <param name="rows">Takes the rows to be made durable before the reply is given out.</param>
    public BookReply Apply(BookRequest request, long now, BookRows rows)
    {
        LastAt = long.Max(LastAt, now);
        ExpireDue(rows);
        if (request.Transfers.Length > BookRequest.TransfersMax
            || (request.Transfers is [.., var last] && last.IsLinked))
        {
            return Refuse(new Rejection(Reason.BatchInvalid, BookRequest.TransfersMax, request.Transfers.Length));
        }

        if (RegisterAssets(request.Assets, rows) is { } refused)
        {
            return Refuse(refused);
        }

        return request.Command is { } command ? ApplyCommand(request, command, rows) : ApplyWritten(request, rows);
    }

    /// <summary>Gives the writer with that name its number, the same one each time.</summary>
    public ulong OpenWriter(Hash32 name, BookRows rows)
    {
        if (_writers.Find(name) is > 0 and var known)
        {
            return known;
        }

        rows.AddWriter(name);
        return _writers.Open(name);
    }

    private BookReply ApplyCommand(BookRequest request, CommandRecord command, BookRows rows)
    {
        if (_commands.Find(command.Digest) is >= 0 and var index)
        {
            var known = _commands[index];
            return new BookReply(null, known.Answers, known.Sequence, Repeated: true);
        }

        if (CheckCommand(command) is { } refused)
        {
            return Refuse(refused);
        }

        // The rows are staged apart, because a refused command leaves no trace: its signer may retry it once it has the funds.
        var staged = _staging.Clear();
        var answers = ImmutableArray.CreateBuilder<TransferAnswer>(request.Transfers.Length);
        var before = (Sequence, Own: _ownSequence.ToArray());
        Begin();
        CollectAll(request.Collects, staged);
        foreach (var asked in request.Transfers)
        {
            var transfer = asked with
            {
                Id = Transfer.IdOf(CommandWriter, ++_ownSequence[CommandWriter]),
                Cause = command.Digest,
                Flags = asked.Flags & ~TransferFlags.Linked,
            };
            var answer = ApplyOne(ref transfer, staged);
            if (!answer.Applied)
            {
                var explained = Explain(transfer, answer.Result);
                Rollback();
                Sequence = before.Sequence;
                before.Own.CopyTo(_ownSequence, 0);
                return Refuse(explained);
            }

            answers.Add(answer);
        }

        Commit();
        var taken = new CommandAnswer(answers.DrainToImmutable(), before.Sequence + 1);
        rows.AddCommand(command, taken.Sequence);
        rows.Append(staged);
        Accept(command, taken);
        KeepNotes(request.Notes, rows);
        return new BookReply(null, taken.Answers, taken.Sequence);
    }

    private Rejection? CheckCommand(CommandRecord command) =>
        command.Deadline < LastAt ? new Rejection(Reason.DeadlinePassed, command.Deadline, LastAt)
        : _nonces.Contains(new NonceKey(command.Account, command.Nonce)) ? new Rejection(Reason.NonceUsed, 0, (Int128)command.Nonce)
        : null;

    private BookReply ApplyWritten(BookRequest request, BookRows rows)
    {
        if (RaiseFloor(request.Writer, request.AnsweredThrough, rows, out var writer) is { } refused)
        {
            return Refuse(refused);
        }

        CollectAll(request.Collects, rows);
        var answers = new TransferAnswer[request.Transfers.Length];
        var repeated = ApplyTransfers(writer, request.Transfers.AsSpan(), answers, rows);
        if ((answers.Length == 0 || !repeated) && answers.All(a => a.Applied))
        {
            KeepNotes(request.Notes, rows);
        }

        return new BookReply(null, ImmutableCollectionsMarshal.AsImmutableArray(answers), Sequence, repeated && answers.Length > 0);
    }

    /// <summary>
    /// Applies a writer's transfers: what <see cref="Apply"/> does with a request that has nothing else, and in a steady state without
    /// allocating anything.
    /// </summary>
    /// <param name="writer">The writer's number.</param>
    /// <param name="answeredThrough">The writer has seen every answer below this sequence.</param>
    /// <param name="transfers">In order, at most <see cref="BookRequest.TransfersMax"/>.</param>
    /// <param name="now">Unix milliseconds of the runtime's clock.</param>
    /// <param name="rows">Takes the rows to be made durable before the answers are given out.</param>
    /// <param name="answers">Takes one answer a transfer.</param>
    /// <returns>Null, or why nothing was applied: BatchInvalid or WriterUnknown.</returns>
    public Rejection? ApplyBatch(
        ulong writer, ulong answeredThrough, ReadOnlySpan<Transfer> transfers, long now, BookRows rows, Span<TransferAnswer> answers)
    {
        LastAt = long.Max(LastAt, now);
        ExpireDue(rows);
        if (transfers.Length > BookRequest.TransfersMax || (transfers is [.., var last] && last.IsLinked))
        {
            return new Rejection(Reason.BatchInvalid, BookRequest.TransfersMax, transfers.Length);
        }

        if (RaiseFloor(writer, answeredThrough, rows, out var known) is { } refused)
        {
            return refused;
        }

        ApplyTransfers(known, transfers, answers, rows);
        return null;
    }

    private Rejection? RaiseFloor(ulong number, ulong answeredThrough, BookRows rows, out Writers.Writer writer)
    {
        if (!_writers.TryGet(number, out writer))
        {
            return new Rejection(Reason.WriterUnknown, _writers.Count, number);
        }

        if (answeredThrough > writer.Floor)
        {
            writer.RaiseFloor(answeredThrough);
            rows.AddFloor(number, answeredThrough);
        }

        return null;
    }

    /// <summary>Applies chain after chain. True when all of it had been answered before.</summary>
    private bool ApplyTransfers(Writers.Writer writer, ReadOnlySpan<Transfer> transfers, Span<TransferAnswer> answers, BookRows rows)
    {
        var repeated = true;
        for (var start = 0; start < transfers.Length;)
        {
            var end = start;
            while (transfers[end].IsLinked)
            {
                end++;
            }

            repeated &= ApplyChain(writer, transfers, start, end, answers, rows);
            start = end + 1;
        }

        return repeated;
    }

    /// <summary>Applies transfers start…end, all or none. True when all had been answered before.</summary>
    private bool ApplyChain(
        Writers.Writer writer, ReadOnlySpan<Transfer> transfers, int start, int end, Span<TransferAnswer> answers, BookRows rows)
    {
        var failed = 0;
        var repeated = 0;
        for (var i = start; i <= end; i++)
        {
            ref readonly var asked = ref transfers[i];
            var free = asked.Writer == writer.Number ? writer.Check(asked, out answers[i]) : Reason.WriterUnknown;
            if (free == Reason.AlreadyAnswered)
            {
                repeated++;
            }
            else if (free != Reason.None)
            {
                failed++;
            }
        }

        if (repeated == end - start + 1)
        {
            return true;
        }

        if (failed > 0 || repeated > 0)
        {
            // An id that was never free is not remembered: the id belongs to the transfer that took it.
            for (var i = start; i <= end; i++)
            {
                var free = transfers[i].Writer == writer.Number ? writer.Check(transfers[i], out _) : Reason.WriterUnknown;
                var fits = free is Reason.None or Reason.AlreadyAnswered;
                answers[i] = new TransferAnswer(!fits ? free : repeated > 0 ? Reason.IdReused : Reason.LinkedFailed, 0);
            }

            return false;
        }

        if (start == end && IsPlain(transfers[start]))
        {
            var plain = transfers[start];
            answers[start] = ApplyPlain(ref plain, rows);
            writer.Remember(plain.Sequence, transfers[start].Fingerprint(), answers[start]);
            return false;
        }

        ApplyFresh(writer, transfers, start, end, answers, rows);
        return false;
    }

    private void ApplyFresh(
        Writers.Writer writer, ReadOnlySpan<Transfer> transfers, int start, int end, Span<TransferAnswer> answers, BookRows rows)
    {
        // The rows wait apart until the whole chain holds: a pool may have paid its member before a later transfer fails.
        var staged = _staging.Clear();
        var before = (Sequence, Own: _ownSequence[PoolWriter]);
        Begin();
        var failed = -1;
        for (var i = start; i <= end && failed < 0; i++)
        {
            var transfer = transfers[i];
            answers[i] = ApplyOne(ref transfer, staged);
            failed = answers[i].Applied ? -1 : i;
        }

        if (failed >= 0)
        {
            Rollback();
            Sequence = before.Sequence;
            _ownSequence[PoolWriter] = before.Own;
            FailOthers(answers, start, end, failed, Reason.LinkedFailed);
        }
        else
        {
            Commit();
            rows.Append(staged);
        }

        for (var i = start; i <= end; i++)
        {
            var asked = transfers[i];
            writer.Remember(asked.Sequence, asked.Fingerprint(), answers[i]);
            if (!answers[i].Applied)
            {
                rows.AddTransfer(asked with { Result = answers[i].Result });
            }
        }
    }

    private static void FailOthers(Span<TransferAnswer> answers, int start, int end, int failed, Reason reason)
    {
        for (var i = start; i <= end; i++)
        {
            if (i != failed)
            {
                answers[i] = new TransferAnswer(reason, 0);
            }
        }
    }

    private Rejection Explain(in Transfer transfer, Reason reason) => reason == Reason.InsufficientFunds
        ? new Rejection(reason, BalanceOf(transfer.Debit, transfer.Asset).Available, (Int128)transfer.Amount, transfer.Debit.ToString())
        : new Rejection(reason, 0, (Int128)transfer.Amount, transfer.Credit.ToString());

    private BookReply Refuse(Rejection rejection) => new(rejection, [], Sequence);

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

    private void Accept(CommandRecord command, CommandAnswer answer)
    {
        _commands.Touch(command.Digest) = answer;
        _nonces.Touch(new NonceKey(command.Account, command.Nonce)) = command.Digest;
    }

    internal readonly record struct CommandAnswer(ImmutableArray<TransferAnswer> Answers, ulong Sequence);

    internal readonly record struct NonceKey(Address Account, UInt128 Nonce);

    internal readonly record struct NoteStream(ulong Count, ImmutableArray<byte> Last);

    internal readonly record struct MemberKey(AccountId Pool, AccountId Member);
}
