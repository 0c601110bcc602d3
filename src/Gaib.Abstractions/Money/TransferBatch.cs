using System.Runtime.InteropServices;
using Gaib.Domain;
using Gaib.Domain.Money;

namespace Gaib.Abstractions.Money;

/// <summary>
/// A writer's transfers as they are journalled, little-endian, one after the other: whole ones of 152 bytes each, or plain ones of 56. They
/// cross a connection as they lie in memory; neither side turns them into objects.
/// </summary>
/// <param name="Writer">The writer's number.</param>
/// <param name="AnsweredThrough">The writer has seen every answer below this sequence.</param>
/// <param name="Bytes">At most 8,190 transfers. Not to be changed before the answer is there.</param>
/// <param name="IsPlain">True when the bytes are <see cref="PlainTransfer"/>s, which follow each other in their writer's sequence.</param>
/// <param name="First">The sequence of the first of them.</param>
[GenerateSerializer, Immutable]
[Alias("gaib.transferBatch")]
public readonly record struct TransferBatch(
    [property: Id(0)] ulong Writer,
    [property: Id(1)] ulong AnsweredThrough,
    [property: Id(2)] ReadOnlyMemory<byte> Bytes,
    [property: Id(3)] bool IsPlain = false,
    [property: Id(4)] ulong First = 0)
{
    /// <summary>The transfers, where they are whole ones.</summary>
    public ReadOnlySpan<Transfer> Transfers => MemoryMarshal.Cast<byte, Transfer>(Bytes.Span);

    /// <summary>The transfers, where they are plain ones.</summary>
    public ReadOnlySpan<PlainTransfer> PlainTransfers => MemoryMarshal.Cast<byte, PlainTransfer>(Bytes.Span);

    /// <summary>The shortest form of some transfers: plain where each is and their ids follow each other, else whole.</summary>
    /// <param name="writer">The writer's number.</param>
    /// <param name="answeredThrough">The writer has seen every answer below this sequence.</param>
    /// <param name="transfers">With their ids. They are copied.</param>
    public static TransferBatch Of(ulong writer, ulong answeredThrough, ReadOnlySpan<Transfer> transfers)
    {
        var plain = new PlainTransfer[transfers.Length];
        for (var i = 0; i < plain.Length; i++)
        {
            if (!PlainTransfer.TryWrite(transfers[i], out plain[i]) || transfers[i].Id != Transfer.IdOf(writer, transfers[0].Sequence + (ulong)i))
            {
                return new TransferBatch(writer, answeredThrough, MemoryMarshal.AsBytes(transfers).ToArray());
            }
        }

        var first = transfers.IsEmpty ? 0 : transfers[0].Sequence;
        return new TransferBatch(writer, answeredThrough, MemoryMarshal.AsBytes(plain.AsSpan()).ToArray(), IsPlain: true, first);
    }

    /// <summary>The transfers as whole ones, whatever the form.</summary>
    public Transfer[] ToTransfers()
    {
        if (!IsPlain)
        {
            return Transfers.ToArray();
        }

        var plain = PlainTransfers;
        var whole = new Transfer[plain.Length];
        for (var i = 0; i < whole.Length; i++)
        {
            whole[i] = plain[i].ToTransfer(Transfer.IdOf(Writer, First + (ulong)i));
        }

        return whole;
    }

    /// <summary>How many bytes each has.</summary>
    public int SizeOfOne => IsPlain ? PlainTransfer.SizeInBytes : Transfer.SizeInBytes;
}

/// <summary>What a book answers to a batch.</summary>
/// <param name="Refused">Why nothing was applied, or null.</param>
/// <param name="Bytes">
/// One <see cref="TransferAnswer"/> a transfer as it lies in memory; empty when every transfer was applied in the amount that it asked for.
/// </param>
[GenerateSerializer, Immutable]
[Alias("gaib.answerBatch")]
public readonly record struct AnswerBatch([property: Id(0)] Rejection? Refused, [property: Id(1)] ReadOnlyMemory<byte> Bytes)
{
    /// <summary>The answers to the transfers that were sent.</summary>
    /// <exception cref="InvalidOperationException">The batch was refused whole, or the answer is not one to these transfers.</exception>
    public void CopyTo(ReadOnlySpan<Transfer> sent, Span<TransferAnswer> answers)
    {
        if (Refused is not null || (!Bytes.IsEmpty && MemoryMarshal.Cast<byte, TransferAnswer>(Bytes.Span).Length != sent.Length))
        {
            throw new InvalidOperationException(Refused?.ToString() ?? "The answer does not belong to these transfers.");
        }

        if (!Bytes.IsEmpty)
        {
            MemoryMarshal.Cast<byte, TransferAnswer>(Bytes.Span).CopyTo(answers);
            return;
        }

        for (var i = 0; i < sent.Length; i++)
        {
            answers[i] = new TransferAnswer(Reason.None, sent[i].Amount);
        }
    }

    /// <summary>The answer to transfers that a book has applied.</summary>
    public static AnswerBatch Of(ReadOnlySpan<Transfer> sent, ReadOnlySpan<TransferAnswer> answers)
    {
        var asAsked = true;
        for (var i = 0; i < sent.Length && asAsked; i++)
        {
            asAsked = answers[i].Applied && answers[i].Amount == sent[i].Amount;
        }

        return new AnswerBatch(null, asAsked ? default : MemoryMarshal.AsBytes(answers).ToArray());
    }
}
