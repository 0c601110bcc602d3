using System.Runtime.InteropServices;
using Gaib.Abstractions.Money;
using Gaib.Domain.Money;

namespace Gaib.Client.Money;

/// <summary>What several callers sent, in the bytes in which it goes out.</summary>
internal sealed class WriterBatch(ulong writer, ulong first, byte[] buffer)
{
    private readonly List<Sending> _sendings = [];

    /// <summary>The sequence of its first transfer.</summary>
    public ulong First => first;

    public int Count { get; private set; }

    public byte[] Buffer => buffer;

    public ReadOnlyMemory<byte> Bytes => buffer.AsMemory(0, Count * Transfer.SizeInBytes);

    /// <summary>The oldest sequence that was not answered when it was sent.</summary>
    public ulong Floor { get; set; }

    public bool IsAnswered { get; set; }

    public void Add(Sending sending, ReadOnlySpan<Transfer> transfers)
    {
        var into = MemoryMarshal.Cast<byte, Transfer>(buffer.AsSpan()).Slice(Count, transfers.Length);
        transfers.CopyTo(into);
        for (var i = 0; i < into.Length; i++)
        {
            into[i].Id = Transfer.IdOf(writer, first + (ulong)(Count + i));
        }

        (sending.Start, sending.Count) = (Count, transfers.Length);
        Count += transfers.Length;
        _sendings.Add(sending);
    }

    /// <summary>Gives each caller the answers to its own transfers.</summary>
    public void Tell(in AnswerBatch given)
    {
        if (given.Refused is { } refused)
        {
            Fail(new InvalidOperationException($"The book refused {Count} transfers: {refused}"));
            return;
        }

        var answers = MemoryMarshal.Cast<byte, TransferAnswer>(given.Bytes.Span);
        if (!given.Bytes.IsEmpty && answers.Length != Count)
        {
            Fail(new InvalidOperationException($"The book gave {answers.Length} answers to {Count} transfers."));
            return;
        }

        var sent = MemoryMarshal.Cast<byte, Transfer>(Bytes.Span);
        foreach (var sending in _sendings)
        {
            var range = sending.Start..(sending.Start + sending.Count);
            sending.Complete(sent[range], answers.IsEmpty ? [] : answers[range]);
        }
    }

    public void Fail(Exception fault)
    {
        foreach (var sending in _sendings)
        {
            sending.Fail(fault);
        }
    }
}

/// <summary>One caller's part of a batch.</summary>
internal abstract class Sending
{
    public int Start { get; set; }

    public int Count { get; set; }

    /// <summary>Hands the answers over; none stands for every transfer applied in the amount that it asked for.</summary>
    public abstract void Complete(ReadOnlySpan<Transfer> sent, ReadOnlySpan<TransferAnswer> answers);

    public abstract void Fail(Exception fault);

    protected static TransferAnswer AsAsked(in Transfer sent) => new(Domain.Reason.None, sent.Amount);
}

/// <summary>A caller with one transfer.</summary>
internal sealed class SendingOne : Sending
{
    private readonly TaskCompletionSource<TransferAnswer> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<TransferAnswer> Task => _done.Task;

    public override void Complete(ReadOnlySpan<Transfer> sent, ReadOnlySpan<TransferAnswer> answers) =>
        _done.TrySetResult(answers.IsEmpty ? AsAsked(sent[0]) : answers[0]);

    public override void Fail(Exception fault) => _done.TrySetException(fault);
}

/// <summary>A caller with several transfers and room for their answers.</summary>
internal sealed class SendingMany<T>(Memory<TransferAnswer> into, T result) : Sending
{
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Task => _done.Task;

    public override void Complete(ReadOnlySpan<Transfer> sent, ReadOnlySpan<TransferAnswer> answers)
    {
        var room = into.Span;
        for (var i = 0; i < sent.Length; i++)
        {
            room[i] = answers.IsEmpty ? AsAsked(sent[i]) : answers[i];
        }

        _done.TrySetResult(result);
    }

    public override void Fail(Exception fault) => _done.TrySetException(fault);
}
