using Gaib.Domain.Revenue;

namespace Gaib.Domain.Money;

/// <summary>What a part of a snapshot holds. The numbers are part of its form.</summary>
internal enum SnapshotSection : uint
{
    Head = 1,
    Assets = 2,
    Balances = 3,
    Reservations = 4,
    Pools = 5,
    Members = 6,
    Commands = 7,
    Nonces = 8,
    Notes = 9,
    Sent = 10,
    Seen = 11,
    Writers = 12,
    Ephemeral = 13,
    End = 14,
}

/// <summary>A book's state at one moment. It doesn't change, whatever the book does meanwhile.</summary>
public sealed class FrozenBook
{
    /// <summary>Version of the form of <see cref="Parts"/>.</summary>
    public const uint Version = 4;

    /// <summary>The first version that knows writers without a name. Fingerprints of what was answered are others since then, too.</summary>
    internal const uint VersionWithEphemeral = 4;

    /// <summary>The oldest version that is still read. It had no totals between books, and other fingerprints of what was answered.</summary>
    internal const uint VersionMin = 2;

    // Below what the runtime takes for a large object: parts come and go with the youngest generation.
    private const int PartBytes = 1 << 16;

    private readonly long _lastAt;
    private readonly ulong[] _ownSequence;
    private readonly AssetRecord[] _assets;
    private readonly FrozenTable<BalanceKey, Balance> _balances;
    private readonly FrozenTable<UInt128, Reservation> _reservations;
    private readonly FrozenTable<AccountId, PoolState> _pools;
    private readonly FrozenTable<Book.MemberKey, Book.MemberRow> _members;
    private readonly FrozenTable<Hash32, Book.CommandAnswer> _commands;
    private readonly FrozenTable<Book.NonceKey, Hash32> _nonces;
    private readonly FrozenTable<Hash32, Book.NoteStream> _notes;
    private readonly FrozenTable<Book.EdgeKey, Book.SentTotal> _sent;
    private readonly FrozenTable<Book.EdgeKey, UInt128> _seen;
    private readonly Writers.Frozen[] _writers;
    private readonly ulong _nextEphemeral;

    internal FrozenBook(
        ulong sequence,
        long lastAt,
        ulong[] ownSequence,
        AssetRecord[] assets,
        FrozenTable<BalanceKey, Balance> balances,
        FrozenTable<UInt128, Reservation> reservations,
        FrozenTable<AccountId, PoolState> pools,
        FrozenTable<Book.MemberKey, Book.MemberRow> members,
        FrozenTable<Hash32, Book.CommandAnswer> commands,
        FrozenTable<Book.NonceKey, Hash32> nonces,
        FrozenTable<Hash32, Book.NoteStream> notes,
        FrozenTable<Book.EdgeKey, Book.SentTotal> sent,
        FrozenTable<Book.EdgeKey, UInt128> seen,
        Writers.Frozen[] writers,
        ulong nextEphemeral)
    {
        (Sequence, _lastAt, _ownSequence, _assets, _balances, _reservations) = (sequence, lastAt, ownSequence, assets, balances, reservations);
        (_pools, _members, _commands, _nonces, _notes, _sent, _seen, _writers) = (pools, members, commands, nonces, notes, sent, seen, writers);
        _nextEphemeral = nextEphemeral;
    }

    /// <summary>How many transfers the book had applied.</summary>
    public ulong Sequence { get; }

    /// <summary>
    /// The state in parts of about 64 KiB, made as they are asked for: kind u32, number of rows u32, rows. <see cref="Book.Thaw"/> reads them.
    /// </summary>
    public IEnumerable<ReadOnlyMemory<byte>> Parts()
    {
        var body = new RowBody();
        var named = _writers.TakeWhile(writer => writer.Number < Writers.FirstEphemeral).ToArray();
        var ephemeral = _writers.Skip(named.Length).OrderBy(writer => writer.Number).ToArray();
        var reservations = Reservations(named, ephemeral.ToDictionary(writer => writer.Number, writer => writer.Floor));
        return Rows(body, SnapshotSection.Head, 1, _ => WriteHead(body))
            .Concat(Rows(body, SnapshotSection.Assets, _assets.Length, i => Write(body, _assets[i])))
            .Concat(Rows(body, SnapshotSection.Balances, _balances.Count, i =>
                Write(body.Write(_balances.KeyAt(i).Account).Write(_balances.KeyAt(i).Asset.Value), _balances[i])))
            .Concat(Rows(body, SnapshotSection.Reservations, reservations.Length, i =>
                Write(body.Write(_reservations.KeyAt(reservations[i])), _reservations[reservations[i]])))
            .Concat(Rows(body, SnapshotSection.Pools, _pools.Count, i => Write(body.Write(_pools.KeyAt(i)), _pools[i])))
            .Concat(Rows(body, SnapshotSection.Members, _members.Count, i =>
                Write(body.Write(_members.KeyAt(i).Pool).Write(_members.KeyAt(i).Member), _members[i].Member)))
            .Concat(Rows(body, SnapshotSection.Commands, _commands.Count, i => Write(body.Write(_commands.KeyAt(i)), _commands[i])))
            .Concat(Rows(body, SnapshotSection.Nonces, _nonces.Count, i =>
                body.Write(_nonces.KeyAt(i).Account).Write(_nonces.KeyAt(i).Nonce).Write(_nonces[i])))
            .Concat(Rows(body, SnapshotSection.Notes, _notes.Count, i =>
                body.Write(_notes.KeyAt(i)).Write(_notes[i].Count).Write(_notes[i].Last.AsSpan())))
            .Concat(Rows(body, SnapshotSection.Sent, _sent.Count, i =>
                body.Write(_sent.KeyAt(i).Peer).Write(_sent.KeyAt(i).Account).Write(_sent[i].Total).Write(_sent[i].Cause)))
            .Concat(Rows(body, SnapshotSection.Seen, _seen.Count, i => body.Write(_seen.KeyAt(i).Peer).Write(_seen.KeyAt(i).Account).Write(_seen[i])))
            .Concat(Rows(body, SnapshotSection.Writers, named.Length, i => Write(body.Write(named[i].Name), named[i])))
            .Concat(Rows(body, SnapshotSection.Ephemeral, ephemeral.Length, i => Write(body.Write(ephemeral[i].Number), ephemeral[i])))
            .Append(body.Clear().Write((uint)SnapshotSection.End).Write(0U).Written.ToArray());
    }

