using System.Buffers.Binary;

namespace Gaib.Domain.Money;

/// <summary>
/// Where in one part of a journal the transfers of an account, those with an id, and the notes of a stream are. It only says where to look:
/// whoever asks reads what is there and sees for itself. Little-endian: head of 80 bytes (version u32, bits u32, frames u32, runs u32, entries u32, notes u32,
/// number of the first frame u64, applied before u64, applied after u64, first and last time i64, checksum of the last frame u128), frames {place u32, applied before it in the part u32}, id runs
/// by writer and sequence {writer u64, first u64, count u32, frame u32, ordinal u32}, 2^bits + 1 bucket starts u32, entries {tag u16, frame u24, ordinal u24},
/// notes by the first half of their stream's name and place {half u128, frame u32, ordinal u32}.
/// </summary>
public sealed class TransferIndex
{
    internal const uint Version = 2;
    internal const int HeadBytes = 80;
    internal const int FrameBytes = 8;
    internal const int RunBytes = 28;
    internal const int EntryBytes = 8;
    internal const int NoteBytes = 24;

    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly int _bits;
    private readonly int _frames;
    private readonly int _runs;
    private readonly int _entries;
    private readonly int _notes;

    private TransferIndex(ReadOnlyMemory<byte> bytes)
    {
        _bytes = bytes;
        var head = bytes.Span;
        _bits = (int)U32(head[4..]);
        _frames = (int)U32(head[8..]);
        _runs = (int)U32(head[12..]);
        _entries = (int)U32(head[16..]);
        _notes = (int)U32(head[20..]);
        FirstFrame = U64(head[24..]);
        (AppliedBefore, AppliedAfter) = (U64(head[32..]), U64(head[40..]));
        (FirstAt, LastAt) = ((long)U64(head[48..]), (long)U64(head[56..]));
        LastSum = U128(head[64..]);
    }

    /// <summary>The number of the part's first frame.</summary>
    public ulong FirstFrame { get; }

    /// <summary>The number that the next part's first frame has.</summary>
    public ulong NextFrame => FirstFrame + (ulong)_frames;

    /// <summary>The checksum of its last frame, as the journal said: of a chain it tells all that came before, too.</summary>
    public UInt128 LastSum { get; }

    /// <summary>Where its last frame is, as the journal said.</summary>
    public uint LastPlace => PlaceAt(_frames - 1, 0).Frame;

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

    private int Buckets => HeadBytes + (_frames * FrameBytes) + (_runs * RunBytes);

    private int Entries => Buckets + (((1 << _bits) + 1) * sizeof(uint));

    /// <summary>The places where transfers of the account may be, in order.</summary>
    public IEnumerable<TransferPlace> PlacesOf(AccountId account)
    {
        var hash = TransferIndexBuilder.HashOf(account);
        var bucket = Buckets + ((int)(hash >> (64 - _bits)) * sizeof(uint));
        var entries = Entries;
        var (from, to) = (U32(_bytes.Span[bucket..]), U32(_bytes.Span[(bucket + sizeof(uint))..]));
        var last = ulong.MaxValue;
        for (var i = from; i < to; i++)
        {
            // Both accounts of a transfer may have the same tag; it is one transfer all the same.
            var entry = U64(_bytes.Span[(entries + ((int)i * EntryBytes))..]);
            if ((ushort)entry == (ushort)hash && entry != last)
            {
                last = entry;
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

    /// <summary>The places of a stream's notes, the last one first.</summary>
    public IEnumerable<NotePlace> NotesBackwards(Hash32 stream)
    {
        var (half, notes) = (TransferIndexBuilder.HalfOf(stream), Entries + (_entries * EntryBytes));
        var (low, high) = (0, _notes);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = U128(_bytes.Span[(notes + (middle * NoteBytes))..]) <= half ? (middle + 1, high) : (low, middle);
        }

        for (var i = low - 1; i >= 0 && U128(_bytes.Span[(notes + (i * NoteBytes))..]) == half; i--)
        {
            var (frame, ordinal) = (U32(_bytes.Span[(notes + (i * NoteBytes) + 16)..]), U32(_bytes.Span[(notes + (i * NoteBytes) + 20)..]));
            yield return new NotePlace(FirstFrame + frame, PlaceAt((int)frame, 0).Frame, (int)ordinal);
        }
    }

    private TransferPlace PlaceAt(int frame, int ordinal)
    {
        var bytes = _bytes.Span[(HeadBytes + (frame * FrameBytes))..];
        return new TransferPlace(U32(bytes), AppliedBefore + U32(bytes[4..]), ordinal);
    }

    private static uint U32(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private static ulong U64(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt64LittleEndian(bytes);

    private static UInt128 U128(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt128LittleEndian(bytes);
}

/// <summary>A transfer's place in a part of a journal.</summary>
/// <param name="Frame">Where the frame is, as the journal said.</param>
/// <param name="AppliedBefore">How many transfers of the book were applied before the frame.</param>
/// <param name="Ordinal">The transfer's number in the frame, from 0, refused ones counted.</param>
public readonly record struct TransferPlace(uint Frame, ulong AppliedBefore, int Ordinal);

/// <summary>A note's place in a part of a journal.</summary>
/// <param name="Frame">The number of the frame that holds it.</param>
/// <param name="Place">Where the frame is, as the journal said.</param>
/// <param name="Ordinal">The note's number among all notes of the frame, from 0.</param>
public readonly record struct NotePlace(ulong Frame, uint Place, int Ordinal);
