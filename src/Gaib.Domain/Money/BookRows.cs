using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Gaib.Domain.Money;

/// <summary>What a run of journal rows holds. The numbers are part of the journal format.</summary>
public enum RowKind : ushort
{
    /// <summary>Transfers of 152 bytes, applied or refused.</summary>
    Transfers = 1,

    /// <summary>One accepted command.</summary>
    Command = 2,

    /// <summary>One registered asset.</summary>
    Asset = 3,

    /// <summary>One issued writer: its 32-byte name.</summary>
    Writer = 4,

    /// <summary>One raised floor: writer and floor.</summary>
    Floor = 5,

    /// <summary>One note: 32-byte stream and bytes.</summary>
    Note = 6,

    /// <summary>Writer u64, first sequence u64, then transfers of 56 bytes with rising sequences, none with a cause.</summary>
    Compact = 7,

    /// <summary>The same with 88 bytes a transfer, each with its cause.</summary>
    CompactCaused = 8,

    /// <summary>One issued ephemeral writer: its number.</summary>
    EphemeralWriter = 9,

    /// <summary>One ephemeral writer that is forgotten: its number.</summary>
    WriterEnd = 10,
}

/// <summary>
/// Journal rows in their binary form: runs of {kind u16, 0 u16, count u32, length u32, bytes}, all little-endian. Neighbouring
/// transfers of one form share a run.
/// </summary>
public sealed class BookRows
{
    private const int HeaderLength = 12;

    private byte[] _bytes = new byte[4096];
    private int _length;
    private int _open = -1;
    private RowKind _openKind;
    private UInt128 _next;

    /// <summary>The rows so far.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    /// <summary>True when there is none.</summary>
    public bool IsEmpty => _length == 0;

    /// <summary>Forgets all rows and keeps the memory.</summary>
    public BookRows Clear()
    {
        (_length, _open) = (0, -1);
        return this;
    }

    /// <summary>A transfer row, in the shortest form that says all of it.</summary>
    public void AddTransfer(in Transfer transfer)
    {
        var kind = !CompactTransfer.Fits(transfer) ? RowKind.Transfers : transfer.Cause.IsZero ? RowKind.Compact : RowKind.CompactCaused;
        if (_open < 0 || _openKind != kind || (kind != RowKind.Transfers && transfer.Id != _next))
        {
            OpenRun(kind, transfer.Id);
        }

        if (kind == RowKind.Transfers)
        {
            MemoryMarshal.Write(Take(Transfer.SizeInBytes), in transfer);
        }
        else
        {
            // Written whole; what the form leaves out is given back.
            CompactTransfer.Write(Take(CompactTransfer.SizeInBytes), transfer);
            _length -= kind == RowKind.Compact ? CompactTransfer.SizeInBytes - CompactTransfer.SizeWithoutCause : 0;
            _next = transfer.Id + 1;
        }

        CountOne();
    }

    /// <summary>The row of a transfer that was applied in the form in which it came.</summary>
    public void AddPlain(in PlainTransfer transfer, UInt128 id)
    {
        if (_open < 0 || _openKind != RowKind.Compact || id != _next)
        {
            OpenRun(RowKind.Compact, id);
        }

        MemoryMarshal.Write(Take(PlainTransfer.SizeInBytes), in transfer);
        _next = id + 1;
        CountOne();
    }

    /// <summary>A row as it was read from a journal.</summary>
    /// <exception cref="ArgumentException">It is of an unknown kind.</exception>
    public void Add(BookRow row)
    {
        switch (row)
        {
            case TransferRow { Transfer: var transfer }:
                AddTransfer(transfer);
                break;
            case CommandRow { Command: var command, Sequence: var sequence }:
                AddCommand(command, sequence);
                break;
            case AssetRow { Asset: var asset }:
                AddAsset(asset);
                break;
            case WriterRow { Name: var name }:
                AddWriter(name);
                break;
            case EphemeralWriterRow { Number: var number }:
                AddEphemeralWriter(number);
                break;
            case WriterEndRow { Number: var number }:
                AddWriterEnd(number);
                break;
            case FloorRow { Writer: var writer, Floor: var floor }:
                AddFloor(writer, floor);
                break;
            case NoteRow { Note: var note }:
                AddNote(note);
                break;
            default:
                throw new ArgumentException($"{row.GetType().Name} is no row of a journal.", nameof(row));
        }
    }

