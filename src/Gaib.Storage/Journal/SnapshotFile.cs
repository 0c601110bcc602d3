using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using Gaib.Abstractions.Ports;

namespace Gaib.Storage.Journal;

/// <summary>
/// A snapshot on disk. Head of 64 bytes, little-endian: magic "GAIBSNAP", version u32, 0 u32, frame u64, offset u64, checksum of that
/// frame (16 bytes), XXH128 of the 48 bytes before (16 bytes). Then parts, each length u32, 0 u32, XXH128, bytes; its seed is the part's number
/// from 0, xor the first half of the head's checksum, so that parts of two snapshots can't be mixed (in version 2 the number alone). Then
/// a part of length 0 whose number is that of the parts. It is written under another name, flushed, read back and only then
/// renamed, so that a snapshot that has its name is whole unless the disk spoilt it later.
/// </summary>
internal static class SnapshotFile
{
    public const uint Version = 3;
    private const uint UnboundVersion = 2;
    private const int HeadBytes = 64;
    private const int PartHeadBytes = 24;
    private const int PartMax = 64 << 20;

    /// <summary>The snapshots' names.</summary>
    public static IReadOnlyList<string> NewestFirst(IJournalFiles files) =>
    [
        .. files.List().Where(name => name.StartsWith("snapshot-", StringComparison.Ordinal) && name.EndsWith(".snap", StringComparison.Ordinal))
            .OrderDescending(StringComparer.Ordinal),
    ];

    /// <summary>How the name of a snapshot ends that is still being written.</summary>
    public const string Unfinished = ".new";

    /// <summary>Writes a snapshot and reads it back.</summary>
    /// <returns>Its name.</returns>
    /// <exception cref="JournalUnavailableException">It does not read back as it was written.</exception>
    public static string Save(
        IJournalFiles files, JournalPosition position, UInt128 frameChecksum, IEnumerable<ReadOnlyMemory<byte>> parts, Action<JournalStep> onStep)
    {
        var name = NameOf(position);
        var temporary = name + Unfinished;
        try
        {
            Write(files, temporary, position, frameChecksum, parts, onStep);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // On a full disk half a snapshot would keep the space from the journal itself.
            files.Delete(temporary);
            throw;
        }

        onStep(JournalStep.BeforeSnapshotRename);
        files.Rename(temporary, name);
        onStep(JournalStep.AfterSnapshotRename);
        return name;
    }

    private static void Write(
        IJournalFiles files, string temporary, JournalPosition position, UInt128 frameChecksum, IEnumerable<ReadOnlyMemory<byte>> parts,
        Action<JournalStep> onStep)
    {
        files.Create(temporary, 0);
        Span<byte> head = stackalloc byte[HeadBytes];
        WriteHead(head, position, frameChecksum);
        files.Write(temporary, 0, head);
        var (at, number, salt) = ((long)HeadBytes, 0L, SaltOf(head));
        foreach (var part in parts)
        {
            at += WritePart(files, temporary, at, part.Span, salt ^ number++);
            onStep(JournalStep.AfterSnapshotPart);
        }

        WritePart(files, temporary, at, [], salt ^ number);
        files.Flush(temporary);
        var back = Open(files, temporary);
        if (back.Parts().Count() != number)
        {
            throw new JournalUnavailableException($"{Path.Combine(files.Place, temporary)} does not read back as it was written.");
        }
    }

