using Gaib.Abstractions.Money;
using Gaib.Domain;
using Gaib.Domain.Money;

namespace Gaib.Grains.Money;

/// <summary>
/// What the grains of this silo ask of one book. A request goes out at once while fewer calls are under way than may be; what comes meanwhile
/// waits, and goes out in the order in which it came, together, as soon as one of them has ended.
/// </summary>
/// <param name="number">The book's number.</param>
/// <param name="book">The book.</param>
/// <param name="options">Bounds.</param>
/// <param name="instruments">Told what waits and what goes out.</param>
/// <param name="scheduler">Where the calls for those who waited are made.</param>
internal sealed class BookQueue(long number, IBookGrain book, BookSenderOptions options, BookInstruments instruments, TaskScheduler scheduler)
{
    private readonly KeyValuePair<string, object?> _tag = BookInstruments.TagOf(number);
    private readonly Lock _gate = new();
    private readonly Queue<WaitingRequest> _waiting = [];
    private int _size;
    private int _underWay;

    /// <summary>Has the book apply a request.</summary>
    /// <exception cref="BookBusyException">As much waits as may.</exception>
    public Task<BookReply> SubmitAsync(BookRequest request)
    {
        var waiting = new WaitingRequest(request);
        if (!Enqueue(waiting))
        {
            return SendAtOnce(request);
        }

        instruments.OnWaiting(_tag, waiting.Size);
        return waiting.Reply;
    }

    /// <summary>False where the request need not wait: one call more is under way then.</summary>
    private bool Enqueue(WaitingRequest waiting)
    {
        lock (_gate)
        {
            // Nothing waits while fewer are under way: whoever ends takes along what waits.
            if (_underWay < options.CallsUnderWay)
            {
                _underWay++;
                return false;
            }

            if (_waiting.Count > 0 && _size + waiting.Size > options.QueueMax)
            {
                instruments.OnRefused(_tag);
                throw new BookBusyException(new Rejection(Reason.BookBusy, options.QueueMax, _size, BookNames.Of(number)));
            }

            _waiting.Enqueue(waiting);
            _size += waiting.Size;
            return true;
        }
    }

    /// <summary>Sends a request as if there were no queue: in the caller's own turn, and the answer goes to the caller without a detour.</summary>
    private Task<BookReply> SendAtOnce(BookRequest request)
    {
        Task<BookReply> call;
        try
        {
            instruments.OnSent(_tag, 1);
            call = book.Submit(request);
        }
        catch (Exception fault)
        {
            call = Task.FromException<BookReply>(fault);
        }

        // What follows is for others: a caller that is busy or gone must not hold it up, and nothing of the caller's context goes along.
        using AsyncFlowControl? apart = ExecutionContext.IsFlowSuppressed() ? null : ExecutionContext.SuppressFlow();
        call.ContinueWith(
            static (_, queue) => ((BookQueue)queue!).SendWaitingAsync(), this, CancellationToken.None, TaskContinuationOptions.None, scheduler);
        return call;
    }

    private async Task SendWaitingAsync()
    {
        while (Take() is { Length: > 0 } taken)
        {
            await SendAsync(taken);
        }
    }

    private async Task SendAsync(WaitingRequest[] sent)
    {
        try
        {
            instruments.OnWaiting(_tag, -sent.Sum(waiting => waiting.Size));
            instruments.OnSent(_tag, sent.Length);
            if (sent is [var one])
            {
                one.Answer(await book.Submit(one.Request));
                return;
            }

            var replies = await book.SubmitMany([.. sent.Select(waiting => waiting.Request)]);
            for (var i = 0; i < sent.Length; i++)
            {
                sent[i].Answer(replies[i]);
            }
        }
        catch (Exception fault)
        {
            // What one of them must think of the request, all must: it is unknown whether it took effect.
            foreach (var waiting in sent)
            {
                waiting.Fail(fault);
            }
        }
    }

    /// <summary>What goes out in the next call; none when nothing waits, and then one call less is under way.</summary>
    private WaitingRequest[] Take()
    {
        var (taken, size) = (new List<WaitingRequest>(), 0);
        lock (_gate)
        {
            while (_waiting.TryPeek(out var next) && (taken.Count == 0 || size + next.Size <= BookRequest.TransfersMax))
            {
                taken.Add(_waiting.Dequeue());
                size += next.Size;
            }

            _size -= size;
            _underWay -= taken.Count == 0 ? 1 : 0;
        }

        return [.. taken];
    }

    /// <summary>A request and who waits for its reply.</summary>
    private sealed class WaitingRequest(BookRequest request)
    {
        private readonly TaskCompletionSource<BookReply> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public BookRequest Request => request;

        public Task<BookReply> Reply => _reply.Task;

        /// <summary>What it counts for: all from which transfers follow, and its notes by their length.</summary>
        public int Size { get; } = int.Max(
            1,
            request.Transfers.Length + request.Collects.Length + request.Assets.Length + (request.Settle?.Max ?? 0)
                + (request.Notes.Sum(note => note.Bytes.Length) / Transfer.SizeInBytes));

        public void Answer(BookReply reply) => _reply.TrySetResult(reply);

        public void Fail(Exception fault) => _reply.TrySetException(fault);
    }
}
