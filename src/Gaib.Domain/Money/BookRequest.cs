using System.Collections.Immutable;

namespace Gaib.Domain.Money;

/// <summary>A person's signed intent as the book keeps it: enough to recompute its EIP-712 digest and recover the signer.</summary>
/// <param name="Digest">EIP-712 digest; the cause of every transfer that the command makes.</param>
/// <param name="Account">Whose value or rights it moves.</param>
/// <param name="Signer">Whose key signed: the account itself, or a session key that it authorised.</param>
/// <param name="Nonce">Unordered; each account uses each nonce once.</param>
/// <param name="Deadline">Unix milliseconds after which the command is void.</param>
/// <param name="Type">EIP-712 struct name.</param>
/// <param name="Payload">The members as one JSON object in the struct's order.</param>
/// <param name="Signature">65 bytes r‖s‖v.</param>
[GenerateSerializer, Immutable]
public sealed record CommandRecord(
    [property: Id(0)] Hash32 Digest,
    [property: Id(1)] Address Account,
    [property: Id(2)] Address Signer,
    [property: Id(3)] UInt128 Nonce,
    [property: Id(4)] long Deadline,
    [property: Id(5)] string Type,
    [property: Id(6)] string Payload,
    [property: Id(7)] ImmutableArray<byte> Signature);

/// <summary>An asset other than GAIB: whose income its holders share.</summary>
/// <param name="Asset">Its number.</param>
/// <param name="Pool">The pool whose members are the holders.</param>
/// <param name="Frozen">True where holders can't transfer it.</param>
/// <param name="Cause">The id of the model that it belongs to.</param>
[GenerateSerializer, Immutable]
public sealed record AssetRecord(
    [property: Id(0)] AssetId Asset,
    [property: Id(1)] AccountId Pool,
    [property: Id(2)] bool Frozen,
    [property: Id(3)] Hash32 Cause);

/// <summary>
/// Bytes that another room keeps in the journal, in one piece with the transfers that they explain: receipts, acknowledgements. The
/// book counts them by stream and remembers the last, and otherwise leaves them alone.
/// </summary>
/// <param name="Stream">Whose: a session's id, for one.</param>
/// <param name="Bytes">At most <see cref="BytesMax"/>; the room's own format.</param>
/// <param name="At">
/// How many notes the stream has before this one. Where it has another number the request is refused whole: whoever sent it has missed
/// what somebody else noted. Null where it may stand anywhere. A journal's rows do not say it.
/// </param>
[GenerateSerializer, Immutable]
public sealed record Note(
    [property: Id(0)] Hash32 Stream, [property: Id(1)] ImmutableArray<byte> Bytes, [property: Id(2)] ulong? At = null)
{
    /// <summary>The most bytes of one note; a book refuses a larger one. It keeps the last of each stream in memory and in snapshots.</summary>
    public const int BytesMax = 4 << 20;
}

/// <summary>
/// What a caller asks of a book in one piece. With a command, all transfers succeed or the whole request leaves no trace. Without
/// one, each transfer is answered by itself, but for linked ones. Notes are kept only if every transfer was applied.
/// </summary>
[GenerateSerializer, Immutable]
public sealed record BookRequest
{
    /// <summary>The most transfers in one request.</summary>
    public const int TransfersMax = 8190;

    /// <summary>The caller's writer number; 0 where every transfer belongs to the command.</summary>
    [Id(0)] public ulong Writer { get; init; }

    /// <summary>
    /// The writer's name in place of its number: the book gives it a number with the request if it has none yet. The ids of the transfers are
    /// the writer's sequences alone then, and the book puts its number before them. Zero where the writer is given by its number.
    /// </summary>
    [Id(8)] public Hash32 WriterName { get; init; }

    /// <summary>The caller has seen every answer below this sequence.</summary>
    [Id(1)] public ulong AnsweredThrough { get; init; }

    /// <summary>The command that causes the transfers, or null.</summary>
    [Id(2)] public CommandRecord? Command { get; init; }

    /// <summary>Assets to register first.</summary>
    [Id(3)] public ImmutableArray<AssetRecord> Assets { get; init; } = [];

    /// <summary>The transfers, in order. Under a command their ids are assigned by the book.</summary>
    [Id(4)] public ImmutableArray<Transfer> Transfers { get; init; } = [];

    /// <summary>
    /// Pools that pay a member all they owe it, before the transfers. A collect gives each member its own and nobody else's, and
    /// finds nothing the second time, so the book itself gives it an id.
    /// </summary>
    [Id(6)] public ImmutableArray<PoolCollect> Collects { get; init; } = [];

    /// <summary>Members of one pool that are paid all it owes them, after the collects and before the transfers; null for none.</summary>
    [Id(7)] public PoolSettle? Settle { get; init; }

    /// <summary>Kept beside the transfers.</summary>
    [Id(5)] public ImmutableArray<Note> Notes { get; init; } = [];

    /// <summary>False where a part is missing that a request made in this program can't lack, or a note is too large; a book refuses it.</summary>
    public bool IsWhole =>
        !Assets.IsDefault && !Transfers.IsDefault && !Collects.IsDefault && !Notes.IsDefault
        && Assets.All(asset => asset is not null)
        && Notes.All(note => note is { Bytes: { IsDefault: false, Length: <= Note.BytesMax } })
        && Command is null or { Type: not null, Payload: not null, Signature.IsDefault: false };
}

/// <summary>A pool and the member that it pays.</summary>
/// <param name="Pool">The pool.</param>
/// <param name="Member">Its member.</param>
[GenerateSerializer, Immutable]
public readonly record struct PoolCollect([property: Id(0)] AccountId Pool, [property: Id(1)] AccountId Member);

/// <summary>
/// A page of a pool's members, each to be paid all that the pool owes it. Asked for again it pays what has come since, so that a payout
/// that was cut short goes on from any page.
/// </summary>
/// <param name="Pool">The pool.</param>
/// <param name="From">0 for the first page, else <see cref="BookReply.SettledTo"/> of the page before.</param>
/// <param name="Max">The most members in the page, from 1 to <see cref="MembersMax"/>.</param>
[GenerateSerializer, Immutable]
public sealed record PoolSettle([property: Id(0)] AccountId Pool, [property: Id(1)] int From, [property: Id(2)] int Max)
{
    /// <summary>The most members in one page.</summary>
    public const int MembersMax = 16_384;
}

/// <summary>What a book answers.</summary>
/// <param name="Result">None, or why the whole request was refused.</param>
/// <param name="Answers">One answer a transfer; empty when the whole request was refused.</param>
/// <param name="Sequence">The book's transfer sequence after this request; a command's position.</param>
/// <param name="Repeated">True when all of it had been answered before.</param>
/// <param name="SettledTo">Where the next page of <see cref="BookRequest.Settle"/> begins; 0 after the last one.</param>
[GenerateSerializer, Immutable]
public sealed record BookReply(
    [property: Id(0)] Rejection? Result,
    [property: Id(1)] ImmutableArray<TransferAnswer> Answers,
    [property: Id(2)] ulong Sequence,
    [property: Id(3)] bool Repeated = false,
    [property: Id(4)] int SettledTo = 0)
{
    /// <summary>True when the request was taken and every transfer applied.</summary>
    public bool Applied => Result is null && Answers.All(a => a.Applied);

    /// <summary>Why not, if not: the request's own rejection, or the first transfer's.</summary>
    public Rejection? Rejection => Result ?? Answers.Where(a => !a.Applied).Select(a => new Rejection(a.Result)).FirstOrDefault();
}
