using System.Buffers.Binary;
using System.Numerics;

namespace Gaib.Domain.Money;

/// <summary>Makes a <see cref="TransferIndex"/> of one part of a journal, frame by frame.</summary>
/// <param name="appliedBefore">How many transfers were applied before the part.</param>
public sealed class TransferIndexBuilder(ulong appliedBefore)
{
    private const int PerBucket = 4;

    private readonly List<(uint Place, uint AppliedBefore)> _frames = [];
    private readonly List<Run> _runs = [];
    private readonly List<(ulong Hash, int Frame, int Ordinal)> _entries = [];
    private readonly Dictionary<UInt128, List<(int Frame, int Ordinal)>> _notes = [];
    private ulong _firstFrame;
    private UInt128 _lastSum;
    private uint _applied;
    private (long First, long Last) _at = (long.MaxValue, long.MinValue);

    /// <summary>Takes the next frame.</summary>
    /// <param name="number">Its number: the one before it and one more.</param>
    /// <param name="place">Where it is in the part.</param>
    /// <param name="sum">Its checksum.</param>
    /// <param name="at">Unix milliseconds.</param>
    /// <param name="rows">Its rows.</param>
    public void Add(ulong number, uint place, UInt128 sum, long at, ReadOnlyMemory<byte> rows)
    {
        _lastSum = sum;
        var (frame, ordinal, note) = (_frames.Count, 0, 0);
        _firstFrame = frame == 0 ? number : _firstFrame;
        _frames.Add((place, _applied));
        _at = (long.Min(_at.First, at), long.Max(_at.Last, at));
        foreach (var row in BookRow.Read(rows))
        {
            if (row is TransferRow { Transfer: var transfer })
            {
                AddRun(transfer.Id, frame, ordinal);
                _entries.Add((HashOf(transfer.Debit), frame, ordinal));
                _entries.Add((HashOf(transfer.Credit), frame, ordinal));
                _applied += transfer.Result == Reason.None ? 1U : 0;
                ordinal++;
            }
            else if (row is NoteRow { Note.Stream: var stream })
            {
                (_notes.TryGetValue(HalfOf(stream), out var notes) ? notes : _notes[HalfOf(stream)] = []).Add((frame, note++));
            }
        }
    }

    /// <summary>The places of a stream's notes in the frames so far, the last one first.</summary>
    public IEnumerable<NotePlace> NotesBackwards(Hash32 stream) => _notes.TryGetValue(HalfOf(stream), out var notes)
        ? Enumerable.Reverse(notes).Select(note => new NotePlace(_firstFrame + (ulong)note.Frame, _frames[note.Frame].Place, note.Ordinal))
        : [];

    /// <summary>The index of all frames so far.</summary>
    public byte[] Build()
    {
        var bits = BitOperations.Log2((uint)int.Max(2, _entries.Count / PerBucket));
        var runs = _runs.OrderBy(run => run.First).ToArray();
        var buckets = TransferIndex.HeadBytes + (_frames.Count * TransferIndex.FrameBytes) + (runs.Length * TransferIndex.RunBytes);
        var entries = buckets + (((1 << bits) + 1) * sizeof(uint));
        var notes = entries + (_entries.Count * TransferIndex.EntryBytes);
        var noteCount = _notes.Values.Sum(stream => stream.Count);
        var bytes = new byte[notes + (noteCount * TransferIndex.NoteBytes)];
        var at = WriteHead(bytes, bits, runs.Length, noteCount);
        foreach (var (place, applied) in _frames)
        {
            Write(bytes, ref at, place);
            Write(bytes, ref at, applied);
        }

        foreach (var run in runs)
        {
            Write(bytes, ref at, (ulong)(run.First >> 64));
            Write(bytes, ref at, (ulong)run.First);
            Write(bytes, ref at, run.Count);
            Write(bytes, ref at, (uint)run.Frame);
            Write(bytes, ref at, (uint)run.Ordinal);
        }

        WriteEntries(bytes, buckets, entries, bits);
        WriteNotes(bytes, notes);
        return bytes;
    }

