using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Gaib.Domain.Revenue;

namespace Gaib.Domain.Money;

/// <summary>
/// One book: accounts, reservations, pools, and the memory of what was answered. A deterministic state machine for one thread: the
/// same requests at the same times give the same rows and answers. It checks and applies in memory; whoever hosts it makes the rows
/// durable before anybody hears the answers.
/// </summary>
/// <param name="place">Which of the network's books it is; left out, the only one.</param>
public sealed partial class Book(BookPlace place = default)
{
    private readonly Table<BalanceKey, Balance> _balances = new();
    private readonly Table<UInt128, Reservation> _reservations = new();
    private readonly Table<AccountId, PoolState> _pools = new();
    private readonly Table<MemberKey, MemberRow> _members = new();
    private readonly Table<AccountId, MemberList> _membersOfPool = new();
    private readonly Table<AccountId, MemberList> _poolsOfMember = new();
    private readonly Dictionary<AssetId, AssetRecord> _assets = [];
    private readonly Table<Hash32, CommandAnswer> _commands = new();
    private readonly Table<NonceKey, Hash32> _nonces = new();
    private readonly Table<Hash32, NoteStream> _notes = new();
    private readonly PriorityQueue<UInt128, (long At, UInt128 Id)> _expiries = new();
    private readonly Writers _writers = new();
    private readonly BookRows _staging = new();
    private readonly ulong[] _ownSequence = new ulong[(int)Writers.FirstIssued];

    internal const ulong CommandWriter = 1;
    private const ulong PoolWriter = 2;
    private const ulong ExpiryWriter = 3;
    private const ulong EdgeWriter = 4;

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
        if (!request.IsWhole)
        {
            return Refuse(new Rejection(Reason.BatchInvalid, Subject: "request"));
        }

        if (request.Transfers.Length > BookRequest.TransfersMax
            || (request.Transfers is [.., var last] && last.IsLinked))
        {
            return Refuse(new Rejection(Reason.BatchInvalid, BookRequest.TransfersMax, request.Transfers.Length));
        }

        if (CheckAssets(request.Assets) is { } refused)
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

    /// <summary>
    /// Issues a writer without a name. It is forgotten when it is closed or has sent nothing for a day; what it sends then is refused as
    /// unknown, and never applied.
    /// </summary>
    public ulong OpenEphemeralWriter(long now, BookRows rows)
    {
        LastAt = long.Max(LastAt, now);
        ExpireDue(rows);
        foreach (var idle in _writers.TakeIdle(LastAt))
        {
            CloseWriter(idle, rows);
        }

        var number = _writers.OpenEphemeral(_writers.NextEphemeral, LastAt).Number;
        rows.AddEphemeralWriter(number);
        return number;
    }

    /// <summary>Forgets an ephemeral writer; without an effect on any other one.</summary>
    /// <returns>False where there is none.</returns>
    public bool CloseWriter(ulong number, BookRows rows)
    {
        var ended = _writers.End(number);
        if (ended)
        {
            rows.AddWriterEnd(number);
        }

        return ended;
    }

    private BookReply ApplyCommand(BookRequest request, CommandRecord command, BookRows rows)
    {
        if (_commands.Find(command.Digest) is >= 0 and var index)
        {
            var known = _commands[index];
            return new BookReply(null, known.Answers, known.Sequence, Repeated: true);
        }

        if ((CheckCommand(command) ?? CheckNotes(request.Notes)) is { } refused)
        {
            return Refuse(refused);
        }

        // The rows are staged apart, because a refused command leaves no trace: its signer may retry it once it has the funds.
        var staged = _staging.Clear();
        var answers = ImmutableArray.CreateBuilder<TransferAnswer>(request.Transfers.Length);
        var before = (Sequence, Own: _ownSequence.ToArray());
        Begin();
        var added = RegisterNew(request.Assets);
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
                Unregister(added);
                Sequence = before.Sequence;
                before.Own.CopyTo(_ownSequence, 0);
                return Refuse(explained);
            }

