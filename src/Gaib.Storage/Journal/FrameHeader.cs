using System.Buffers.Binary;
using System.IO.Hashing;

namespace Gaib.Storage.Journal;

/// <summary>
/// The 80 bytes before a frame's rows, little-endian: magic "GAIB", version u16, header length u16, row bytes u32, checksum of the head
/// u32, epoch u64, number u64, at i64, bytes of the segment u64, checksum of the previous frame (16 bytes), checksum of this one (16 bytes). The frame's
/// checksum is XXH128 with the epoch as its seed over the header's first 64 bytes and the rows, so that a frame that an earlier owner
/// left behind never passes for a new one. The head has one of its own (XXH32, its own field zero), so that the length of a
/// frame whose rows are damaged can be believed; version 1 had zeros there. The segment's bytes tell a file that was cut short at the
/// end of a frame; frames of earlier programs have 0.
/// </summary>
internal readonly record struct FrameHeader(
    ushort Form, uint RowBytes, ulong Epoch, ulong Number, long At, long SegmentBytes, UInt128 Previous, UInt128 Checksum)
{
    public const int Size = 80;
    public const uint Magic = 0x42494147;
    public const ushort Version = 2;
    private const int SummedHead = 64;

    // Any byte but zero: a frame's last sector is then never all zero, unless it was not written.
    private const byte Padding = 0xA5;

    /// <summary>Length on disk: rows are padded to eight bytes, so that headers lie aligned, and by one byte at least.</summary>
    public long Length => Form == 1 ? Size + ((RowBytes + 7L) & ~7L) : Padded(RowBytes);

    public static long Padded(long rowBytes) => Size + ((rowBytes + 8) & ~7L);

    /// <summary>
    /// Writes header and checksums in front of the rows that lie at <paramref name="frame"/>[80..], and the padding behind them.
    /// </summary>
    public static FrameHeader Seal(
        Span<byte> frame, int rowBytes, ulong epoch, ulong number, long at, long segmentBytes, UInt128 previous)
    {
        frame[..Size].Clear();
        frame[(Size + rowBytes)..(int)Padded(rowBytes)].Fill(Padding);
        BinaryPrimitives.WriteUInt32LittleEndian(frame, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(frame[4..], Version);
        BinaryPrimitives.WriteUInt16LittleEndian(frame[6..], Size);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[8..], (uint)rowBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(frame[16..], epoch);
        BinaryPrimitives.WriteUInt64LittleEndian(frame[24..], number);
        BinaryPrimitives.WriteInt64LittleEndian(frame[32..], at);
        BinaryPrimitives.WriteInt64LittleEndian(frame[40..], segmentBytes);
        BinaryPrimitives.WriteUInt128LittleEndian(frame[48..], previous);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[12..], XxHash32.HashToUInt32(frame[..SummedHead]));
        var checksum = Sum(frame[..SummedHead], frame.Slice(Size, rowBytes), epoch);
        BinaryPrimitives.WriteUInt128LittleEndian(frame[64..], checksum);
        return new FrameHeader(Version, (uint)rowBytes, epoch, number, at, segmentBytes, previous, checksum);
    }

    /// <summary>Reads a header without its rows; false where the bytes are none, or are damaged.</summary>
    /// <exception cref="InvalidDataException">The header is whole, but of a version that this program does not know.</exception>
    public static bool TryReadHead(ReadOnlySpan<byte> bytes, out FrameHeader header)
    {
        header = default;
        if (bytes.Length < Size || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Magic)
        {
            return false;
        }

        var version = BinaryPrimitives.ReadUInt16LittleEndian(bytes[4..]);
        if (version != 1 && HeadSum(bytes) != BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]))
        {
            return false;
        }

        if (version is 0 or > Version)
        {
            throw new InvalidDataException($"a frame of version {version}; this program reads 1 to {Version}");
        }

        header = new FrameHeader(
            version,
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[40..]),
            BinaryPrimitives.ReadUInt128LittleEndian(bytes[48..]),
            BinaryPrimitives.ReadUInt128LittleEndian(bytes[64..]));
        return true;
    }

    /// <summary>Reads a header and checks its rows; false for anything that is not a whole frame.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out FrameHeader header) =>
        TryReadHead(bytes, out header)
        && header.Length <= bytes.Length
        && Sum(bytes[..SummedHead], bytes.Slice(Size, (int)header.RowBytes), header.Epoch) == header.Checksum
        && (header.Form == 1 || !bytes[(Size + (int)header.RowBytes)..(int)header.Length].ContainsAnyExcept(Padding));

    private static uint HeadSum(ReadOnlySpan<byte> bytes)
    {
        Span<byte> head = stackalloc byte[SummedHead];
        bytes[..SummedHead].CopyTo(head);
        head.Slice(12, 4).Clear();
        return XxHash32.HashToUInt32(head);
    }

    private static UInt128 Sum(ReadOnlySpan<byte> head, ReadOnlySpan<byte> rows, ulong epoch)
    {
        // One state a thread: a frame is sealed for every batch.
        var hash = t_hash ??= new XxHash128Seeded();
        return hash.Of(head, rows, unchecked((long)epoch));
    }

    [ThreadStatic]
    private static XxHash128Seeded? t_hash;

    /// <summary>Keeps the hash's state while the seed, an owner's epoch, stays the same.</summary>
    private sealed class XxHash128Seeded
    {
        private XxHash128 _hash = new(0);
        private long _seed;

        public UInt128 Of(ReadOnlySpan<byte> head, ReadOnlySpan<byte> rows, long seed)
        {
            if (seed != _seed)
            {
                (_hash, _seed) = (new XxHash128(seed), seed);
            }

            _hash.Append(head);
            _hash.Append(rows);
            var sum = _hash.GetCurrentHashAsUInt128();
            _hash.Reset();
            return sum;
        }
    }
}