    /// <summary>Opens a snapshot; its parts are checked as they are read.</summary>
    /// <exception cref="JournalUnavailableException">Its head is damaged, or of a version that this program does not know.</exception>
    public static StoredSnapshot Open(IJournalFiles files, string name)
    {
        Span<byte> head = stackalloc byte[HeadBytes];
        var read = files.Read(name, 0, head);
        if (read < HeadBytes || !head[..8].SequenceEqual("GAIBSNAP"u8)
            || XxHash128.HashToUInt128(head[..48]) != BinaryPrimitives.ReadUInt128LittleEndian(head[48..]))
        {
            throw Damaged(files, name, 0);
        }

        var version = BinaryPrimitives.ReadUInt32LittleEndian(head[8..]);
        if (version is < UnboundVersion or > Version)
        {
            throw new JournalUnavailableException(
                $"{Path.Combine(files.Place, name)} is a snapshot of version {version}; this program reads {UnboundVersion} to {Version}. "
                + "Remove it to start from the journal.");
        }

        var position = new JournalPosition(
            BinaryPrimitives.ReadUInt64LittleEndian(head[16..]), (uint)BinaryPrimitives.ReadUInt64LittleEndian(head[24..]));
        if (!name.StartsWith(NameOf(position), StringComparison.Ordinal))
        {
            // The head is whole, and another snapshot's.
            throw Damaged(files, name, 0);
        }

        var checksum = BinaryPrimitives.ReadUInt128LittleEndian(head[32..]);
        var salt = version == UnboundVersion ? 0 : SaltOf(head);
        return new StoredSnapshot(name, position, checksum, () => PartsOf(files, name, salt));
    }

    private static long SaltOf(ReadOnlySpan<byte> head) => BinaryPrimitives.ReadInt64LittleEndian(head[48..]);

    private static IEnumerable<ReadOnlyMemory<byte>> PartsOf(IJournalFiles files, string name, long salt)
    {
        var head = new byte[PartHeadBytes];
        for (var (at, number) = ((long)HeadBytes, 0L); ; number++)
        {
            if (files.Read(name, at, head) < PartHeadBytes)
            {
                throw Damaged(files, name, at);
            }

            var length = BinaryPrimitives.ReadUInt32LittleEndian(head);
            var bytes = length <= PartMax && BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(4)) == 0 ? new byte[length] : throw Damaged(files, name, at);
            if (files.Read(name, at + PartHeadBytes, bytes) < length
                || XxHash128.HashToUInt128(bytes, salt ^ number) != BinaryPrimitives.ReadUInt128LittleEndian(head.AsSpan(8)))
            {
                throw Damaged(files, name, at);
            }

            if (length == 0)
            {
                yield break;
            }

            yield return bytes;
            at += PartHeadBytes + length;
        }
    }

    private static void WriteHead(Span<byte> head, JournalPosition position, UInt128 frameChecksum)
    {
        head.Clear();
        "GAIBSNAP"u8.CopyTo(head);
        BinaryPrimitives.WriteUInt32LittleEndian(head[8..], Version);
        BinaryPrimitives.WriteUInt64LittleEndian(head[16..], position.Frame);
        BinaryPrimitives.WriteUInt64LittleEndian(head[24..], position.Offset);
        BinaryPrimitives.WriteUInt128LittleEndian(head[32..], frameChecksum);
        BinaryPrimitives.WriteUInt128LittleEndian(head[48..], XxHash128.HashToUInt128(head[..48]));
    }

    private static long WritePart(IJournalFiles files, string name, long at, ReadOnlySpan<byte> bytes, long seed)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes.Length, PartMax);
        Span<byte> head = stackalloc byte[PartHeadBytes];
        head.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(head, (uint)bytes.Length);
        BinaryPrimitives.WriteUInt128LittleEndian(head[8..], XxHash128.HashToUInt128(bytes, seed));
        files.Write(name, at, head);
        if (!bytes.IsEmpty)
        {
            files.Write(name, at + PartHeadBytes, bytes);
        }

        return PartHeadBytes + bytes.Length;
    }

    private static JournalUnavailableException Damaged(IJournalFiles files, string name, long at) => new(
        $"{Path.Combine(files.Place, name)} is damaged at offset {at}. Nothing was changed. Remove the file to start from an older "
        + "snapshot or from the journal, or restore it from a backup.");

    private static string NameOf(JournalPosition position) =>
        string.Create(CultureInfo.InvariantCulture, $"snapshot-{position.Frame:D16}-{position.Offset:D10}.snap");
}

/// <summary>A snapshot as it lies on disk.</summary>
/// <param name="Name">Its file.</param>
/// <param name="Position">Up to where it reaches.</param>
/// <param name="FrameChecksum">The checksum of the frame in which that place lies.</param>
/// <param name="Parts">Its parts, checked as they are read.</param>
internal sealed record StoredSnapshot(
    string Name, JournalPosition Position, UInt128 FrameChecksum, Func<IEnumerable<ReadOnlyMemory<byte>>> Parts);