            answers.Add(answer);
        }

        Commit();
        var taken = new CommandAnswer(answers.DrainToImmutable(), before.Sequence + 1);
        added.ForEach(rows.AddAsset);
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
        if (CheckNotes(request.Notes) is { } misplaced && !IsRepeated(request))
        {
            return Refuse(misplaced);
        }

        var number = request.WriterName.IsZero ? request.Writer : OpenWriter(request.WriterName, rows);
        if (RaiseFloor(number, request.AnsweredThrough, rows, out var writer) is { } refused)
        {
            return Refuse(refused);
        }

        var transfers = request.WriterName.IsZero ? request.Transfers : WrittenBy(number, request.Transfers);
        RegisterNew(request.Assets).ForEach(rows.AddAsset);
        CollectAll(request.Collects, rows);
        var settledTo = request.Settle is { } settle ? SettlePage(settle, rows) : 0;
        var answers = new TransferAnswer[transfers.Length];
        var repeated = ApplyTransfers(writer, transfers.AsSpan(), answers, rows);
        if ((answers.Length == 0 || !repeated) && answers.All(a => a.Applied))
        {
            KeepNotes(request.Notes, rows);
        }

        return new BookReply(
            null, ImmutableCollectionsMarshal.AsImmutableArray(answers), Sequence, repeated && answers.Length > 0, settledTo);
    }

    /// <summary>The ids of a writer that was named say its sequences alone; one that says another writer stays, and is refused.</summary>
    private static ImmutableArray<Transfer> WrittenBy(ulong number, ImmutableArray<Transfer> transfers) =>
        [.. transfers.Select(transfer => transfer.Writer == 0 ? transfer with { Id = Transfer.IdOf(number, transfer.Sequence) } : transfer)];

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
        var isOpen = transfers is [.., var last] && last.IsLinked;
        if (BeginBatch(writer, answeredThrough, (transfers.Length, isOpen), now, rows, out var known) is { } refused)
        {
            return refused;
        }

        ApplyTransfers(known, transfers, answers, rows);
        return null;
    }

    private Rejection? BeginBatch(
        ulong writer, ulong answeredThrough, (int Count, bool IsOpen) batch, long now, BookRows rows, out Writers.Writer known)
    {
        LastAt = long.Max(LastAt, now);
        ExpireDue(rows);
        known = null!;
        return batch.Count > BookRequest.TransfersMax || batch.IsOpen
            ? new Rejection(Reason.BatchInvalid, BookRequest.TransfersMax, batch.Count)
            : RaiseFloor(writer, answeredThrough, rows, out known);
    }

    private Rejection? RaiseFloor(ulong number, ulong answeredThrough, BookRows rows, out Writers.Writer writer)
    {
        if (!_writers.TryGet(number, out writer))
        {
            return new Rejection(Reason.WriterUnknown, _writers.Count, number);
        }

        writer.UsedAt = LastAt;
        if (answeredThrough > writer.Floor)
        {
            writer.RaiseFloor(answeredThrough);
            rows.AddFloor(number, answeredThrough);
        }

        return null;
    }

    private Rejection Explain(in Transfer transfer, Reason reason) => reason == Reason.InsufficientFunds
        ? new Rejection(reason, BalanceOf(transfer.Debit, transfer.Asset).Available, (Int128)transfer.Amount, transfer.Debit.ToString())
        : new Rejection(reason, 0, (Int128)transfer.Amount, transfer.Credit.ToString());

    private BookReply Refuse(Rejection rejection) => new(rejection, [], Sequence);

    private void Accept(CommandRecord command, CommandAnswer answer)
    {
        _commands.Touch(command.Digest) = answer;
        _nonces.Touch(new NonceKey(command.Account, command.Nonce)) = command.Digest;
    }

    internal readonly record struct CommandAnswer(ImmutableArray<TransferAnswer> Answers, ulong Sequence);

    internal readonly record struct NonceKey(Address Account, UInt128 Nonce);

    internal readonly record struct NoteStream(ulong Count, ImmutableArray<byte> Last);
}
