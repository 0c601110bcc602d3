using System.Collections.Immutable;
using System.Threading.Channels;
using Gaib.Abstractions.Money;
using Gaib.Domain.Money;
using Gaib.Grains.Tests.Cluster;

namespace Gaib.Grains.Tests.Money;

/// <summary>Some books whose calls a test answers itself, one by one.</summary>
internal sealed class HeldBook
{
    private readonly Channel<HeldSubmit> _calls = Channel.CreateUnbounded<HeldSubmit>();

    /// <summary>Finds the books.</summary>
    public IGrainFactory Grains => Fake.Of<IGrainFactory>((_, arguments) => BookOf((long)arguments[0]!));

    /// <summary>Why calls fail before they are sent; null where they do not.</summary>
    public Exception? Fault { get; set; }

    /// <summary>How many calls have come and were not taken yet.</summary>
    public int Count => _calls.Reader.Count;

    /// <summary>The next call that comes.</summary>
    public Task<HeldSubmit> NextAsync() => _calls.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));

    private IBookGrain BookOf(long number) => Fake.Of<IBookGrain>((method, arguments) =>
    {
        if (Fault is { } fault)
        {
            throw fault;
        }

        var isOne = method.Name == nameof(IBookGrain.Submit);
        var call = new HeldSubmit(number, isOne ? [(BookRequest)arguments[0]!] : (ImmutableArray<BookRequest>)arguments[0]!, RequestContext.Get("caller"));
        Assert.True(_calls.Writer.TryWrite(call));
        return isOne ? OneAsync(call.Replies) : call.Replies;
    });

    private static async Task<BookReply> OneAsync(Task<ImmutableArray<BookReply>> replies) => (await replies)[0];
}

/// <summary>One call to a book.</summary>
/// <param name="Book">The book's number.</param>
/// <param name="Requests">What is asked, in order.</param>
/// <param name="Caller">What the request context says about who asks.</param>
internal sealed record HeldSubmit(long Book, ImmutableArray<BookRequest> Requests, object? Caller)
{
    private readonly TaskCompletionSource<ImmutableArray<BookReply>> _replies = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<ImmutableArray<BookReply>> Replies => _replies.Task;

    /// <summary>What each request said of itself.</summary>
    public ulong[] Marks => [.. Requests.Select(request => request.AnsweredThrough)];

    /// <summary>Answers each request with the sequence that it said.</summary>
    public void Answer() => _replies.SetResult([.. Requests.Select(request => new BookReply(null, [], request.AnsweredThrough))]);

    public void Fail(Exception fault) => _replies.SetException(fault);
}