    /// <summary>A command row, placed before the transfer <paramref name="sequence"/>.</summary>
    public void AddCommand(CommandRecord command, ulong sequence)
    {
        var body = new RowBody();
        body.Write(command.Digest).Write(command.Account).Write(command.Signer).Write(command.Nonce);
        body.Write(command.Deadline).Write(sequence).Write(command.Type).Write(command.Payload).Write(command.Signature.AsSpan());
        Add(RowKind.Command, body.Written);
    }

    /// <summary>An asset row.</summary>
    public void AddAsset(AssetRecord asset)
    {
        var body = new RowBody();
        body.Write((long)asset.Asset.Value).Write(asset.Pool).Write(asset.Frozen ? 1UL : 0UL).Write(asset.Cause);
        Add(RowKind.Asset, body.Written);
    }

    /// <summary>A writer row; numbers are issued in the order of these rows.</summary>
    public void AddWriter(Hash32 name)
    {
        var body = new RowBody();
        body.Write(name);
        Add(RowKind.Writer, body.Written);
    }

    /// <summary>The row of an issued writer without a name.</summary>
    public void AddEphemeralWriter(ulong number) => Add(RowKind.EphemeralWriter, new RowBody().Write(number).Written);

    /// <summary>The row of a writer that is forgotten.</summary>
    public void AddWriterEnd(ulong number) => Add(RowKind.WriterEnd, new RowBody().Write(number).Written);

    /// <summary>A floor row.</summary>
    public void AddFloor(ulong writer, ulong floor)
    {
        // Written with every batch, so without a buffer of its own.
        Header(RowKind.Floor, 1, 2 * sizeof(ulong));
        var body = Take(2 * sizeof(ulong));
        BinaryPrimitives.WriteUInt64LittleEndian(body, writer);
        BinaryPrimitives.WriteUInt64LittleEndian(body[sizeof(ulong)..], floor);
        _open = -1;
    }

    /// <summary>A note row.</summary>
    public void AddNote(Note note)
    {
        var body = new RowBody();
        body.Write(note.Stream).Write(note.Bytes.AsSpan());
        Add(RowKind.Note, body.Written);
    }

    /// <summary>Takes over the rows of another buffer.</summary>
    public void Append(BookRows other)
    {
        if (!other.IsEmpty)
        {
            other.Written.CopyTo(Take(other._length));
            _open = -1;
        }
    }

    private void CountOne()
    {
        var header = _bytes.AsSpan(_open);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], BinaryPrimitives.ReadUInt32LittleEndian(header[4..]) + 1);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], (uint)(_length - _open - HeaderLength));
    }

    private void OpenRun(RowKind kind, UInt128 first)
    {
        (_open, _openKind) = (_length, kind);
        Header(kind, 0, 0);
        if (kind != RowKind.Transfers)
        {
            var head = Take(CompactTransfer.RunHead);
            BinaryPrimitives.WriteUInt64LittleEndian(head, (ulong)(first >> 64));
            BinaryPrimitives.WriteUInt64LittleEndian(head[sizeof(ulong)..], (ulong)first);
        }
    }

    private void Add(RowKind kind, ReadOnlySpan<byte> body)
    {
        Header(kind, 1, body.Length);
        body.CopyTo(Take(body.Length));
        _open = -1;
    }

    private void Header(RowKind kind, int count, int length)
    {
        var header = Take(HeaderLength);
        BinaryPrimitives.WriteUInt32LittleEndian(header, (uint)kind);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], count);
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], length);
    }

    private Span<byte> Take(int count)
    {
        if (_length + count > _bytes.Length)
        {
            Array.Resize(ref _bytes, int.Max(_length + count, 2 * _bytes.Length));
        }

        _length += count;
        return _bytes.AsSpan(_length - count, count);
    }
}
