using System.Buffers.Binary;

namespace Gaib.Domain.Money;

/// <summary>
/// Where in one part of a journal the transfers of an account and those with an id are. It only says where to look: whoever asks reads
/// the transfer there and sees for itself. Little-endian: head of 56 bytes (version u32, bits u32, frames u32, runs u32, entries u32, 0 u32,
/// applied before u64, applied after u64, first and last time i64), frames {place u32, applied before it in the part u32}, id runs by writer and sequence {writer
/// u64, first u64, count u32, frame u32, ordinal u32}, 2^bits + 1 bucket starts u32, entries {tag u16, frame u24, ordinal u24}.
/// </summary>
public sealed class TransferIndex
{
    internal const uint Version = 1;
    internal const int HeadBytes = 56;
    internal const int FrameBytes = 8;
    internal const int RunBytes = 28;
    internal const int EntryBytes = 8;

    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly int _bits;
    private readonly int _frames;
    private readonly int _runs;

    private TransferIndex(ReadOnlyMemory<byte> bytes)
    {
        _bytes = bytes;
        var head = bytes.Span;
        _bits = (int)U32(head[4..]);
        _frames = (int)U32(head[8..]);
        _runs = (int)U32(head[12..]);
        (AppliedBefore, AppliedAfter) = (U64(head[24..]), U64(head[32..]));
        (FirstAt, LastAt) = ((long)U64(head[40..]), (long)U64(head[48..]));
    }

    /// <summary>How many transfers were applied before the part.</summary>
    public ulong AppliedBefore { get; }

    /// <summary>How many were applied by its end.</summary>
    public ulong AppliedAfter { get; }

    /// <summary>Unix milliseconds of its first frame.</summary>
    public long FirstAt { get; }

    /// <summary>Unix milliseconds of its last frame.</summary>
    public long LastAt { get; }

    /// <summary>Reads what <see cref="TransferIndexBuilder.Build"/> made; null where it is of another version.</summary>
    public static TransferIndex? Open(ReadOnlyMemory<byte> bytes) =>
        bytes.Length >= HeadBytes && U32(bytes.Span) == Version ? new TransferIndex(bytes) : null;

    /// <summary>The places where transfers of the account may be, in order.</summary>
    public IEnumerable<TransferPlace> PlacesOf(AccountId account)
    {
        var hash = TransferIndexBuilder.HashOf(account);
        var buckets = HeadBytes + (_frames * FrameBytes) + (_runs * RunBytes);
        var bucket = buckets + ((int)(hash >> (64 - _bits)) * sizeof(uint));
        var entries = buckets + (((1 << _bits) + 1) * sizeof(uint));
        var (from, to) = (U32(_bytes.Span[bucket..]), U32(_bytes.Span[(bucket + sizeof(uint))..]));
        for (var i = from; i < to; i++)
        {
            var entry = U64(_bytes.Span[(entries + ((int)i * EntryBytes))..]);
            if ((ushort)entry == (ushort)hash)
            {
                yield return PlaceAt((int)(entry >> 16) & 0xFFFFFF, (int)(entry >> 40));
            }
        }
    }

    /// <summary>The place of the transfer with that id; null where the part has none.</summary>
    public TransferPlace? PlaceOf(UInt128 id)
    {
        var (low, high) = (0, _runs - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var run = _bytes.Span[(HeadBytes + (_frames * FrameBytes) + (middle * RunBytes))..];
            var first = Transfer.IdOf(U64(run), U64(run[8..]));
            if (id < first)
            {
                high = middle - 1;
            }
            else if (id - first >= U32(run[16..]))
            {
                low = middle + 1;
            }
            else
            {
                return PlaceAt((int)U32(run[20..]), (int)U32(run[24..]) + (int)(id - first));
            }
        }

        return null;
    }

    private TransferPlace PlaceAt(int frame, int ordinal)
    {
        var bytes = _bytes.Span[(HeadBytes + (frame * FrameBytes))..];
        return new TransferPlace(U32(bytes), AppliedBefore + U32(bytes[4..]), ordinal);
    }

    private static uint U32(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private static ulong U64(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt64LittleEndian(bytes);
}

/// <summary>A transfer's place in a part of a journal.</summary>
/// <param name="Frame">Where the frame is, as the journal said.</param>
/// <param name="AppliedBefore">How many transfers of the book were applied before the frame.</param>
/// <param name="Ordinal">The transfer's number in the frame, from 0, refused ones counted.</param>
public readonly record struct TransferPlace(uint Frame, ulong AppliedBefore, int Ordinal);
