using System.Collections.Immutable;
using Gaib.Domain.Revenue;

namespace Gaib.Domain.Money;

/// <summary>
/// One row of a snapshot, read without making a book of it, for whoever compares snapshots. Two rows are equal when all their fields are.
/// </summary>
internal abstract record SnapshotRow(SnapshotSection Section)
{
    /// <summary>What the row is of; no two rows of a section share it.</summary>
    public abstract object Key { get; }

    /// <summary>Reads the rows of a snapshot's parts in order, as they are asked for.</summary>
    /// <exception cref="InvalidOperationException">The parts are of another version, of an unknown kind, cut short, or too long.</exception>
    public static IEnumerable<SnapshotRow> Read(IEnumerable<ReadOnlyMemory<byte>> parts)
    {
        var (last, version) = (default(SnapshotSection), 0U);
        foreach (var part in parts)
        {
            version = version == 0 ? VersionOf(part) : version;
            last = SectionOf(part, version);
            foreach (var row in ReadPart(part, last))
            {
                yield return row;
            }
        }

        if (last != SnapshotSection.End)
        {
            throw new InvalidOperationException("The snapshot is cut short.");
        }
    }

    private static List<SnapshotRow> ReadPart(ReadOnlyMemory<byte> part, SnapshotSection section)
    {
        var from = new RowReader(part.Span[sizeof(uint)..]);
        var count = from.UInt32();
        var rows = new List<SnapshotRow>();
        for (var i = 0; i < count; i++)
        {
            rows.Add(ReadOne(section, ref from));
        }

        return from.AtEnd ? rows : throw new InvalidOperationException($"A part of the kind {section} has more bytes than rows.");
    }

    /// <summary>The head begins with the version.</summary>
    private static uint VersionOf(ReadOnlyMemory<byte> head) => new RowReader(head.Span[(2 * sizeof(uint))..]).UInt32();

    private static SnapshotSection SectionOf(ReadOnlyMemory<byte> part, uint version) =>
        FrozenBook.SectionOf(new RowReader(part.Span).UInt32(), version);

    private static SnapshotRow ReadOne(SnapshotSection section, ref RowReader from) => section switch
    {
        SnapshotSection.Head => SnapshotHead.From(ref from),
        SnapshotSection.Assets => SnapshotAsset.From(ref from),
        SnapshotSection.Balances => new SnapshotBalance(
            new BalanceKey(from.Account(), new AssetId(from.UInt64())), new Balance(from.UInt128(), from.UInt128(), from.UInt128(), from.UInt128())),
        SnapshotSection.Reservations => new SnapshotReservation(
            from.UInt128(), from.Account(), from.Account(), new AssetId(from.UInt64()), from.UInt128(), from.Int64(), from.UInt32()),
        SnapshotSection.Pools => new SnapshotPool(from.Account(), new PoolState
        {
            Acc = from.UInt128(),
            Rem = from.UInt64(),
            Unallocated = from.UInt128(),
            Fed = from.UInt128(),
            Weight = from.UInt64(),
            Asset = new AssetId(from.UInt64()),
        }),
        SnapshotSection.Members => new SnapshotMember(new Book.MemberKey(from.Account(), from.Account()), new PoolMember
        {
            Weight = from.UInt64(),
            Accrued = from.UInt128(),
            Fraction = from.UInt64(),
            PaidAcc = from.UInt128(),
            Collected = from.UInt128(),
        }),
        SnapshotSection.Commands => SnapshotCommand.From(ref from),
        SnapshotSection.Nonces => new SnapshotNonce(new Book.NonceKey(from.Address(), from.UInt128()), from.Hash()),
        SnapshotSection.Notes => new SnapshotNotes(from.Hash(), from.UInt64(), Keccak.Hash(from.Bytes())),
        SnapshotSection.Sent => new SnapshotSent(new Book.EdgeKey(from.UInt32(), from.Account()), from.UInt128(), from.Hash()),
        SnapshotSection.Seen => new SnapshotSeen(new Book.EdgeKey(from.UInt32(), from.Account()), from.UInt128()),
        SnapshotSection.Writers => SnapshotWriter.From(from.Hash(), 0, ref from),
        SnapshotSection.Ephemeral => SnapshotWriter.From(Hash32.Zero, from.UInt64(), ref from),
        _ => throw new InvalidOperationException($"The snapshot has a part of the unknown kind {section}."),
    };
}

/// <summary>The totals of the whole book.</summary>
internal sealed record SnapshotHead(ulong Sequence, long LastAt, ImmutableArray<ulong> Own, ulong NextEphemeral) : SnapshotRow(SnapshotSection.Head)
{
    public override object Key => 0;

