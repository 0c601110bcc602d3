using System.Runtime.InteropServices;
using Gaib.Abstractions.Money;
using Gaib.Domain;
using Gaib.Domain.Money;

namespace Gaib.Client.Money;

/// <summary>
/// Writes transfers for many callers at once: what they send while a batch is under way goes out together in the next. It gives each
/// transfer its id, and sends a batch that was not answered again with the same ids until it is, so that each takes effect once.
/// </summary>
public sealed class TransferWriter : IAsyncDisposable
{
    // The book keeps the last 16,384 answers of a writer.
    private const int Window = 16_384;

    private readonly IBookGrain _book;
    private readonly TransferWriterOptions _options;
    private readonly Lock _gate = new();
    private readonly Queue<Sending> _waiting = [];
    private readonly Queue<Sending> _unanswered = [];
    private readonly Stack<byte[]> _buffers = [];
    private readonly CancellationTokenSource _closing = new();
    private readonly ulong _writer;
    private ulong _next;
    private int _queued;
    private int _underWay;

    private TransferWriter(IBookGrain book, ulong writer, TransferWriterOptions options) => (_book, _writer, _options) = (book, writer, options);

    /// <summary>Opens a writer of a book.</summary>
    /// <param name="book">The book.</param>
    /// <param name="name">
    /// A name that no other writer of this book has had: its ids start from 0. Left out, a fresh one is made. Whoever must know after a crash
    /// what became of a transfer keeps its own ids and sends them by <see cref="IBookGrain.SubmitBatch"/>.
    /// </param>
    /// <param name="options">Bounds; defaults when left out.</param>
    public static async Task<TransferWriter> OpenAsync(IBookGrain book, string? name = null, TransferWriterOptions? options = null)
    {
        options ??= new TransferWriterOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BatchMax, 1, nameof(TransferWriterOptions.BatchMax));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.BatchMax, BookRequest.TransfersMax, nameof(TransferWriterOptions.BatchMax));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BatchesUnderWay, 1, nameof(TransferWriterOptions.BatchesUnderWay));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.QueueMax, 1, nameof(TransferWriterOptions.QueueMax));
        var number = await book.OpenWriter(Keccak.HashUtf8(name ?? $"writer:{Guid.NewGuid():N}"));
        return new TransferWriter(book, number, options);
    }

    /// <summary>Sends one transfer; its id is filled in.</summary>
    /// <exception cref="QueueFullException">Too many wait already.</exception>
    public async Task<TransferAnswer> SendAsync(Transfer transfer) => (await SendAsync(new[] { transfer }))[0];

    /// <summary>
    /// Sends transfers in one piece: they reach the book in one batch and in this order, so that they may be linked. Their ids are filled in.
    /// </summary>
    /// <exception cref="ArgumentException">None, or more than 8,190.</exception>
    /// <exception cref="QueueFullException">Too many wait already.</exception>
    /// <exception cref="ObjectDisposedException">The writer is closed, or was before the answer came: whether it took effect is unknown.</exception>
    public Task<TransferAnswer[]> SendAsync(ReadOnlyMemory<Transfer> transfers)
    {
        if (transfers.Length is 0 or > BookRequest.TransfersMax)
        {
            throw new ArgumentException($"{transfers.Length} transfers; a batch has 1 to {BookRequest.TransfersMax}.", nameof(transfers));
        }

        var sending = new Sending(transfers.ToArray());
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closing.IsCancellationRequested, this);
            if (_queued > 0 && _queued + transfers.Length > _options.QueueMax)
            {
                throw new QueueFullException(_queued, _options.QueueMax);
            }

            for (var i = 0; i < sending.Transfers.Length; i++)
            {
                sending.Transfers[i].Id = Transfer.IdOf(_writer, _next++);
            }

            _queued += transfers.Length;
            _waiting.Enqueue(sending);
        }

        Pump();
        return sending.Task;
    }

    /// <summary>Ends; what was not answered yet is told so.</summary>
    public ValueTask DisposeAsync()
    {
        Sending[] left;
        lock (_gate)
        {
            if (_closing.IsCancellationRequested)
            {
                return ValueTask.CompletedTask;
            }

            _closing.Cancel();
            left = [.. _unanswered, .. _waiting];
        }

        foreach (var sending in left)
        {
            sending.Fail(new ObjectDisposedException(nameof(TransferWriter), "The writer was closed before the answer came."));
        }

        return ValueTask.CompletedTask;
    }

    private void Pump()
    {
        while (Take() is { } batch)
        {
            _ = SendBatchAsync(batch);
        }
    }

    /// <summary>The next batch, or null when nothing waits or no more may be under way.</summary>
    private Batch? Take()
    {
        lock (_gate)
        {
            if (_waiting.Count == 0 || _underWay >= _options.BatchesUnderWay || _closing.IsCancellationRequested)
            {
                return null;
            }

            var floor = _unanswered.TryPeek(out var oldest) ? oldest.First : _waiting.Peek().First;
            var (taken, count) = (new List<Sending>(), 0);
            while (_waiting.TryPeek(out var next) && next.End - floor <= Window
                && (count == 0 || count + next.Transfers.Length <= _options.BatchMax))
            {
                taken.Add(_waiting.Dequeue());
                _unanswered.Enqueue(next);
                count += next.Transfers.Length;
            }

            if (count == 0)
            {
                return null;
            }

            _queued -= count;
            _underWay++;
            return new Batch(taken, count, floor, BufferFor(count * Transfer.SizeInBytes));
        }
    }

    private byte[] BufferFor(int bytes) =>
        _buffers.TryPop(out var buffer) && buffer.Length >= bytes
            ? buffer
            : new byte[int.Max(bytes, int.Min(_options.BatchMax, BookRequest.TransfersMax) * Transfer.SizeInBytes)];

    private async Task SendBatchAsync(Batch batch)
    {
        var transfers = MemoryMarshal.Cast<byte, Transfer>(batch.Buffer.AsSpan());
        foreach (var sending in batch.Sendings)
        {
            sending.Transfers.CopyTo(transfers);
            transfers = transfers[sending.Transfers.Length..];
        }

        var message = new TransferBatch(_writer, batch.Floor, batch.Buffer.AsMemory(0, batch.Count * Transfer.SizeInBytes));
        var (answer, again) = await AnswerOfAsync(message);
        if (answer is not { } given)
        {
            return;
        }

        lock (_gate)
        {
            _underWay--;
            foreach (var sending in batch.Sendings)
            {
                sending.IsAnswered = true;
            }

            while (_unanswered.TryPeek(out var first) && first.IsAnswered)
            {
                _unanswered.Dequeue();
            }

            if (!again)
            {
                // A message that was sent twice may still be on its way; its bytes are left alone.
                _buffers.Push(batch.Buffer);
            }
        }

        Pump();
        Tell(batch, message, given);
    }

    private static void Tell(Batch batch, in TransferBatch message, in AnswerBatch given)
    {
        var answers = new TransferAnswer[batch.Count];
        Exception? fault = null;
        try
        {
            if (given.Refused is null)
            {
                var sent = batch.Sendings.Count == 1 ? batch.Sendings[0].Transfers : batch.Sendings.SelectMany(sending => sending.Transfers).ToArray();
                given.CopyTo(sent, answers);
            }
            else
            {
                fault = new InvalidOperationException($"The book refused {message.Bytes.Length / Transfer.SizeInBytes} transfers: {given.Refused}");
            }
        }
        catch (InvalidOperationException wrong)
        {
            fault = wrong;
        }

        var at = 0;
        foreach (var sending in batch.Sendings)
        {
            if (fault is null)
            {
                sending.Complete(answers[at..(at + sending.Transfers.Length)]);
            }
            else
            {
                sending.Fail(fault);
            }

            at += sending.Transfers.Length;
        }
    }

    /// <summary>Asks until there is an answer; none when the writer is closed. A fault says nothing about what the book did.</summary>
    private async Task<(AnswerBatch? Answer, bool Again)> AnswerOfAsync(TransferBatch message)
    {
        for (var (tries, pause) = (0, _options.RetryAfter); ; tries++)
        {
            try
            {
                return (await _book.SubmitBatch(message), tries > 0);
            }
            catch (Exception) when (!_closing.IsCancellationRequested)
            {
                await Task.Delay(pause, _closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                pause = TimeSpan.FromTicks(long.Min(2 * pause.Ticks, 100 * _options.RetryAfter.Ticks));
            }
            catch (Exception)
            {
                return (null, true);
            }
        }
    }

    private sealed record Batch(List<Sending> Sendings, int Count, ulong Floor, byte[] Buffer);

    private sealed class Sending(Transfer[] transfers)
    {
        private readonly TaskCompletionSource<TransferAnswer[]> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Transfer[] Transfers => transfers;

        public ulong First => transfers[0].Sequence;

        public ulong End => transfers[^1].Sequence + 1;

        public Task<TransferAnswer[]> Task => _done.Task;

        public bool IsAnswered { get; set; }

        public void Complete(TransferAnswer[] answers) => _done.TrySetResult(answers);

        public void Fail(Exception fault) => _done.TrySetException(fault);
    }
}
