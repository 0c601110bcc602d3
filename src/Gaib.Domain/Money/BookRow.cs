using System.Collections.Immutable;

namespace Gaib.Domain.Money;

/// <summary>One journal row, read back.</summary>
public abstract record BookRow
{
    /// <summary>Reads the rows of one frame's payload in order.</summary>
    /// <exception cref="InvalidOperationException">A row is cut short or of an unknown kind.</exception>
    public static IEnumerable<BookRow> Read(ReadOnlyMemory<byte> payload)
    {
        var at = 0;
        while (at < payload.Length)
        {
            var (kind, count, length) = Header(payload.Span[at..]);
            if (length < 0 || length > payload.Length - at - 12)
            {
                throw new InvalidOperationException($"A row of the kind {kind} is cut short.");
            }

            var body = payload.Slice(at + 12, length);
            at += 12 + length;
            if (kind is RowKind.Compact or RowKind.CompactCaused)
            {
                for (var i = 0; i < count; i++)
                {
                    yield return new TransferRow(ReadCompact(body.Span, kind, i));
                }
            }
            else if (kind == RowKind.Transfers)
            {
                for (var i = 0; i < count; i++)
                {
                    yield return new TransferRow(new RowReader(body.Span[(i * Transfer.SizeInBytes)..]).Transfer());
                }
            }
            else
            {
                yield return ReadOne(kind, body.Span);
            }
        }
    }

    private static (RowKind Kind, int Count, int Length) Header(ReadOnlySpan<byte> bytes)
    {
        var reader = new RowReader(bytes);
        return ((RowKind)reader.UInt32(), checked((int)reader.UInt32()), checked((int)reader.UInt32()));
    }

    private static Transfer ReadCompact(ReadOnlySpan<byte> body, RowKind kind, int place)
    {
        var size = kind == RowKind.Compact ? CompactTransfer.SizeWithoutCause : CompactTransfer.SizeInBytes;
        var reader = new RowReader(body);
        var first = Transfer.IdOf(reader.UInt64(), reader.UInt64());
        reader.Take(place * size);
        return CompactTransfer.Read(reader.Take(size), first + (UInt128)place);
    }

    private static BookRow ReadOne(RowKind kind, ReadOnlySpan<byte> body)
    {
        var reader = new RowReader(body);
        switch (kind)
        {
            case RowKind.Command:
                var (digest, account, signer, nonce) = (reader.Hash(), reader.Address(), reader.Address(), reader.UInt128());
                var (deadline, sequence) = (reader.Int64(), reader.UInt64());
                var command = new CommandRecord(
                    digest, account, signer, nonce, deadline, reader.Text(), reader.Text(), [.. reader.Bytes()]);
                return new CommandRow(command, sequence);
            case RowKind.Asset:
                return new AssetRow(new AssetRecord(new AssetId(reader.UInt64()), reader.Account(), reader.UInt64() == 1, reader.Hash()));
            case RowKind.Writer:
                return new WriterRow(reader.Hash());
            case RowKind.EphemeralWriter:
                return new EphemeralWriterRow(reader.UInt64());
            case RowKind.WriterEnd:
                return new WriterEndRow(reader.UInt64());
            case RowKind.Floor:
                return new FloorRow(reader.UInt64(), reader.UInt64());
            case RowKind.Note:
                return new NoteRow(new Note(reader.Hash(), [.. reader.Bytes()]));
            default:
                throw new InvalidOperationException($"Unknown row kind {(uint)kind}.");
        }
    }
}

/// <summary>A transfer, applied or refused.</summary>
public sealed record TransferRow(Transfer Transfer) : BookRow;

/// <summary>An accepted command and the sequence of the first transfer after it.</summary>
public sealed record CommandRow(CommandRecord Command, ulong Sequence) : BookRow;

/// <summary>A registered asset.</summary>
public sealed record AssetRow(AssetRecord Asset) : BookRow;

/// <summary>An issued writer.</summary>
public sealed record WriterRow(Hash32 Name) : BookRow;

/// <summary>An issued writer without a name.</summary>
public sealed record EphemeralWriterRow(ulong Number) : BookRow;

/// <summary>A writer without a name that is forgotten.</summary>
public sealed record WriterEndRow(ulong Number) : BookRow;

/// <summary>A raised floor.</summary>
public sealed record FloorRow(ulong Writer, ulong Floor) : BookRow;

/// <summary>A note.</summary>
public sealed record NoteRow(Note Note) : BookRow;