    public static SnapshotHead From(ref RowReader from)
    {
        var version = FrozenBook.Readable(from.UInt32());
        var (sequence, at) = (from.UInt64(), from.Int64());
        var own = ImmutableArray.CreateBuilder<ulong>();
        while (own.Count < (int)Writers.FirstIssued)
        {
            own.Add(from.UInt64());
        }

        var next = version < FrozenBook.VersionWithEphemeral ? Writers.FirstEphemeral : from.UInt64();

        // How many balances, members and commands follow: hints of size for whoever makes a book.
        from.Take(3 * sizeof(uint));
        return new SnapshotHead(sequence, at, own.ToImmutable(), next);
    }
}

internal sealed record SnapshotAsset(AssetRecord Asset) : SnapshotRow(SnapshotSection.Assets)
{
    public override object Key => Asset.Asset;

    public static SnapshotAsset From(ref RowReader from)
    {
        var (asset, pool, frozen, cause) = (new AssetId(from.UInt64()), from.Account(), from.UInt64(), from.Hash());
        return frozen <= 1
            ? new SnapshotAsset(new AssetRecord(asset, pool, frozen == 1, cause))
            : throw new InvalidOperationException($"The snapshot says of {asset} neither that it is frozen nor that it is not.");
    }
}

internal sealed record SnapshotBalance(BalanceKey Of, Balance Balance) : SnapshotRow(SnapshotSection.Balances)
{
    public override object Key => Of;
}

internal sealed record SnapshotReservation(
    UInt128 Id, AccountId Debit, AccountId Credit, AssetId Asset, UInt128 Amount, long ExpiresAt, uint ResolvedBy)
    : SnapshotRow(SnapshotSection.Reservations)
{
    public override object Key => Id;
}

internal sealed record SnapshotPool(AccountId Account, PoolState State) : SnapshotRow(SnapshotSection.Pools)
{
    public override object Key => Account;
}

internal sealed record SnapshotMember(Book.MemberKey Of, PoolMember State) : SnapshotRow(SnapshotSection.Members)
{
    public override object Key => Of;
}

/// <summary>A command, with keccak256 of its answers' amounts.</summary>
internal sealed record SnapshotCommand(Hash32 Digest, ulong Sequence, Hash32 Answers) : SnapshotRow(SnapshotSection.Commands)
{
    public override object Key => Digest;

    public static SnapshotCommand From(ref RowReader from)
    {
        var (digest, sequence, count) = (from.Hash(), from.UInt64(), from.UInt32());
        return new SnapshotCommand(digest, sequence, Keccak.Hash(from.Take(checked((int)count * 16))));
    }
}

internal sealed record SnapshotNonce(Book.NonceKey Of, Hash32 Digest) : SnapshotRow(SnapshotSection.Nonces)
{
    public override object Key => Of;
}

/// <summary>A stream of notes: how many, and keccak256 of the last.</summary>
internal sealed record SnapshotNotes(Hash32 Stream, ulong Count, Hash32 Last) : SnapshotRow(SnapshotSection.Notes)
{
    public override object Key => Stream;
}

/// <summary>What has left for an account of another book.</summary>
internal sealed record SnapshotSent(Book.EdgeKey Of, UInt128 Total, Hash32 Cause) : SnapshotRow(SnapshotSection.Sent)
{
    public override object Key => Of;
}

/// <summary>What has arrived from another book for an account of this one.</summary>
internal sealed record SnapshotSeen(Book.EdgeKey Of, UInt128 Total) : SnapshotRow(SnapshotSection.Seen)
{
    public override object Key => Of;
}

/// <summary>A writer with its name, or an ephemeral one with its number, with the sequences above its floor that were answered and keccak256 of the answers.</summary>
internal sealed record SnapshotWriter(Hash32 Name, ulong Number, ulong Floor, ImmutableArray<ulong> Answered, Hash32 Answers)
    : SnapshotRow(Number == 0 ? SnapshotSection.Writers : SnapshotSection.Ephemeral)
{
    private const int AnswerBytes = 36;

    public override object Key => Number == 0 ? Name : Number;

    public bool Equals(SnapshotWriter? other) =>
        other is not null && Name == other.Name && Number == other.Number && Floor == other.Floor && Answers == other.Answers && Answered.SequenceEqual(other.Answered);

    public override int GetHashCode() => HashCode.Combine(Name, Number);

    public static SnapshotWriter From(Hash32 name, ulong number, ref RowReader from)
    {
        var (floor, count) = (from.UInt64(), checked((int)from.UInt32()));
        var answers = from.Take(checked(count * AnswerBytes));
        var answered = ImmutableArray.CreateBuilder<ulong>(count);
        for (var i = 0; i < count; i++)
        {
            answered.Add(new RowReader(answers[(i * AnswerBytes)..]).UInt64());
        }

        return new SnapshotWriter(name, number, floor, answered.MoveToImmutable(), Keccak.Hash(answers));
    }
}
