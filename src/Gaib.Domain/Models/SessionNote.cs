using System.Collections.Immutable;
using Gaib.Domain.Money;

namespace Gaib.Domain.Models;

/// <summary>
/// What a session keeps in the book's journal, in one piece with the transfers: a served call with its rows and answers, an
/// acknowledgement, or its closing. The first four bytes say which; the rest is written by <see cref="RowBody"/>.
/// </summary>
public abstract record SessionNote
{
    private const uint ServedKind = 1;
    private const uint AcknowledgedKind = 2;
    private const uint ClosedKind = 3;

    /// <summary>The journal's bytes.</summary>
    public abstract ImmutableArray<byte> Encode();

    /// <summary>Reads a note.</summary>
    /// <exception cref="InvalidOperationException">The bytes are no note of a session.</exception>
    public static SessionNote Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new RowReader(bytes);
        switch (reader.UInt32())
        {
            case ServedKind:
                var receipt = new Receipt(
                    reader.Hash(), reader.UInt64(), reader.Hash(), reader.Hash(), reader.UInt32(), reader.UInt128(), reader.Hash(),
                    reader.Address(), reader.Hash(), reader.Hash(), reader.Hash(), reader.Int64(), reader.Hash());
                return new ServedNote(receipt, [.. reader.Bytes()], [.. reader.Bytes()]);
            case AcknowledgedKind:
                return new AcknowledgedNote(new SpendAcknowledged(reader.UInt128(), reader.Hash(), [.. reader.Bytes()]));
            case ClosedKind:
                return Signature.TryRead(reader.Bytes(), out var signature)
                    ? new ClosedNote(signature)
                    : throw new InvalidOperationException("The note's signature has not 65 bytes.");
            default:
                throw new InvalidOperationException("The note is none of a session.");
        }
    }
}

/// <summary>A served call.</summary>
/// <param name="Receipt">Its receipt.</param>
/// <param name="Input">The rows.</param>
/// <param name="Output">The answers.</param>
public sealed record ServedNote(Receipt Receipt, ImmutableArray<byte> Input, ImmutableArray<byte> Output) : SessionNote
{
    /// <summary>The most bytes of rows and answers together; the rest of a note is the receipt.</summary>
    public const int BytesMax = Note.BytesMax - 1_024;

    /// <inheritdoc/>
    public override ImmutableArray<byte> Encode()
    {
        var r = Receipt;
        var body = new RowBody().Write(1u)
            .Write(r.Session).Write(r.Seq).Write(r.Model).Write(r.Price).Write(r.Units).Write(r.Fee).Write(r.Gpu)
            .Write(r.Host).Write(r.Weights).Write(r.InputHash).Write(r.OutputHash).Write(r.At).Write(r.Previous)
            .Write(Input.AsSpan()).Write(Output.AsSpan());
        return [.. body.Written];
    }
}

/// <summary>An acknowledgement by the session key.</summary>
/// <param name="Acknowledged">What was confirmed.</param>
public sealed record AcknowledgedNote(SpendAcknowledged Acknowledged) : SessionNote
{
    /// <inheritdoc/>
    public override ImmutableArray<byte> Encode()
    {
        var body = new RowBody().Write(2u).Write(Acknowledged.Cumulative).Write(Acknowledged.Head).Write(Acknowledged.Signature.AsSpan());
        return [.. body.Written];
    }
}

/// <summary>The payer's closing.</summary>
/// <param name="Signature">The signature of the command.</param>
public sealed record ClosedNote(Signature Signature) : SessionNote
{
    /// <inheritdoc/>
    public override ImmutableArray<byte> Encode() => [.. new RowBody().Write(3u).Write(Signature.ToArray()).Written];
}