    /// <summary>The section that a number stood for in a version.</summary>
    internal static SnapshotSection SectionOf(uint number, uint version) => (version, number) switch
    {
        (VersionMin, 10) => SnapshotSection.Writers,
        (VersionMin, 11) => SnapshotSection.End,
        (VersionMin, > 11) => (SnapshotSection)uint.MaxValue,
        (3, 13) => SnapshotSection.End,
        (3, > 13) => (SnapshotSection)uint.MaxValue,
        _ => (SnapshotSection)number,
    };

    /// <summary>The version, where this program reads it.</summary>
    /// <exception cref="InvalidOperationException">It does not.</exception>
    internal static uint Readable(uint version) => version is >= VersionMin and <= Version
        ? version
        : throw new InvalidOperationException($"The snapshot has version {version}; this program reads {Version}.");

    private static IEnumerable<ReadOnlyMemory<byte>> Rows(RowBody body, SnapshotSection section, int count, Action<int> write)
    {
        for (var next = 0; next < count;)
        {
            body.Clear().Write((uint)section).Write(0U);
            var first = next;
            while (next < count && body.Written.Length < PartBytes)
            {
                write(next++);
            }

            var part = body.Written.ToArray();
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(part.AsSpan(4), (uint)(next - first));
            yield return part;
        }
    }

    /// <summary>Those of which the book must know, by id: which others it still has depends on when it looked for them.</summary>
    private int[] Reservations(Writers.Frozen[] named, Dictionary<ulong, ulong> ephemeral)
    {
        return [.. Enumerable.Range(0, _reservations.Count).Where(i => _reservations[i].Open || !IsPast(_reservations.KeyAt(i))).OrderBy(i => _reservations.KeyAt(i))];

        bool IsPast(UInt128 id) => Book.IsPast(id, _ownSequence[Book.CommandWriter], _nextEphemeral, FloorOf);
        ulong? FloorOf(ulong writer) => writer >= Writers.FirstEphemeral
            ? ephemeral.TryGetValue(writer, out var floor) ? floor : null
            : writer >= Writers.FirstIssued && writer - Writers.FirstIssued < (ulong)named.Length ? named[writer - Writers.FirstIssued].Floor : null;
    }

    private void WriteHead(RowBody to)
    {
        to.Write(Version).Write(Sequence).Write(_lastAt);
        foreach (var own in _ownSequence)
        {
            to.Write(own);
        }

        to.Write(_nextEphemeral).Write((uint)_balances.Count).Write((uint)_members.Count).Write((uint)_commands.Count);
    }

    private static void Write(RowBody to, AssetRecord a) =>
        to.Write(a.Asset.Value).Write(a.Pool).Write(a.Frozen ? 1UL : 0UL).Write(a.Cause);

    private static void Write(RowBody to, in Balance b) =>
        to.Write(b.DebitsPosted).Write(b.CreditsPosted).Write(b.DebitsPending).Write(b.CreditsPending);

    private static void Write(RowBody to, in Reservation r) =>
        to.Write(r.Debit).Write(r.Credit).Write(r.Asset.Value).Write(r.Amount).Write(r.ExpiresAt).Write((uint)r.ResolvedBy);

    private static void Write(RowBody to, in PoolState p) =>
        to.Write(p.Acc).Write(p.Rem).Write(p.Unallocated).Write(p.Fed).Write(p.Weight).Write(p.Asset.Value);

    private static void Write(RowBody to, in PoolMember m) =>
        to.Write(m.Weight).Write(m.Accrued).Write(m.Fraction).Write(m.PaidAcc).Write(m.Collected);

    private static void Write(RowBody to, in Book.CommandAnswer answer)
    {
        to.Write(answer.Sequence).Write((uint)answer.Answers.Length);
        foreach (var one in answer.Answers)
        {
            to.Write(one.Amount);
        }
    }

    private static void Write(RowBody to, Writers.Frozen writer)
    {
        to.Write(writer.Floor);
        var answers = writer.Answers.ToArray();
        to.Write((uint)answers.Length);
        foreach (var answer in answers)
        {
            to.Write(answer.Sequence).Write(answer.Fingerprint).Write((uint)answer.Answer.Result).Write(answer.Answer.Amount);
        }
    }
}
