using System.Runtime.InteropServices;
using Gaib.Abstractions.Money;
using Gaib.Domain.Money;

namespace Gaib.Client.Money;

/// <summary>What several callers sent, in the bytes in which it goes out.</summary>
/// <param name="number">The writer's number.</param>
/// <param name="first">The sequence of its first transfer.</param>
/// <param name="buffer">Memory to begin with; it grows as it must.</param>
internal sealed class WriterBatch(ulong number, ulong first, byte[] buffer)
{
    private const int BufferMin = 4_096;

    private readonly List<Sending> _sendings = [];
    private byte[] _buffer = buffer;

    /// <summary>The number of the writer that it goes out under.</summary>
    public ulong Writer { get; private set; } = number;

    /// <summary>The sequence of its first transfer.</summary>
    public ulong First => first;

    public int Count { get; private set; }

    public byte[] Buffer => _buffer;

    /// <summary>True while every transfer of it has the shortest form.</summary>
    public bool IsPlain { get; private set; } = true;

    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, Count * SizeOfOne);

    private int SizeOfOne => IsPlain ? PlainTransfer.SizeInBytes : Transfer.SizeInBytes;

    private Span<PlainTransfer> Plain => MemoryMarshal.Cast<byte, PlainTransfer>(_buffer.AsSpan());

    private Span<Transfer> Whole => MemoryMarshal.Cast<byte, Transfer>(_buffer.AsSpan());

    /// <summary>The oldest sequence that was not answered when it was sent.</summary>
    public ulong Floor { get; set; }

    public bool IsAnswered { get; set; }

    public void Add(Sending sending, ReadOnlySpan<Transfer> transfers)
    {
        Reserve((Count + transfers.Length) * SizeOfOne);
        if (IsPlain && !TryAddPlain(transfers))
        {
            Reserve((Count + transfers.Length) * Transfer.SizeInBytes);
            Widen();
        }

        for (var i = 0; i < transfers.Length && !IsPlain; i++)
        {
            Whole[Count + i] = transfers[i] with { Id = IdAt(Count + i) };
        }

        (sending.Start, sending.Count) = (Count, transfers.Length);
        Count += transfers.Length;
        _sendings.Add(sending);
    }

    /// <summary>What the book answered to a transfer where it applied every one in the amount that it asked for.</summary>
    public TransferAnswer AsAsked(int place) => new(Domain.Reason.None, IsPlain ? Plain[place].Amount : Whole[place].Amount);

    /// <summary>Goes out under another writer's number.</summary>
    public void MoveTo(ulong writer)
    {
        Writer = writer;
        for (var i = 0; i < Count && !IsPlain; i++)
        {
            Whole[i].Id = IdAt(i);
        }
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

        foreach (var sending in _sendings)
        {
            sending.Complete(this, answers.IsEmpty ? [] : answers.Slice(sending.Start, sending.Count));
        }
    }

    public void Fail(Exception fault)
    {
        foreach (var sending in _sendings)
        {
            sending.Fail(fault);
        }
    }

    private void Reserve(int bytes)
    {
        if (bytes > _buffer.Length)
        {
            var larger = GC.AllocateUninitializedArray<byte>(int.Max(int.Max(bytes, 2 * _buffer.Length), BufferMin));
            Bytes.CopyTo(larger);
            _buffer = larger;
        }
    }

    private bool TryAddPlain(ReadOnlySpan<Transfer> transfers)
    {
        var room = Plain.Slice(Count, transfers.Length);
        for (var i = 0; i < room.Length; i++)
        {
            if (!PlainTransfer.TryWrite(transfers[i], out room[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Turns what it holds into whole transfers, from the last on: each then overwrites only what was turned already.</summary>
    private void Widen()
    {
        for (var i = Count - 1; i >= 0; i--)
        {
            Whole[i] = Plain[i].ToTransfer(IdAt(i));
        }

        IsPlain = false;
    }

    private UInt128 IdAt(int place) => Transfer.IdOf(Writer, first + (ulong)place);
}

/// <summary>One caller's part of a batch.</summary>
internal abstract class Sending
{
    private int _isTold;

    public int Start { get; set; }

    public int Count { get; set; }

    /// <summary>Hands the answers over; none stands for every transfer applied in the amount that it asked for. Only the first who tells it something does.</summary>
    public void Complete(WriterBatch batch, ReadOnlySpan<TransferAnswer> answers)
    {
        // Once it was told, the memory for its answers is its caller's again.
        if (Interlocked.Exchange(ref _isTold, 1) == 0)
        {
            Hand(batch, answers);
        }
    }

    public void Fail(Exception fault)
    {
        if (Interlocked.Exchange(ref _isTold, 1) == 0)
        {
            Refuse(fault);
        }
    }

    protected abstract void Hand(WriterBatch batch, ReadOnlySpan<TransferAnswer> answers);

    protected abstract void Refuse(Exception fault);
}

/// <summary>A caller with one transfer.</summary>
internal sealed class SendingOne : Sending
{
    private readonly TaskCompletionSource<TransferAnswer> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<TransferAnswer> Task => _done.Task;

    protected override void Hand(WriterBatch batch, ReadOnlySpan<TransferAnswer> answers) =>
        _done.TrySetResult(answers.IsEmpty ? batch.AsAsked(Start) : answers[0]);

    protected override void Refuse(Exception fault) => _done.TrySetException(fault);
}

/// <summary>A caller with several transfers and room for their answers.</summary>
internal sealed class SendingMany<T>(Memory<TransferAnswer> into, T result) : Sending
{
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Task => _done.Task;

    protected override void Hand(WriterBatch batch, ReadOnlySpan<TransferAnswer> answers)
    {
        var room = into.Span;
        for (var i = 0; i < Count; i++)
        {
            room[i] = answers.IsEmpty ? batch.AsAsked(Start + i) : answers[i];
        }

        _done.TrySetResult(result);
    }

    protected override void Refuse(Exception fault) => _done.TrySetException(fault);
}
