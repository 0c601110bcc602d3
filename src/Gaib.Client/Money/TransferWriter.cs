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

    private static readonly TimeSpan CloseWithin = TimeSpan.FromSeconds(1);

    private readonly IBookGrain _book;
    private readonly TransferWriterOptions _options;
    private readonly Lock _gate = new();
    private readonly Queue<WriterBatch> _waiting = [];
    private readonly Queue<WriterBatch> _unanswered = [];
    private readonly Stack<byte[]> _buffers = [];
    private readonly CancellationTokenSource _closing = new();
    private readonly bool _isEphemeral;
    private Task<ulong> _opening;
    private ulong _writer;
    private WriterBatch? _filling;
    private ulong _next;
    private int _queued;
    private int _underWay;
    private bool _isPumpDue;

    private TransferWriter(IBookGrain book, ulong writer, bool isEphemeral, TransferWriterOptions options) =>
        (_book, _writer, _isEphemeral, _options, _opening) = (book, writer, isEphemeral, options, Task.FromResult(writer));

    /// <summary>Opens a writer of a book.</summary>
    /// <param name="book">The book.</param>
    /// <param name="name">
    /// A name that no other writer of this book has had: its ids start from 0, and the book keeps it for ever. Left out, the writer is one
    /// that the book forgets when it is disposed, or when its process is gone for a day. Whoever must know after a crash what became of a
    /// transfer keeps its own ids and sends them by <see cref="IBookGrain.SubmitBatch"/>.
    /// </param>
    /// <param name="options">Bounds; defaults when left out.</param>
    public static async Task<TransferWriter> OpenAsync(IBookGrain book, string? name = null, TransferWriterOptions? options = null)
    {
        options ??= new TransferWriterOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BatchMax, 1, nameof(TransferWriterOptions.BatchMax));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.BatchMax, BookRequest.TransfersMax, nameof(TransferWriterOptions.BatchMax));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BatchesUnderWay, 1, nameof(TransferWriterOptions.BatchesUnderWay));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.QueueMax, 1, nameof(TransferWriterOptions.QueueMax));
        var number = await (name is null ? book.OpenEphemeralWriter() : book.OpenWriter(Keccak.HashUtf8(name)));
        return new TransferWriter(book, number, name is null, options);
    }

    /// <summary>Sends one transfer; its id is filled in.</summary>
    /// <exception cref="ArgumentException">It is linked to a next one that there is not.</exception>
    /// <exception cref="QueueFullException">Too many wait already.</exception>
    /// <exception cref="ObjectDisposedException">The writer is closed, or was before the answer came: whether it took effect is unknown.</exception>
    public Task<TransferAnswer> SendAsync(Transfer transfer)
    {
        var sending = new SendingOne();
        Enqueue(sending, new ReadOnlySpan<Transfer>(in transfer));
        return sending.Task;
    }

    /// <summary>
    /// Sends transfers in one piece: they reach the book in one batch and in this order, so that they may be linked. Their ids are filled in.
    /// </summary>
    /// <exception cref="ArgumentException">None, more than 8,190, or the last one is linked to a next one that there is not.</exception>
    /// <exception cref="QueueFullException">Too many wait already.</exception>
    /// <exception cref="ObjectDisposedException">The writer is closed, or was before the answer came: whether it took effect is unknown.</exception>
    public Task<TransferAnswer[]> SendAsync(ReadOnlyMemory<Transfer> transfers)
    {
        var answers = new TransferAnswer[transfers.Length];
        var sending = new SendingMany<TransferAnswer[]>(answers, answers);
        Enqueue(sending, transfers.Span);
        return sending.Task;
    }

    /// <summary>The same for a caller who brings the memory for the answers and uses it again.</summary>
    /// <param name="transfers">Copied before this returns.</param>
    /// <param name="answers">Takes one answer a transfer; not to be touched before the task has ended.</param>
    /// <exception cref="ArgumentException">As above, or there is less room for answers than there are transfers.</exception>
    /// <exception cref="QueueFullException">Too many wait already.</exception>
    /// <exception cref="ObjectDisposedException">The writer is closed, or was before the answer came: whether it took effect is unknown.</exception>
    public Task SendAsync(ReadOnlyMemory<Transfer> transfers, Memory<TransferAnswer> answers)
    {
        if (answers.Length < transfers.Length)
        {
            throw new ArgumentException($"There is room for {answers.Length} answers to {transfers.Length} transfers.", nameof(answers));
        }

        var sending = new SendingMany<bool>(answers[..transfers.Length], true);
        Enqueue(sending, transfers.Span);
        return sending.Task;
    }

    /// <summary>
    /// Ends; what was not answered yet is told so. A writer without a name has the book forget it, and waits a second for that at most: a
    /// book that is not to be reached forgets it by itself.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        WriterBatch[] left;
        lock (_gate)
        {
            if (_closing.IsCancellationRequested)
            {
                return;
            }

            _closing.Cancel();
            left = [.. _unanswered, .. _waiting];
        }

        foreach (var batch in left)
        {
            batch.Fail(new ObjectDisposedException(nameof(TransferWriter), "The writer was closed before the answer came."));
        }

        if (_isEphemeral)
        {
            await ((Task)_book.CloseWriter(_writer)).WaitAsync(CloseWithin).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Enqueue(Sending sending, ReadOnlySpan<Transfer> transfers)
    {
        if (transfers.Length is 0 or > BookRequest.TransfersMax || transfers[^1].IsLinked)
        {
            throw new ArgumentException(
                transfers is [.., { IsLinked: true }]
                    ? "The last transfer is linked to a next one that there is not."
                    : $"{transfers.Length} transfers; a batch has 1 to {BookRequest.TransfersMax}.",
                nameof(transfers));
        }

        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closing.IsCancellationRequested, this);
            if (_queued > 0 && _queued + transfers.Length > _options.QueueMax)
            {
                throw new QueueFullException(_queued, _options.QueueMax);
            }

            if (_filling is null || (_filling.Count > 0 && _filling.Count + transfers.Length > _options.BatchMax))
            {
                _filling = new WriterBatch(_writer, _next, _buffers.TryPop(out var buffer) ? buffer : []);
                _waiting.Enqueue(_filling);
            }

            _filling.Add(sending, transfers);
            _next += (ulong)transfers.Length;
            _queued += transfers.Length;
            if (_isPumpDue || _underWay >= _options.BatchesUnderWay)
            {
                return;
            }

            _isPumpDue = true;
        }

        // Not at once: other callers who were answered together with this one are about to send too, and share the batch.
        ThreadPool.UnsafeQueueUserWorkItem(static writer => writer.Pump(), this, preferLocal: false);
    }

    private void Pump()
    {
        while (Take() is { } batch)
        {
            _ = SendBatchAsync(batch);
        }
    }

    /// <summary>The next batch, or null when nothing waits or no more may be under way.</summary>
    private WriterBatch? Take()
    {
        lock (_gate)
        {
            _isPumpDue = false;
            if (_underWay >= _options.BatchesUnderWay || _closing.IsCancellationRequested || !_waiting.TryPeek(out var batch))
            {
                return null;
            }

            // A batch larger than the rest of the window waits until earlier answers are there.
            batch.Floor = _unanswered.TryPeek(out var oldest) ? oldest.First : batch.First;
            if (batch.First + (ulong)batch.Count - batch.Floor > Window)
            {
                return null;
            }

            _waiting.Dequeue();
            _unanswered.Enqueue(batch);
            _filling = batch == _filling ? null : _filling;
            _queued -= batch.Count;
            _underWay++;
            return batch;
        }
    }

    private async Task SendBatchAsync(WriterBatch batch)
    {
        var (answer, again) = await AnswerOfAsync(batch).ConfigureAwait(false);
        if (_isEphemeral && !again && answer is { Refused.Reason: Domain.Reason.WriterUnknown } && await OpenAgainAsync(batch).ConfigureAwait(false))
        {
            (answer, again) = await AnswerOfAsync(batch).ConfigureAwait(false);
        }

        if (again && answer is { Refused.Reason: Domain.Reason.WriterUnknown })
        {
            batch.Fail(new InvalidOperationException(
                $"The book has forgotten this writer since {batch.Count} transfers were sent: whether they took effect is unknown."));
        }

        if (answer is not { } given)
        {
            return;
        }

        lock (_gate)
        {
            _underWay--;
            batch.IsAnswered = true;
            while (_unanswered.TryPeek(out var first) && first.IsAnswered)
            {
                _unanswered.Dequeue();
            }
        }

        Pump();
        batch.Tell(given);
        if (!again)
        {
            // A message that was sent twice may still be on its way; its bytes are left alone. What only a rush needed goes again.
            lock (_gate)
            {
                if (_buffers.Count <= _options.BatchesUnderWay)
                {
                    _buffers.Push(batch.Buffer);
                }
            }
        }
    }

    private async Task<(AnswerBatch? Answer, bool Again)> AnswerOfAsync(WriterBatch batch)
    {
        var message = new TransferBatch(batch.Writer, batch.Floor, batch.Bytes, batch.IsPlain, batch.First);
        var (isAnswered, answer, tries) = await AskAsync(() => _book.SubmitBatch(message)).ConfigureAwait(false);
        return (isAnswered ? answer : null, tries > 1);
    }

    /// <summary>
    /// The writer was idle for so long that the book has forgotten it. Nothing of the batch was applied then, so that it may go out once
    /// more under another number. False when the writer is closed.
    /// </summary>
    private async Task<bool> OpenAgainAsync(WriterBatch batch)
    {
        Task<ulong> opening;
        lock (_gate)
        {
            if (_writer == batch.Writer && _opening.IsCompleted)
            {
                _opening = OpenAnotherAsync();
            }

            opening = _opening;
        }

        var number = await opening.ConfigureAwait(false);
        batch.MoveTo(number);
        return number != 0;
    }

    private async Task<ulong> OpenAnotherAsync()
    {
        var (isAnswered, number, _) = await AskAsync(_book.OpenEphemeralWriter).ConfigureAwait(false);
        lock (_gate)
        {
            return _writer = isAnswered ? number : 0;
        }
    }

    /// <summary>Asks until there is an answer; none when the writer is closed. A fault says nothing about what the book did.</summary>
    private async Task<(bool IsAnswered, T Answer, int Tries)> AskAsync<T>(Func<Task<T>> ask)
    {
        for (var (tries, pause) = (1, _options.RetryAfter); ; tries++)
        {
            try
            {
                return (true, await ask().ConfigureAwait(false), tries);
            }
            catch (Exception) when (!_closing.IsCancellationRequested)
            {
                await Task.Delay(pause, _closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                pause = TimeSpan.FromTicks(long.Min(2 * pause.Ticks, 100 * _options.RetryAfter.Ticks));
            }
            catch (Exception)
            {
                return (false, default!, tries);
            }
        }
    }
}