    /// <summary>
    /// Half of a stream's name. Two streams with the same half are not to be found: names are Keccak digests. So notes may be counted without being read.
    /// </summary>
    internal static UInt128 HalfOf(Hash32 stream)
    {
        Span<byte> bytes = stackalloc byte[Hash32.Size];
        stream.CopyTo(bytes);
        return BinaryPrimitives.ReadUInt128LittleEndian(bytes);
    }

    /// <summary>64 bits of an account that are the same everywhere and for ever.</summary>
    internal static ulong HashOf(AccountId account)
    {
        Span<byte> bytes = stackalloc byte[24];
        account.Key.CopyTo(bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[Address.Size..], (uint)account.Kind);
        var hash = 0x9E3779B97F4A7C15UL;
        for (var i = 0; i < bytes.Length; i += sizeof(ulong))
        {
            hash ^= BinaryPrimitives.ReadUInt64LittleEndian(bytes[i..]);
            var high = Math.BigMul(hash, 0xD6E8FEB86659FD93UL, out var low);
            hash = high ^ low ^ 0x9E3779B97F4A7C15UL;
        }

        return hash;
    }

    private void AddRun(UInt128 id, int frame, int ordinal)
    {
        if (_runs is [.., var last] && last.Frame == frame && last.First + last.Count == id && last.Ordinal + (int)last.Count == ordinal)
        {
            _runs[^1] = last with { Count = last.Count + 1 };
        }
        else
        {
            _runs.Add(new Run(id, 1, frame, ordinal));
        }
    }

    private int WriteHead(byte[] bytes, int bits, int runs, int notes)
    {
        var at = 0;
        foreach (var word in (ReadOnlySpan<uint>)[TransferIndex.Version, (uint)bits, (uint)_frames.Count, (uint)runs, (uint)_entries.Count, (uint)notes])
        {
            Write(bytes, ref at, word);
        }

        foreach (var word in (ReadOnlySpan<ulong>)[_firstFrame, appliedBefore, appliedBefore + _applied, (ulong)_at.First, (ulong)_at.Last])
        {
            Write(bytes, ref at, word);
        }

        BinaryPrimitives.WriteUInt128LittleEndian(bytes.AsSpan(at), _lastSum);
        return TransferIndex.HeadBytes;
    }

    /// <summary>Counts, then places: in a bucket the entries keep their order.</summary>
    private void WriteEntries(byte[] bytes, int buckets, int entries, int bits)
    {
        var starts = new uint[(1 << bits) + 1];
        foreach (var (hash, _, _) in _entries)
        {
            starts[(int)(hash >> (64 - bits)) + 1]++;
        }

        for (var i = 1; i < starts.Length; i++)
        {
            starts[i] += starts[i - 1];
        }

        for (var i = 0; i < starts.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(buckets + (i * sizeof(uint))), starts[i]);
        }

        foreach (var (hash, frame, ordinal) in _entries)
        {
            var place = entries + ((int)starts[(int)(hash >> (64 - bits))]++ * TransferIndex.EntryBytes);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(place), (ushort)hash | ((ulong)frame << 16) | ((ulong)ordinal << 40));
        }
    }

    private void WriteNotes(byte[] bytes, int at)
    {
        foreach (var (half, notes) in _notes.OrderBy(stream => stream.Key))
        {
            foreach (var (frame, ordinal) in notes)
            {
                BinaryPrimitives.WriteUInt128LittleEndian(bytes.AsSpan(at), half);
                at += 16;
                Write(bytes, ref at, (uint)frame);
                Write(bytes, ref at, (uint)ordinal);
            }
        }
    }

    private static void Write(byte[] bytes, ref int at, uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), value);
        at += sizeof(uint);
    }

    private static void Write(byte[] bytes, ref int at, ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(at), value);
        at += sizeof(ulong);
    }

    private readonly record struct Run(UInt128 First, uint Count, int Frame, int Ordinal);
}
