using System.Buffers.Binary;
using System.IO.Hashing;

namespace Gaib.Storage.Journal;

/// <summary>
/// The 80 bytes before a frame's rows, little-endian: magic "GAIB", version u16, header length u16, row bytes u32, 0 u32, epoch u64,
/// number u64, at i64, 0 u64, checksum of the previous frame (16 bytes), checksum of this one (16 bytes). The checksum is XXH128 with
/// the epoch as its seed over the header's first 64 bytes and the rows, so that a frame that an earlier owner left in a reused
/// segment never passes for a new one.
/// </summary>
internal readonly record struct FrameHeader(uint RowBytes, ulong Epoch, ulong Number, long At, UInt128 Previous, UInt128 Checksum)
{
    public const int Size = 80;
    public const uint Magic = 0x42494147;
    private const ushort Version = 1;

    /// <summary>Length on disk: rows are padded to eight bytes, so that headers lie aligned.</summary>
    public long Length => Padded(RowBytes);

    public static long Padded(long rowBytes) => Size + ((rowBytes + 7) & ~7L);

    /// <summary>Writes header and checksum in front of the rows that lie at <paramref name="frame"/>[80..].</summary>
    public static FrameHeader Seal(Span<byte> frame, int rowBytes, ulong epoch, ulong number, long at, UInt128 previous)
    {
        frame[..Size].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(frame, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(frame[4..], Version);
        BinaryPrimitives.WriteUInt16LittleEndian(frame[6..], Size);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[8..], (uint)rowBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(frame[16..], epoch);
        BinaryPrimitives.WriteUInt64LittleEndian(frame[24..], number);
        BinaryPrimitives.WriteInt64LittleEndian(frame[32..], at);
        BinaryPrimitives.WriteUInt128LittleEndian(frame[48..], previous);
        var checksum = Sum(frame[..64], frame.Slice(Size, rowBytes), epoch);
        BinaryPrimitives.WriteUInt128LittleEndian(frame[64..], checksum);
        return new FrameHeader((uint)rowBytes, epoch, number, at, previous, checksum);
    }

    /// <summary>Reads a header and checks its rows; false for anything that is not a whole frame.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out FrameHeader header)
    {
        header = default;
        if (bytes.Length < Size || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Magic
            || BinaryPrimitives.ReadUInt16LittleEndian(bytes[4..]) != Version)
        {
            return false;
        }

        var rowBytes = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
        var epoch = BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]);
        var checksum = BinaryPrimitives.ReadUInt128LittleEndian(bytes[64..]);
        if (rowBytes > bytes.Length - Size || Sum(bytes[..64], bytes.Slice(Size, (int)rowBytes), epoch) != checksum)
        {
            return false;
        }

        header = new FrameHeader(
            rowBytes,
            epoch,
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]),
            BinaryPrimitives.ReadUInt128LittleEndian(bytes[48..]),
            checksum);
        return true;
    }

    private static UInt128 Sum(ReadOnlySpan<byte> head, ReadOnlySpan<byte> rows, ulong epoch)
    {
        var hash = new XxHash128(unchecked((long)epoch));
        hash.Append(head);
        hash.Append(rows);
        return hash.GetCurrentHashAsUInt128();
    }
}
